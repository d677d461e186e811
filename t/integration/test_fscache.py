# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""mod_tls_fscache: sessions as files, on a real server.

The directory is root's, and a session can write to it before the login only: what is resumed is
what the handshake gave.
"""
import os
import subprocess
import time
from contextlib import suppress

import pytest

from harness.controls import ask, start_with_controls
from harness.resumption import first_visit, load, returns

FS = (*load("mod_tls_fscache"), "TLSSessionCache fs:/path={dir}/cache")


def visit(server, version: str):
    return first_visit(server, version, which=0)


pytestmark = pytest.mark.differs_from_original("these are tests of our own cache module")


def prepare(daemon, *lines: str, mode: int = 0o700):
    server = daemon.prepare(*lines)
    (server.folder / "cache").mkdir()
    (server.folder / "cache").chmod(mode)
    return server


def entries(server) -> list:
    return list((server.folder / "cache").iterdir())


def test_entries_are_files_of_their_owner_alone(daemon):
    server = prepare(daemon, *FS)
    server.start()
    visit(server, "1.3")
    assert entries(server)
    for entry in entries(server):
        assert entry.suffix == ".entry"
        assert entry.stat().st_mode & 0o777 == 0o600
        assert not entry.read_bytes().count(b"main server")


def test_changed_entries_are_misses(daemon):
    server = prepare(daemon, *FS)
    server.start()
    session, context = visit(server, "1.3")
    for entry in entries(server):
        data = bytearray(entry.read_bytes())
        data[40] ^= 1
        times = entry.stat()
        entry.write_bytes(data)
        os.utime(entry, (times.st_atime, times.st_mtime))
    assert not returns(server, session, context)
    assert returns(server, *visit(server, "1.3"))


@pytest.mark.parametrize("mode, message", (
    (0o777, "unable to use world-writable"), (None, "unable to check")))
def test_directories_that_cannot_be_used_are_told(daemon, mode, message):
    server = daemon.prepare(*FS) if mode is None else prepare(daemon, *FS, mode=mode)
    told = server.check().stderr
    assert message in told
    assert "error opening 'fs' TLSSessionCache: " in told
    server.start()
    returns(server, *visit(server, "1.3"))


@pytest.fixture
def small_disk(run_folder):
    """A folder on a file system of 64 KiB."""
    folder = run_folder / "small-disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()


@pytest.mark.needs_root("mounts a file system")
def test_a_full_disk_costs_nothing_but_resumption(daemon, small_disk):
    server = daemon(*load("mod_tls_fscache"), f"TLSSessionCache fs:/path={small_disk}")
    session, context = visit(server, "1.3")
    assert returns(server, session, context)
    (small_disk / "ballast").write_bytes(b"")
    with open(small_disk / "ballast", "wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(1024))
    full = visit(server, "1.3")
    assert not returns(server, *full)
    assert not [entry for entry in small_disk.iterdir() if entry.suffix == ".new"]
    (small_disk / "ballast").unlink()
    assert returns(server, *visit(server, "1.3"))


def test_expired_entries_are_swept_at_start_too(daemon):
    server = prepare(daemon, *FS)
    server.start()
    for _ in range(2):
        visit(server, "1.2")
    old, fresh = entries(server)
    past = time.time() - 100
    os.utime(old, (past, past))
    server.reload()
    assert entries(server) == [fresh]


def test_links_are_not_followed(daemon):
    """Who can write to the directory all the same gains nothing."""
    server = prepare(daemon, *FS)
    server.start()
    secret = server.folder / "secret"
    secret.write_bytes(b"not an entry")
    session, context = visit(server, "1.3")
    for entry in entries(server):
        entry.unlink()
        entry.symlink_to(secret)
    assert not returns(server, session, context)
    assert secret.read_bytes() == b"not an entry"


def test_q62_clear_counts_what_it_removes(daemon):
    server = prepare(daemon, *FS, "TLSControlsACLs all allow user root")
    start_with_controls(server)
    for _ in range(2):
        visit(server, "1.2")
    assert "Current SSL sessions cached: 2" in ask(server, "sesscache", "info")
    (answer,) = ask(server, "sesscache", "clear")
    assert answer == "tls sesscache: cleared 2 sessions from 'fs' session cache"
    assert not entries(server)
