# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Certificates are renewed on disk under a running daemon.

The next connection gets the new one with no reload. While certificate and key on disk do not
belong together (somebody is in the middle of replacing them), the last good pair is served and the
log says why. Running sessions keep theirs.
"""
import os

import pytest

from harness.logs import wait_for
from harness.pki import der


def replace(path, source) -> None:
    """Replaces as careful tools do: a new file, renamed over the old one."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(source.read_bytes())
    os.replace(fresh, path)


def overwrite(path, source) -> None:
    """Replaces as careless tools do: the same file, written again."""
    path.write_bytes(source.read_bytes())


def served(server) -> bytes:
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
        return ftp.stream.peer_certificate


@pytest.fixture(params=("ec", "rsa"))
def pair(request, pki, run_folder):
    """A pair in use, the pair that renews it, and a third one."""
    current = getattr(pki, request.param)
    folder = run_folder / f"renewal-{request.node.name}"
    return current.copy_to(folder), getattr(pki, f"{request.param}2"), current


@pytest.mark.parametrize("how", (replace, overwrite))
def test_the_new_certificate_is_served_without_a_reload(daemon, pair, how):
    current, successor, first = pair
    server = daemon(certificate=current)
    assert served(server) == der(first.certificate)
    how(current.key, successor.key)
    how(current.certificate, successor.certificate)
    assert served(server) == der(successor.certificate)
    how(current.key, first.key)
    how(current.certificate, first.certificate)
    assert served(server) == der(first.certificate)


@pytest.mark.differs_from_original("the original loses its certificate for as long as it lasts")
@pytest.mark.parametrize("first_file", ("certificate", "key"))
def test_a_half_written_pair_keeps_the_last_good_one(daemon, pair, first_file):
    current, successor, first = pair
    server = daemon(certificate=current)
    second_file = "key" if first_file == "certificate" else "certificate"
    replace(getattr(current, first_file), getattr(successor, first_file))
    assert served(server) == der(first.certificate)
    logs = (server.tls_log, server.system_log)
    wait_for(lambda: any(str(current.key) in log or str(current.certificate) in log
                         for log in logs), "a word about the pair in a log")
    replace(getattr(current, second_file), getattr(successor, second_file))
    assert served(server) == der(successor.certificate)


@pytest.mark.differs_from_original("the original refuses TLS until it is mended")
@pytest.mark.parametrize("content", (b"", b"garbage", None))
def test_nonsense_on_disk_keeps_the_last_good_one(daemon, pair, content):
    current, successor, first = pair
    server = daemon(certificate=current)
    if content is None:
        current.certificate.unlink()
    else:
        current.certificate.write_bytes(content)
    assert served(server) == der(first.certificate)
    replace(current.key, successor.key)
    replace(current.certificate, successor.certificate)
    assert served(server) == der(successor.certificate)


KEPT = "changed files cannot be used, keeping the last good ones"


@pytest.mark.differs_from_original("the original refuses TLS until it is mended")
def test_a_broken_pair_is_told_once_and_not_by_every_session(daemon, pair):
    current, successor, first = pair
    server = daemon(certificate=current)
    replace(current.key, successor.key)
    server.reload()
    server.system_log.wait_for(KEPT)
    for _ in range(3):
        assert served(server) == der(first.certificate)
    assert server.system_log.count(KEPT) == 1
    assert KEPT not in server.tls_log
    current.key.write_bytes(b"broken in another way")
    assert served(server) == der(first.certificate)
    server.system_log.wait_for(KEPT, count=2)
    replace(current.key, successor.key)
    replace(current.certificate, successor.certificate)
    assert served(server) == der(successor.certificate)


def test_a_running_session_keeps_its_certificate_and_works(daemon, pair):
    current, successor, _ = pair
    server = daemon(certificate=current)
    with server.ftps() as ftp:
        replace(current.key, successor.key)
        replace(current.certificate, successor.certificate)
        assert ftp.store("old", b"old").code == 226
        assert served(server) == der(successor.certificate)
        assert ftp.retrieve("old") == b"old"


def test_renewal_of_a_virtual_host(daemon, pair):
    current, successor, first = pair
    server = daemon("<VirtualHost {address}>", "  Port {port1}", "  TLSEngine on",
                    *("  " + line for line in current.directives().splitlines()), "</VirtualHost>")
    port = server.ports.listening[1]
    with server.ftps(port=port) as ftp:
        assert ftp.stream.peer_certificate == der(first.certificate)
    replace(current.key, successor.key)
    replace(current.certificate, successor.certificate)
    with server.ftps(port=port) as ftp:
        assert ftp.stream.peer_certificate == der(successor.certificate)


def test_renewal_after_a_reload(daemon, pair):
    """The reload happens as the daemon's user, who may not read keys."""
    current, successor, first = pair
    current.key.chmod(0o600)
    server = daemon(certificate=current)
    server.reload()
    assert served(server) == der(first.certificate)
    replace(current.key, successor.key)
    current.key.chmod(0o600)
    replace(current.certificate, successor.certificate)
    assert served(server) == der(successor.certificate)
    server.reload()
    assert served(server) == der(successor.certificate)
