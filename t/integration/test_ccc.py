# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""CCC: the control connection goes on in the clear, data stays protected and bound.

Clients end TLS there in every possible way: with close_notify, without, before or after the
server's, with commands glued to it. The server never waits for them.
"""
import ssl
import time

import pytest

from harness import settings
from harness.logs import wait_for
from harness.stream import CLOSE_NOTIFY, FIN, RST

VERSIONS = ("1.2", "1.3")
DATA = bytes(range(256)) * 400
CLEARED = "200 Clearing control channel protection"


def ccc(ftp, *, alert: bool = True, wait: bool = True) -> None:
    """CCC and the end of TLS as an orderly client does it."""
    tls = ftp.stream
    assert str(ftp.cmd("CCC")) == CLEARED
    if alert:
        tls.send_close_notify()
    if wait:
        assert tls.recv() == b""
        assert tls.ending == CLOSE_NOTIFY
    ftp.go_on_in_the_clear()


def close_notify_bytes(tls) -> bytes:
    """The client's close_notify as it would go over the wire; it is not sent."""
    try:
        tls.tls.unwrap()
    except (ssl.SSLWantReadError, ssl.SSLZeroReturnError, ssl.SSLSyscallError):
        pass
    return tls._out.read()


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon("TLSRequired auth+data")


# --- how TLS ends ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("alert, wait", ((True, True), (True, False), (False, True)),
                         ids=("alert", "alert-and-on", "no-alert"))
def test_ccc_however_the_client_ends_tls(server, version, alert, wait):
    with server.ftps(version=version) as ftp:
        tls = ftp.stream
        ccc(ftp, alert=alert, wait=wait)
        if not wait:  # the server's close_notify is in front of its first reply in the clear
            ftp.raw_send(b"NOOP\r\n")
            assert tls.recv() == b"" and tls.ending == CLOSE_NOTIFY
            ftp.go_on_in_the_clear()
            assert ftp.reply().code == 200
        assert ftp.cmd("PWD").code == 257
        assert ftp.store("up", DATA).code == 226
        assert ftp.retrieve("up") == DATA
        assert ftp.quit() == FIN


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_954_2753_plain_text_at_once(server, version):
    """Neither an alert nor a pause: the command comes behind the reply."""
    with server.ftps(version=version) as ftp:
        tls = ftp.stream
        assert str(ftp.cmd("CCC")) == CLEARED
        started = time.monotonic()
        ftp.sock.sendall(b"PWD\r\n")
        assert tls.recv() == b"" and tls.ending == CLOSE_NOTIFY
        ftp.go_on_in_the_clear()
        assert ftp.reply().code == 257
        assert time.monotonic() - started < 1
        assert ftp.cmd("NOOP").code == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_commands_glued_behind_the_close_notify_are_not_lost(server, version):
    with server.ftps(version=version) as ftp:
        tls = ftp.stream
        assert str(ftp.cmd("CCC")) == CLEARED
        ftp.sock.sendall(close_notify_bytes(tls) + b"PWD\r\nNOOP\r\n")
        assert tls.recv() == b""
        ftp.go_on_in_the_clear()
        assert [ftp.reply().code, ftp.reply().code] == [257, 200]


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_in_one_segment(server, version):
    """CCC, close_notify and commands, without waiting for any reply."""
    with server.ftps(version=version) as ftp:
        tls = ftp.stream
        tls.tls.write(b"CCC\r\n")
        ftp.sock.sendall(tls._out.read() + close_notify_bytes(tls) + b"PWD\r\nSYST\r\n")
        assert str(ftp.reply()) == CLEARED
        assert tls.recv() == b""
        ftp.go_on_in_the_clear()
        assert [ftp.reply().code, ftp.reply().code] == [257, 215]


@pytest.mark.parametrize("version", VERSIONS)
def test_commands_glued_inside_tls_are_answered_in_the_clear(server, version):
    with server.ftps(version=version) as ftp:
        tls = ftp.stream
        ftp.raw_send(b"CCC\r\nPWD\r\n")
        ftp.raw_send(b"NOOP\r\n")
        assert str(ftp.reply()) == CLEARED
        tls.send_close_notify()
        assert tls.recv() == b""
        ftp.go_on_in_the_clear()
        assert [ftp.reply().code, ftp.reply().code] == [257, 200]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_close_notify_in_pieces(server, version):
    with server.ftps(version=version) as ftp:
        tls = ftp.stream
        assert str(ftp.cmd("CCC")) == CLEARED
        for byte in close_notify_bytes(tls):
            ftp.sock.sendall(bytes([byte]))
            time.sleep(0.005)
        ftp.sock.sendall(b"PWD\r\n")
        assert tls.recv() == b""
        ftp.go_on_in_the_clear()
        assert ftp.reply().code == 257


@pytest.mark.parametrize("version", VERSIONS)
def test_a_close_notify_that_comes_late(server, version):
    """Longer than five seconds may pass: silence is not taken for anything."""
    with server.ftps(version=version) as ftp:
        tls = ftp.stream
        assert str(ftp.cmd("CCC")) == CLEARED
        assert tls.recv() == b""
        time.sleep(6)
        tls.send_close_notify()
        ftp.go_on_in_the_clear()
        assert ftp.cmd("PWD").code == 257


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", (FIN, RST))
def test_a_client_that_leaves_instead(daemon, version, end):
    server = daemon("TLSRequired off")
    ftp = server.ftps(version=version)
    assert str(ftp.cmd("CCC")) == CLEARED
    ftp.close(end)
    server.system_log.wait_for("FTP session closed.", timeout=5)


def test_garbage_that_looks_like_tls_ends_the_session(daemon):
    server = daemon("TLSRequired off")
    with server.ftps() as ftp:
        assert str(ftp.cmd("CCC")) == CLEARED
        ftp.sock.sendall(b"\x17\x03\x03\x00\x20" + bytes(32) + b"NOOP\r\n")
        wait_for(lambda: not server.session_pids(), "the end of the session", 5)
    with server.ftps() as ftp:
        assert ftp.cmd("PWD").code == 257


# --- what stays -----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ("pasv", "epsv", "port", "eprt"))
def test_r13_firewalls_that_must_read_port_and_pasv(server, version, mode):
    """Recipe: TLSRequired auth+data, CCC after the login."""
    with server.ftps(version=version) as ftp:
        ccc(ftp)
        transfer = ftp.begin("STOR up", mode=mode)
        assert transfer.stream.version == f"TLSv{version}" and transfer.stream.resumed
        transfer.write(DATA)
        assert transfer.finish().code == 226
        assert ftp.retrieve("up", mode=mode) == DATA
        assert "up" in ftp.names(mode=mode)
        for command in ("USER bob", "PASS secret", "ACCT x"):
            assert str(ftp.cmd(command)) == "550 SSL/TLS required on the control channel"
        assert ftp.retrieve("up", mode=mode) == DATA


@pytest.mark.differs_from_original("there any data connection is good after CCC")
@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_3465_the_reuse_rule_stays_in_force(server, version):
    with server.ftps(version=version) as ftp:
        ccc(ftp)
        assert ftp.store("thief", DATA, session=None).code == 425
        assert ftp.store("owner", DATA).code == 226
        assert ftp.retrieve("owner", session="first" if version == "1.2" else "newest") == DATA


@pytest.mark.differs_from_original("there any data connection is good after CCC")
@pytest.mark.parametrize("version", VERSIONS)
def test_the_session_of_another_client_stays_foreign(server, version):
    with server.ftps(version=version) as mine, server.ftps(context=mine.context) as theirs:
        sessions = list(mine.stream.sessions)
        ccc(mine)
        assert mine.store("stolen", DATA, session=theirs.sessions[-1]).code == 425
        assert mine.store("honest", DATA, session=sessions[-1]).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_many_transfers_after_ccc(daemon, version):
    """Also beyond the lifetime of a TLS 1.2 session, and with each ticket used once."""
    server = daemon("TLSRequired data", "TLSSessionCache internal: 2" if version == "1.2" else
                    "TLSSessionCache internal: 3600")
    with server.ftps(version=version) as ftp:
        tls = ftp.stream
        ccc(ftp)
        sessions = tls.sessions[-8:] if version == "1.3" else tls.sessions[-1:] * 8
        assert len(sessions) == 8
        for session in sessions:
            assert ftp.store("file", DATA, session=session).code == 226
            if version == "1.2":
                time.sleep(0.5)


@pytest.mark.parametrize("version", VERSIONS)
def test_data_protection_may_still_be_changed(daemon, version):
    server = daemon("TLSRequired off")
    with server.ftps(version=version) as ftp:
        ccc(ftp)
        assert ftp.store("private", DATA).code == 226
        ftp.prot("C")
        assert ftp.retrieve("private") == DATA
        ftp.prot("P")
        transfer = ftp.begin("RETR private")
        assert transfer.stream.resumed
        assert transfer.read_all() == DATA
        assert transfer.finish().code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_abor_in_the_clear_during_a_protected_download(daemon, version):
    server = daemon("TLSRequired off", "UseSendfile off")
    with open(server.home / "huge", "wb") as file:
        file.truncate(200 * 2**20)
    (server.home / "huge").chmod(0o644)
    with server.ftps(version=version) as ftp:
        ccc(ftp)
        transfer = ftp.begin("RETR huge")
        assert transfer.stream.recv()
        ftp.raw_send(b"ABOR\r\n")
        transfer.read_all()
        assert [transfer.finish().code, ftp.reply().code] == [426, 226]
        assert ftp.store("after", DATA).code == 226


# --- the other commands afterwards ----------------------------------------------------------------


def test_replies_after_ccc(server):
    with server.ftps() as ftp:
        ccc(ftp)
        for command, reply in (
                ("AUTH TLS", "534 Unwilling to accept security parameters"),
                ("AUTH", "504 AUTH requires at least one argument"),
                ("PBSZ 0", "503 PBSZ not allowed on insecure control connection"),
                ("CCC", "533 CCC not allowed on insecure control connection"),
                ("PROT C", "534 Unwilling to accept security parameters"),
                ("PROT P", "200 Protection set to Private")):
            assert str(ftp.cmd(command)) == reply
        assert ftp.store("still", DATA).code == 226


def test_q60_nothing_about_renegotiations_is_logged(daemon):
    server = daemon("TLSRequired off")
    with server.ftps(version="1.2") as ftp:
        ccc(ftp)
        assert ftp.store("a", DATA).code == 226
    server.tls_log.wait_for("received CCC, clearing control channel protection")
    assert "renegotiation accepted" not in server.tls_log.text()


# --- refused --------------------------------------------------------------------------------------


def test_ccc_before_auth_and_before_the_login(daemon):
    server = daemon("TLSRequired off")
    with server.ftp() as ftp:
        assert ftp.cmd("CCC").code == 530
        ftp.auth()
        assert str(ftp.cmd("CCC")) == "530 Please login with USER and PASS"
        ftp.login()
        assert str(ftp.cmd("CCC")) == CLEARED
    with server.ftp() as ftp:
        ftp.login()
        assert str(ftp.cmd("CCC")) == "500 CCC not understood"


def test_ccc_where_the_control_connection_must_stay_protected(daemon):
    server = daemon("TLSRequired on")
    with server.ftps() as ftp:
        assert str(ftp.cmd("CCC")) == "534 Unwilling to accept security parameters"
        assert ftp.store("a", DATA).code == 226
    server.tls_log.wait_for("CCC: unwilling to accept security parameters: TLSRequired setting")


def test_ccc_denied_by_limit(daemon):
    server = daemon("TLSRequired off", "<Limit CCC>", "  DenyAll", "</Limit>")
    with server.ftps() as ftp:
        assert str(ftp.cmd("CCC")) == "534 Unwilling to accept security parameters"
        assert ftp.cmd("PWD").code == 257


@pytest.mark.parametrize("version", VERSIONS)
def test_ccc_during_a_transfer_is_refused(daemon, version):
    server = daemon("TLSRequired off")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR upload")
        transfer.write(DATA)
        assert ftp.cmd_during(transfer, "CCC", DATA).code == 503
        assert transfer.finish().code == 226
        ccc(ftp)
        assert ftp.cmd("PWD").code == 257


# --- clients --------------------------------------------------------------------------------------


def stays_in_tls(curl, mode) -> bool:
    """Whether this is the fault of curl 8.14, with any server: it looks for its TLS layer among
    those below it, and so never takes it off. The next command fails in its own library, which has
    said close_notify ("active"), or leaves in TLS, where no reply can come from any more."""
    end = curl.stderr.partition(CLEARED[4:])[2]
    told = {"active": "SSL routines::protocol is shutdown", "passive": "\n> PWD"}
    status = {"active": 55, "passive": 56}
    return "alert, close notify" in end and told[mode] in end and curl.status == status[mode]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ("active", "passive"))
def test_upstream_2015_curl_with_ccc(daemon, tmp_path, version, mode):
    """Uploads over TLS 1.3 after CCC lost their last bytes. In passive mode, its default, curl
    throws away what it could resume."""
    server = daemon("TLSRequired auth+data", *(
        ("TLSOptions NoSessionReuseRequired",) if mode == "passive" else ()))
    source = tmp_path / "source"
    source.write_bytes(DATA * 30)
    options = ("--ftp-ssl-ccc", "--ftp-ssl-ccc-mode", mode)
    name = f"curl-{version}-{mode}"
    upload = server.curl(name, *options, "-T", str(source), version=version)
    if settings.CURL >= (8, 14):
        assert stays_in_tls(upload, mode)
        server.tls_log.wait_for("received CCC, clearing control channel protection")
        return
    upload.ok()
    assert (server.home / name).read_bytes() == DATA * 30
    server.curl(name, *options, "-o", str(tmp_path / "back"), version=version).ok()
    assert (tmp_path / "back").read_bytes() == DATA * 30
