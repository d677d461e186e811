# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Clients that come back with the session of an earlier connection."""
import hashlib
import os
from pathlib import Path

DATA = b"sixteen bytes..." * 64


def first_visit(server, version: str, which: int = -1, **options):
    """A session and its context, of a control connection that has ended: the last one that was
    given to the client, or another."""
    with server.ftps(version=version, **options) as ftp:
        assert ftp.store("first", DATA).code == 226
        session, context = ftp.sessions[which], ftp.context
        ftp.quit()
    return session, context


def returns(server, session, context) -> bool:
    """Comes back with the session, works, and says whether it was resumed."""
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        resumed = ftp.stream.resumed
        ftp.login()
        ftp.protect()
        for _ in range(2):
            assert ftp.store("again", DATA).code == 226
            assert ftp.retrieve("again") == DATA
    return resumed


def load(*modules: str) -> list[str]:
    """Lines that load cache modules of the tested build."""
    return [f"LoadModule {module}.c" for module in modules]


def write_secret(path: Path, byte: int = 0) -> Path:
    """A file for TLSCacheSecretFile; the same `byte` makes the same secret. No piece of it is in a
    table that some library has, as 0, 1, 2, ... is."""
    path.write_bytes(hashlib.sha384(bytes([byte])).digest())
    path.chmod(0o600)
    os.chown(path, os.geteuid(), os.getegid())
    return path
