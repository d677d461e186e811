# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Every way in which clients end a data connection, for uploads and downloads, TLS 1.2 and 1.3.

What counts each time: the right size, the right reply, in bounded time and memory, and a control
connection that goes on.
"""
import threading
import time
from pathlib import Path

import pytest

from harness import settings
from harness.logs import wait_for
from harness.stream import CLOSE_NOTIFY, FIN, PATIENT, RST

VERSIONS = ("1.2", "1.3")
DATA = bytes(range(256)) * 3000
LINGER = 2.0  # TimeoutLinger of the test servers
HALF, OPEN = "half-close", "left open"

# how it ends, the replies that are right, by when (seconds)
UPLOADS = ((CLOSE_NOTIFY, (226,), 1), (FIN, (226,), 1), (RST, (426,), 1), (PATIENT, (226,), 1),
           (HALF, (226,), 1))
# A reset may come before or after the server has heard that all of it arrived.
DOWNLOADS = ((CLOSE_NOTIFY, (226,), 1), (FIN, (226,), 1), (RST, (226, 426), 1),
             (PATIENT, (226,), 1), (HALF, (226,), 1), (OPEN, (226,), LINGER + 1))


@pytest.fixture(scope="module")
def server(shared_daemon):
    server = shared_daemon("TLSRequired on")
    (server.home / "file").write_bytes(DATA)
    (server.home / "file").chmod(0o644)
    return server


def memory(pid: int) -> int:
    """Resident size in KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError(f"process {pid} has no VmRSS")


def end_as(transfer, end: str):
    """Ends a data connection in that way; the last reply."""
    if end == OPEN:
        return transfer.client.reply()
    if end == HALF:
        transfer.stream.end_writing(FIN)
        transfer.read_all()
        end = FIN
    return transfer.finish(end)


def end_in_the_handshake(ftp, command: str, end: str) -> None:
    """Behind the ClientHello."""
    transfer = ftp.begin(command, handshake=False)
    transfer._make_stream()
    transfer.stream.start_handshake()
    assert transfer.finish(end).code == 425


def check_after(server, ftp) -> None:
    """The control connection goes on, and the next transfer is as good as any."""
    assert ftp.cmd("PWD").code == 257
    assert ftp.store("next", b"x").code == 226
    assert ftp.retrieve("next") == b"x"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end, codes, seconds", UPLOADS, ids=lambda value: str(value))
@pytest.mark.parametrize("mode", ("epsv", "port"))
def test_uploads(server, version, end, codes, seconds, mode):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR up", mode=mode)
        transfer.write(DATA)
        started = time.monotonic()
        reply = end_as(transfer, end)
        assert reply.code in codes, str(reply)
        assert time.monotonic() - started < seconds
        if reply.code == 226:
            assert (server.home / "up").read_bytes() == DATA
        check_after(server, ftp)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end, codes, seconds", DOWNLOADS, ids=lambda value: str(value))
@pytest.mark.parametrize("mode", ("epsv", "port"))
def test_downloads(server, version, end, codes, seconds, mode):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR file", mode=mode)
        assert transfer.read_all() == DATA
        assert transfer.stream.ending == CLOSE_NOTIFY
        started = time.monotonic()
        reply = end_as(transfer, end)
        assert reply.code in codes, str(reply)
        assert time.monotonic() - started < seconds
        if end == OPEN:
            transfer.stream.close()
        check_after(server, ftp)


@pytest.mark.differs_from_original("the 425 takes as long as TimeoutLinger there")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", (FIN, RST))
@pytest.mark.parametrize("command", ("STOR up", "RETR file", "LIST"))
def test_q33_a_handshake_that_the_client_ends_is_answered_at_once(server, version, end, command):
    """Before the ClientHello, and behind it."""
    with server.ftps(version=version) as ftp:
        for hello in (False, True):
            transfer = ftp.begin(command, handshake=False)
            started = time.monotonic()
            transfer._make_stream()
            if hello:
                transfer.stream.start_handshake()
            assert transfer.finish(end).code == 425
            assert time.monotonic() - started < 1
        check_after(server, ftp)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upload_that_never_ends_is_bounded(daemon, version):
    server = daemon("TLSRequired on", "TimeoutStalled 1")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR up")
        transfer.write(DATA)
        [pid] = server.session_pids()
        wait_for(lambda: pid not in server.session_pids(), "the end of the session", 10)
        assert transfer.read_all() == b""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has a memory of its own")
def test_no_ending_costs_memory(server, version):
    with server.ftps(version=version) as ftp:
        pid = server.session_pids()[-1]
        before = 0
        for turn in range(8):
            for end, _, _ in UPLOADS:
                transfer = ftp.begin("STOR up")
                transfer.write(DATA)
                end_as(transfer, end)
            for end, _, _ in DOWNLOADS[:-1]:
                transfer = ftp.begin("RETR file")
                transfer.read_all()
                end_as(transfer, end)
            for command in ("STOR up", "RETR file"):
                for end in (FIN, RST):
                    end_in_the_handshake(ftp, command, end)
            if turn == 2:  # costs time
                transfer = ftp.begin("RETR file")
                transfer.read_all()
                end_as(transfer, OPEN)
                transfer.stream.close()
            if turn == 1:
                before = memory(pid)
        assert memory(pid) < before + 512
        check_after(server, ftp)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ("RETR file", "STOR up"))
def test_upstream_1963_2056_resets_at_many_places(server, version, command):
    """Each reset of a data connection once cost memory, or the session, or all of the CPU."""
    with server.ftps(version=version) as ftp:
        pid = server.session_pids()[-1]
        for size in (0, 1, 100, 16_383, 16_384, 16_385, 100_000, 500_000):
            transfer = ftp.begin(command)
            if command.startswith("STOR"):
                transfer.write(DATA[:size])
            else:
                while size > 0:
                    size -= len(transfer.stream.recv())
            assert transfer.finish(RST).code in (226, 426)
        check_after(server, ftp)
        assert pid in server.session_pids()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("size, pause", ((16_000, 0), (1, 0.05)))
def test_who_never_stops_sending_after_a_download_is_left(server, version, size, pause):
    """Nobody is asked for more; what comes all the same is read for half a second."""
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR file")
        assert transfer.read_all() == DATA
        stop = threading.Event()

        def flood() -> None:
            while not transfer.error and not stop.wait(pause):
                try:
                    transfer.write(b"x" * size)
                except OSError:
                    return

        flooding = threading.Thread(target=flood)
        started = time.monotonic()
        flooding.start()
        try:
            assert ftp.reply().code == 226
            assert time.monotonic() - started < LINGER + 1
        finally:
            stop.set()
            transfer.sock.close()
            flooding.join()
        check_after(server, ftp)


# --- RequireCloseNotify ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strict(shared_daemon):
    return shared_daemon("TLSRequired on", "TLSOptions RequireCloseNotify")


@pytest.mark.differs_from_original("it has no such option")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ("STOR", "APPE", "STOU"))
def test_q70_a_truncated_upload_is_refused_where_that_is_asked_for(strict, version, command):
    with strict.ftps(version=version) as ftp:
        for path in strict.home.iterdir():
            path.unlink()
        transfer = ftp.begin("STOU" if command == "STOU" else f"{command} cut")
        transfer.write(DATA)
        reply = transfer.finish(FIN)
        assert reply.code == 426
        assert "without close_notify" in " ".join(reply.lines)
        [path] = strict.home.iterdir()
        assert path.read_bytes() == DATA  # the part that came
        assert ftp.cmd("PWD").code == 257
        for end in (CLOSE_NOTIFY, PATIENT):
            assert ftp.store("whole", DATA, end=end).code == 226
        assert (strict.home / "whole").read_bytes() == DATA
    strict.tls_log.wait_for("client ended the data connection without close_notify")


@pytest.mark.parametrize("version", VERSIONS)
def test_q70_downloads_may_end_in_any_way(strict, version):
    with strict.ftps(version=version) as ftp:
        assert ftp.store("file", DATA).code == 226
        for end in (CLOSE_NOTIFY, FIN, PATIENT):
            transfer = ftp.begin("RETR file")
            assert transfer.read_all() == DATA
            assert transfer.finish(end).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_q70_upstream_curl_11383_the_default_takes_it_and_says_so_in_the_log(server, version):
    with server.ftps(version=version) as ftp:
        assert ftp.store("fin", DATA, end=FIN).code == 226
    server.tls_log.wait_for_match("close_notify|unexpected eof")


@pytest.mark.parametrize("version", VERSIONS)
def test_curl_and_lftp_say_close_notify(strict, tmp_path, version):
    source = tmp_path / "source"
    source.write_bytes(DATA)
    strict.lftp(f"put {source} -o lftp\n", version=version).ok()
    strict.curl("curl", "-T", str(source), version=version).ok()
    for name in ("lftp", "curl"):
        assert (strict.home / name).read_bytes() == DATA
