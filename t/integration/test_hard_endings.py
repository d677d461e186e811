# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Transfers that end otherwise than by their last byte: soon, honestly, and without harm."""
import array
import fcntl
import socket
import termios
import time

import pytest

from harness.logs import wait_for
from harness.stream import CLOSE_NOTIFY, RST
from harness.transfer import Transfer

VERSIONS = ("1.2", "1.3")
SIZE = 64 * 2**20


class NarrowTransfer(Transfer):
    """A passive transfer whose client has next to no room for what it does not read."""

    def _connect(self, target: tuple[str, int]) -> None:
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.settimeout(self.client.sock.gettimeout())
        self.sock.connect(target)

    def wait_until_stuck(self) -> None:
        """Until no more has come for a while."""
        seen: list[int] = []

        def no_more() -> bool:
            waiting = array.array("i", [0])
            fcntl.ioctl(self.sock, termios.FIONREAD, waiting)
            seen.append(waiting[0])
            return len(seen) > 50 and seen[-50] == seen[-1] > 0

        wait_for(no_more, "a full socket", 30)


@pytest.fixture
def endless(daemon):
    def start(*directives: str):
        server = daemon("TLSRequired off", *directives)
        with open(server.home / "endless", "wb") as file:
            file.truncate(SIZE)
        (server.home / "endless").chmod(0o644)
        return server
    return start


# --- ABOR -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_abor_is_answered_soon_though_the_client_does_not_read(endless, version):
    server = endless("UseSendfile off")
    with server.ftps(version=version) as ftp:
        transfer = NarrowTransfer(ftp, "RETR endless")
        transfer.wait_until_stuck()
        began = time.monotonic()
        ftp.raw_send(b"ABOR\r\n")
        assert [ftp.reply().code, ftp.reply().code] == [426, 226]
        assert time.monotonic() - began < 4
        transfer.stream.close()
        assert ftp.store("after", b"x").code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_an_aborted_download_does_not_look_complete(endless, version):
    server = endless("UseSendfile off")
    with server.ftps(version=version) as ftp:
        transfer = NarrowTransfer(ftp, "RETR endless")
        transfer.wait_until_stuck()
        ftp.raw_send(b"ABOR\r\n")
        assert [ftp.reply().code, ftp.reply().code] == [426, 226]
        assert len(transfer.read_all()) < SIZE
        assert transfer.stream.ending != CLOSE_NOTIFY


@pytest.mark.parametrize("protection", ("C", "P"))
def test_abor_is_answered_soon_in_a_throttled_download(endless, protection):
    server = endless("TransferRate RETR 20")
    with server.ftps() as ftp:
        ftp.prot(protection)
        transfer = ftp.begin("RETR endless")
        assert transfer.stream.recv()
        began = time.monotonic()
        ftp.raw_send(b"ABOR\r\n")
        assert ftp.reply().code == 426
        assert time.monotonic() - began < 2.5
        transfer.stream.close()
        assert ftp.reply().code == 226


@pytest.mark.parametrize("section", ("Global", "Directory {home}"))
def test_throttling_counts_wherever_it_stands(endless, section):
    server = endless(f"<{section}>", "  TransferRate RETR 20", f"</{section.split()[0]}>")
    with server.ftps() as ftp:
        transfer = ftp.begin("RETR endless")
        assert transfer.stream.recv()
        began = time.monotonic()
        ftp.raw_send(b"ABOR\r\n")
        assert ftp.reply().code == 426
        assert time.monotonic() - began < 2.5
        transfer.stream.close()
        assert ftp.reply().code == 226


# --- clients that leave ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("protection", ("C", "P"))
def test_quit_in_the_middle_of_a_download(endless, version, protection):
    """All of the file or a visibly cut one, then the end of the session."""
    server = endless("UseSendfile off")
    with server.ftps(version=version) as ftp:
        [pid] = server.session_pids()
        ftp.prot(protection)
        transfer = ftp.begin("RETR endless")
        received = len(transfer.stream.recv())
        ftp.raw_send(b"QUIT\r\n")
        received += len(transfer.read_all())
        assert received == SIZE or transfer.stream.ending != CLOSE_NOTIFY
        codes = []
        try:
            while True:
                codes.append(ftp.reply().code)
        except ConnectionError:
            pass
        assert 221 in codes and (226 in codes) == (received == SIZE)
        wait_for(lambda: pid not in server.session_pids(), "the end of the session", 5)


def test_a_client_that_vanishes_does_not_leave_a_session_behind(endless):
    """The control connection ends while a download is stuck."""
    server = endless("UseSendfile off")
    ftp = server.ftps()
    transfer = NarrowTransfer(ftp, "RETR endless")
    transfer.wait_until_stuck()
    [pid] = server.session_pids()
    ftp.sock.close()
    wait_for(lambda: pid not in server.session_pids(), "the end of the session", 8)
    transfer.sock.close()


@pytest.fixture(scope="module")
def crowded(shared_daemon):
    """Listings and a file of more than the system buffers for a connection."""
    server = shared_daemon("TLSRequired off")
    folder = server.home / "many"
    folder.mkdir()
    for i in range(24_000):
        (folder / f"{i:0250}").touch()
    with open(server.home / "file", "wb") as file:
        file.truncate(6_000_000)
    (server.home / "file").chmod(0o644)
    return server


@pytest.mark.parametrize("command", ("MLSD many", "LIST many", "RETR file"))
def test_what_could_not_be_sent_is_not_a_success(crowded, command):
    """The client reset the connection and had read nothing. (The host itself, in the clear too,
    does not answer NLST then.)"""
    with crowded.ftps() as ftp:
        transfer = NarrowTransfer(ftp, command)
        transfer.wait_until_stuck()
        reply = transfer.finish(RST)
        assert reply.code == 426, str(reply)
        assert ftp.store("after", b"x").code == 226
    crowded.tls_log.wait_for("the end of the data connection could not be sent")


# --- refusals in a row ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ("epsv", "port"))
def test_two_refused_data_connections_in_a_row(daemon, version, mode):
    server = daemon("TLSRequired off")
    with server.ftps(version=version) as ftp:
        for name in ("first", "second"):
            assert ftp.store(name, b"x", session=None, mode=mode).code == 425
        assert ftp.store("third", b"x", mode=mode).code == 226
        assert ftp.retrieve("third", mode=mode) == b"x"


def test_refusals_of_every_kind_in_a_row(daemon):
    server = daemon("TLSRequired off", "TLSTimeoutHandshake 1")
    with server.ftps() as ftp:
        [pid] = server.session_pids()
        assert ftp.store("before", b"x").code == 226
        before = server.descriptors(pid)
        for _ in range(2):
            assert ftp.store("unbound", b"x", session=None).code == 425
            garbage = ftp.begin("STOR garbage", handshake=False)
            garbage.sock.sendall(b"this is not TLS at all\r\n")
            assert ftp.reply().code == 425
            garbage.sock.close()
            assert ftp.begin("STOR silent", handshake=False).finish().code == 425
        ftp.prot("C")
        assert ftp.store("clear", b"x").code == 226
        ftp.prot("P")
        assert ftp.store("after", b"x").code == 226
        assert server.descriptors(pid) == before
