# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What went wrong with sessions, tickets and memory in other releases of mod_tls: what does not
stand in test_upstream.py or beside its subject."""
import random
import re
import socket
import subprocess
import time
from collections.abc import Callable

import pytest

from harness import settings
from harness.logs import wait_for
from harness.resumption import DATA, first_visit, load, returns
from harness.session_file import SessionFile
from harness.stream import CLOSE_NOTIFY

VERSIONS = ("1.2", "1.3")


# --- tickets --------------------------------------------------------------------------------------


@pytest.mark.differs_from_original("there sessions end with their process, keys with a reload")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("provider", ("ours", "the distribution's"))
def test_upstream_795_3808_tickets_beside_an_external_cache(daemon, version, provider):
    """Both ways of resumption are there, and neither trips over the other."""
    lines = (load("mod_tls_shmcache") if provider == "ours" else
             ["ModulePath /usr/lib/proftpd", "LoadModule mod_tls_shmcache.c"])
    server = daemon(*lines, "TLSSessionCache shm:/file={dir}/run/sessions", "TLSSessionTickets on")
    session, context = first_visit(server, version)
    assert session.has_ticket
    for _ in range(3):
        assert returns(server, session, context)
    server.reload()
    assert returns(server, session, context)  # the keys of tickets survive, too
    with server.ftps(context=context) as mine, server.ftps(context=context) as theirs:
        assert mine.store("stolen", DATA, session=theirs.sessions[-1]).code == 425
        for name in ("first", "newest", "data"):
            if name != "data" or mine.data_sessions:
                assert mine.store("own", DATA, session=name).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_1063_spoilt_tickets_are_full_handshakes(daemon, tmp_path, version):
    """Of an unknown key, with a flipped bit anywhere, all zeros: none is an error."""
    server = daemon("TLSSessionTickets on")
    session = SessionFile(server, tmp_path / "session", version)
    assert session.resumed(session.der)
    for at in (0, 15, 16, 31, 32, session.size // 2, session.size - 33, session.size - 1):
        spoilt = bytearray(session.der)
        spoilt[session.start + at] ^= 1
        assert not session.resumed(bytes(spoilt)), at
    zeros = session.der[:session.start] + bytes(session.size)
    assert not session.resumed(zeros + session.der[session.start + session.size:])
    assert session.resumed(session.der)
    assert server.is_running()


@pytest.mark.needs_root("takes a capability away from the daemon")
@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer wants memory of its own")
def test_upstream_687_1014_1272_no_memory_may_be_locked(daemon, tmp_path, monkeypatch):
    """As in a container: tickets work all the same, and it is no error."""
    wrapper = tmp_path / "proftpd"
    wrapper.write_text("#!/bin/sh\nexec setpriv --bounding-set -ipc_lock "
                       f'prlimit --memlock=0:0 {settings.PROFTPD} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setattr(settings, "PROFTPD", str(wrapper))
    server = daemon("TLSSessionTickets on")
    assert locked(server.pid) == 0
    for version in VERSIONS:
        session, context = first_visit(server, version)
        assert returns(server, session, context)
    server.reload()
    session, context = first_visit(server, "1.3")
    assert returns(server, session, context)


def locked(pid: int) -> int:
    """Kilobytes of locked memory of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"^VmLck:\s+(\d+)", status.read(), re.M)[1])


@pytest.mark.needs_root("memory of the daemon")
@pytest.mark.differs_from_original("there each reload makes a key and locks more")
@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has a memory of its own")
def test_upstream_1794_reloads_make_no_keys_and_lock_no_more_memory(daemon):
    server = daemon("TLSSessionTickets on")
    session, context = first_visit(server, "1.3")
    server.reload()
    before = locked(server.pid)
    for _ in range(6):
        server.reload()
    assert locked(server.pid) <= before
    assert returns(server, session, context)


# --- stalls ---------------------------------------------------------------------------------------


@pytest.mark.differs_from_original("there each transfer takes 80 ms")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ("epsv", "eprt"))
def test_upstream_1957_no_transfer_waits_for_nagle(daemon, version, mode):
    """It would cost 40 ms or 200 ms each time; what the machine is busy with comes and goes."""
    server = daemon("TLSRequired on")
    with server.ftps(version=version) as ftp:
        for size in (1, 1000, 17_000):
            data = b"n" * size
            assert soon_once(lambda: ftp.store("file", data, mode=mode).code == 226)
            assert soon_once(lambda: ftp.retrieve("file", mode=mode) == data)


def soon_once(job: Callable[[], bool]) -> bool:
    """Whether the job can be done in less than one of those waits."""
    def seconds() -> float:
        started = time.monotonic()
        assert job()
        return time.monotonic() - started
    return any(seconds() < 0.035 for _ in range(60))


# --- crashes and memory ---------------------------------------------------------------------------


def private_memory(pid: int) -> int:
    """Kilobytes that a process has written to and shares with nobody."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        return int(re.search(r"^Private_Dirty:\s+(\d+)", rollup.read(), re.M)[1])


@pytest.mark.needs_root("memory of a session")
@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has a memory of its own")
@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_404_1872_1950_a_session_does_not_grow(daemon, version):
    server = daemon("TLSRequired on")
    with server.ftps(version=version) as ftp:
        pid, = server.session_pids()

        def transfers(count: int) -> int:
            for _ in range(count):
                assert ftp.store("file", DATA).code == 226
                assert ftp.store("refused", DATA, session=None).code == 425
                assert ftp.retrieve("file") == DATA
            return private_memory(pid)

        before = transfers(30)
        assert transfers(60) - before < 200


@pytest.mark.needs_root("memory of the daemon")
@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has a memory of its own")
def test_upstream_330_3375_the_daemon_does_not_grow_with_reloads(daemon):
    server = daemon("TLSRequired on", "TLSSessionTickets on")
    for _ in range(4):
        server.reload()
    before = private_memory(server.pid)
    for _ in range(10):
        server.reload()
    assert private_memory(server.pid) - before < 600


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_1106_sni_with_quotas(daemon, pki, version):
    """Quotas are looked up at the login, after the name has led to another server."""
    server = daemon.prepare(
        "QuotaEngine on", "QuotaLog {dir}/run/quota.log", "QuotaShowQuotas on",
        "<VirtualHost {address}>", "  Port {port}", "  ServerAlias named.test", "  TLSEngine on",
        f"  TLSRSACertificateFile {pki.rsa.certificate}",
        f"  TLSRSACertificateKeyFile {pki.rsa.key}",
        "  QuotaEngine on", "</VirtualHost>", modules=("mod_quotatab.c",))
    server.start()
    for name in ("named.test", None):
        with server.ftps(version=version, server_name=name) as ftp:
            assert ftp.cmd("SITE QUOTA").code in (200, 202, 500)
            assert ftp.store("counted", DATA).code == 226
            assert ftp.retrieve("counted") == DATA
            assert ftp.quit() == CLOSE_NOTIFY
    assert server.is_running()


@pytest.mark.parametrize("option", ("TLSRequired off", "TLSOptions UseImplicitSSL"))
def test_upstream_1721_settings_that_were_never_read(daemon, option):
    """The file with the certificates is missing from the configuration: refused, no crash."""
    server = daemon.prepare(option, "Include {dir}/conf.d/*.conf", certificate=None)
    (server.folder / "conf.d").mkdir()
    server.start()
    for _ in range(3):
        if "Implicit" in option:
            with socket.create_connection((server.address, server.port), 10) as sock:
                sock.sendall(b"\x16\x03\x01\x00\x05hello")
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(4096):
                    pass
            continue
        with server.ftp() as ftp:
            assert ftp.cmd("AUTH TLS").code == 431
            ftp.login()
            assert ftp.store("clear", DATA).code == 226
    wait_for(lambda: not server.session_pids(), "the end of the sessions")
    assert server.is_running()


@pytest.mark.differs_from_original("there a reload loses what has been issued")
@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_1770_sessions_from_before_a_reload_end_well(daemon, version):
    """Tickets and sessions of the daemon as it was, used and closed after it is another."""
    server = daemon("TLSRequired on", "TLSSessionTickets on")
    with server.ftps(version=version) as old:
        session, context = old.sessions[-1], old.context
        for _ in range(2):
            server.reload()
            assert returns(server, session, context)
            assert old.store("file", DATA).code == 226
        assert old.quit() == CLOSE_NOTIFY


@pytest.mark.differs_from_original("this is a test of our own cache module")
@pytest.mark.needs_root("writes into the memory of the cache")
@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_2166_bytes_in_a_cache_are_checked(daemon, version):
    """Whatever stands there: a full handshake, never what somebody has written into it."""
    server = daemon(*load("mod_tls_shmcache"), "TLSSessionCache shm:/file={dir}/run/sessions")
    session, context = first_visit(server, version)
    assert returns(server, session, context)
    spoil = ("import ctypes, random, re, sys\n"
             "libc = ctypes.CDLL(None)\n"
             "libc.shmat.restype = ctypes.c_void_p\n"
             "segment, size = map(int, sys.argv[1:])\n"
             "at = libc.shmat(segment, None, 0)\n"
             "memory = (ctypes.c_ubyte * size).from_address(at)\n"
             "dice = random.Random(2166)\n"
             "for i in range(4096 + 64, size):\n"
             "    if memory[i] and dice.random() < 0.05: memory[i] ^= 1 << dice.randrange(8)\n")
    with open(f"/proc/{server.pid}/maps", encoding="ascii") as maps:
        segment = re.search(r" (\d+) +/SYSV", maps.read())[1]
    subprocess.run(["/usr/bin/python3", "-c", spoil, segment, "1574912"], check=True)
    for _ in range(3):
        assert not returns(server, session, context)
    session, context = first_visit(server, version)
    assert returns(server, session, context)


def test_upstream_2860_2657_2510_3359_words_of_any_length(daemon):
    """Old buffers overflowed; here a long word is a word."""
    server = daemon("TLSRequired off", "CommandBufferSize 16384")
    dice = random.Random(2860)
    with server.ftps() as ftp:
        for verb in ("AUTH", "PBSZ", "PROT", "CCC", "SSCN", "USER", "HOST"):
            for word in ("x" * 500, "x" * 8000, "%s%n" * 200, "TLS " * 1000,
                         "".join(chr(dice.randrange(33, 127)) for _ in range(3000))):
                if verb == "CCC":
                    continue
                assert ftp.cmd(f"{verb} {word}").code in (200, 331, 500, 501, 503, 504, 536), verb
        assert ftp.cmd("PROT P").code == 200
        ftp.expect("USER alice", 331, 503, 501, 500, 230)
    assert server.is_running()
