# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What went wrong in other releases of mod_tls, as their users reported it (issue and bug numbers).

Sessions and tickets, endings and stalls, crashes; reports whose subject has a file of its own have
their test there.
"""
import os
import random
import signal
import socket
import subprocess
import time

import pytest

from harness import process
from harness.logs import wait_for
from harness.stream import CLOSE_NOTIFY, FIN, RST

VERSIONS = ("1.2", "1.3")
DATA = random.Random(7).randbytes(300_000)


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon("TLSRequired on")


# --- sessions and tickets -------------------------------------------------------------------------


@pytest.mark.parametrize("end", (CLOSE_NOTIFY, FIN))
def test_upstream_536_744_uploads_over_tls13_are_not_cut_short(server, end):
    with server.ftps(version="1.3") as ftp:
        for size in (1, 16_384, 16_385, len(DATA)):
            assert ftp.store("php", DATA[:size], end=end).code == 226
            assert (server.home / "php").read_bytes() == DATA[:size]


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_1063_sessions_of_another_daemon_are_no_error(daemon, version):
    """They cannot be opened: a full handshake on control, a refusal in words on data."""
    other, server = daemon(), daemon()
    with other.ftps(version=version) as ftp:
        foreign, context = ftp.sessions[-1], ftp.context
    with server.ftp(context=context) as ftp:
        ftp.auth(session=foreign)
        assert not ftp.stream.resumed
        ftp.login()
        ftp.protect()
        assert ftp.store("a", DATA, session=foreign).code == 425
        assert ftp.store("a", DATA).code == 226


def test_upstream_1193_4178_tickets_of_tls12_count_as_reuse(daemon):
    server = daemon("TLSRequired on", "TLSSessionTickets on")
    with server.ftps(version="1.2") as ftp:
        session = ftp.sessions[-1]
        assert session.has_ticket
        for _ in range(5):
            assert ftp.store("a", DATA, session=session).code == 226
            assert ftp.retrieve("a", session=session) == DATA


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_1177_lftp_is_never_said_not_to_reuse(daemon, tmp_path, version):
    server = daemon("TLSRequired on")
    (tmp_path / "source").write_bytes(DATA)
    script = f"put {tmp_path}/source -o a\n" + f"get a -o {tmp_path}/back\nrm -f {tmp_path}/back\n"
    server.lftp(script.replace("rm -f", "!rm -f") * 5, version=version).ok()
    assert "rejecting" not in server.tls_log
    assert server.tls_log.count("client reused TLS session for data connection") == 10


# --- endings and stalls ---------------------------------------------------------------------------


def test_upstream_959_uploads_by_clients_that_never_read(server):
    """A ticket that nobody reads must not turn the end of the upload into a reset."""
    with server.ftps(version="1.3") as ftp:
        for _ in range(10):
            transfer = ftp.begin("STOR blind")
            transfer.write(DATA)
            transfer.stream.send_close_notify()
            transfer.sock.close()
            assert ftp.reply().code == 226
            assert (server.home / "blind").read_bytes() == DATA


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_2024_1151_an_unexpected_eof_on_data_leaves_the_session_alone(server, version):
    with server.ftps(version=version) as ftp:
        for hello in (b"", b"\x16\x03\x01\x02\x00\x01", b"\x15\x03\x03\x00\x02\x02\x28"):
            transfer = ftp.begin("STOR eof", handshake=False)
            transfer.sock.sendall(hello)
            transfer.sock.close()
            assert ftp.reply().code == 425
        assert ftp.store("after", DATA).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_3303_an_idle_session_ends_with_close_notify(daemon, version):
    server = daemon("TimeoutIdle 1")
    with server.ftps(version=version) as ftp:
        assert ftp.stream.read_all() is not None
        assert ftp.stream.ending == CLOSE_NOTIFY


@pytest.mark.needs_root("signals to the user's process")
@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_4319_4108_signals_do_not_disturb_a_handshake(server, version):
    """A ClientHello in pieces, each with an alarm in between: neither a failure nor a stall."""
    with server.ftps(version=version) as ftp:
        pid = server.session_pids()[-1]
        transfer = ftp.begin("STOR slow", handshake=False)
        transfer._make_stream()
        tls = transfer.stream
        started = time.monotonic()
        try:
            tls.tls.do_handshake()
        except OSError:
            pass
        hello = tls._out.read()
        for i in range(0, len(hello), 40):
            transfer.sock.sendall(hello[i:i + 40])
            os.kill(pid, signal.SIGALRM)
            time.sleep(0.01)
        transfer.handshake()
        transfer.write(DATA)
        assert transfer.finish().code == 226
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_1204_q39_a_timeout_is_forgotten(daemon, version):
    """One data handshake runs out of time; nothing of it touches the next or is said again."""
    server = daemon("TLSTimeoutHandshake 1")
    with server.ftps(version=version) as ftp:
        silent = ftp.begin("STOR silent", handshake=False)
        assert silent.finish().code == 425
        time.sleep(1.5)
        for _ in range(3):
            assert ftp.store("after", DATA).code == 226
        transfer = ftp.begin("STOR slow")
        time.sleep(1.5)  # longer than a handshake may take, but there is none any more
        transfer.write(DATA)
        assert transfer.finish().code == 226
        refused = ftp.store("refused", DATA, session=None)
        assert refused.code == 425
        assert ftp.store("after", DATA).code == 226
    assert server.tls_log.count("timed out") == 1


def test_upstream_3234_nobody_can_make_a_session_burn_cpu(daemon):
    """Half a record, half a connection, half a handshake: each just waits."""
    server = daemon("TLSRequired off")
    clients = [server.ftps() for _ in range(4)]
    clients[0].sock.sendall(b"\x17\x03\x03")
    clients[1].expect("CCC", 200)
    clients[1].sock.sendall(b"\x15\x03\x03\x00")
    silent = clients[2].begin("STOR silent", handshake=False)
    silent.sock.sendall(b"\x16\x03\x01")
    stuck = clients[3].begin("STOR stuck")
    stuck.write(DATA)
    pids = server.session_pids()
    before = sum(process.cpu_seconds(pid) for pid in pids)
    time.sleep(2)
    assert len(server.session_pids()) == len(pids) == 4
    assert sum(process.cpu_seconds(pid) for pid in pids) - before < 0.2
    for client in clients:
        client.close(RST)


# --- crashes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("directives", ((), ("TLSOptions UseImplicitSSL",)),
                         ids=("explicit", "implicit"))
def test_upstream_2093_port_scanners(daemon, directives):
    server = daemon(*directives)
    noise = random.Random(2093)
    probes = (b"", b"\x00" * 100, b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x00\x05hello",
              b"\x16\x03\x01\xff\xff" + noise.randbytes(3000), noise.randbytes(500),
              b"SSH-2.0-scan\r\n", b"AUTH TLS\r\n\x16\x03\x01\x00\x02\x01", b"AUTH TLS\r\n",
              b"CCC\r\nSSCN ON\r\nPROT P\r\nPBSZ 0\r\n")
    for probe in probes:
        with socket.create_connection((server.address, server.port), 10) as sock:
            sock.sendall(probe)
            sock.shutdown(socket.SHUT_WR)
            try:
                while sock.recv(65536):
                    pass
            except ConnectionResetError:
                pass
    wait_for(lambda: not server.session_pids(), "the end of the sessions", 10)
    assert server.is_running()


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_650_694_1112_host_auth_transfer_hangup_close(daemon, version):
    server = daemon("TLSRequired off", "<VirtualHost {address}>", "  Port {port}",
                    "  ServerAlias b.test", "  TLSEngine on",
                    "  TLSECCertificateFile {certificate}", "  TLSECCertificateKeyFile {key}",
                    "</VirtualHost>")
    with server.ftp(version=version) as ftp:
        ftp.expect("HOST b.test", 220)
        ftp.auth()
        ftp.login()
        ftp.protect()
        assert ftp.store("a", DATA).code == 226
        server.reload()
        assert ftp.store("a", DATA).code == 226
        assert ftp.quit() == CLOSE_NOTIFY


# --- renegotiation on data connections ------------------------------------------------------------


def test_q7_clients_cannot_renegotiate_on_data_connections(daemon):
    server = daemon("TLSOptions NoSessionReuseRequired")
    with server.ftps(version="1.2") as ftp:
        port = int(ftp.expect("EPSV", 229).text.split("|")[3])
        with subprocess.Popen(
                ["openssl", "s_client", "-connect", f"{server.address}:{port}", "-tls1_2"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as peer:
            ftp.raw_send(b"STOR renegotiated\r\n")
            assert ftp.reply().code == 150
            time.sleep(0.5)
            peer.stdin.write(b"R\n")
            peer.stdin.flush()
            said, _ = peer.communicate(timeout=30)
        assert b"no renegotiation" in said
        assert ftp.reply().code in (426, 451)
        assert ftp.store("after", DATA).code == 226


# --- the host's own commands ----------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_rein_is_refused_and_changes_nothing(server, version):
    with server.ftps(version=version) as ftp:
        assert ftp.cmd("REIN").code == 502
        assert ftp.store("still", DATA).code == 226
        assert str(ftp.cmd("AUTH TLS")) == "503 Unwilling to accept second AUTH"
        assert ftp.retrieve("still") == DATA


# --- recipes and quirks of these subjects ---------------------------------------------------------


@pytest.mark.parametrize("mechanism", ("SSL", "TLS-P"))
def test_q5_auth_ssl_does_not_bring_in_what_prot_p_is_refused(daemon, mechanism):
    server = daemon("TLSRequired ctrl+!data")
    with server.ftp() as ftp:
        ftp.auth(mechanism)
        ftp.login()
        assert ftp.cmd("PROT P").code == 534
        assert ftp.store("clear", DATA).code == 226


@pytest.mark.parametrize("required, code", (("on", 534), ("auth", 200), ("!data", 200)))
def test_r15_a_client_that_insists_on_prot_c(daemon, required, code):
    server = daemon(f"TLSRequired {required}")
    with server.ftp() as ftp:
        ftp.auth()
        ftp.login()
        assert ftp.cmd("PROT C").code == code
        if code == 200:
            assert ftp.store("clear", DATA).code == 226
    if code == 534:
        server.tls_log.wait_for("PROT: TLSRequired requires protection for data transfers")


@pytest.mark.parametrize("directives", (
    ("TLSSessionCache internal: 1800", "TLSRenegotiate ctrl 1500 timeout 300"),
    ("TLSRenegotiate required off",), ("TLSRenegotiate none",)))
def test_r16_r17_old_advice_on_renegotiation_still_works(daemon, directives):
    server = daemon("TLSRequired on", *directives)
    for version in VERSIONS:
        with server.ftps(version=version) as ftp:
            assert ftp.store("a", DATA).code == 226
            assert ftp.retrieve("a") == DATA
