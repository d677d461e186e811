# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""New keys for connections that are old or have moved much (TLSRenegotiate).

TLS 1.3 updates keys, TLS 1.2 renegotiates; both happen in the middle of transfers, and not a byte
is lost. What clients do to the keys by themselves is bounded, on control and data connections.
"""
import select
import ssl
import subprocess
import time

import pytest

from harness.ftps import make_context

VERSIONS = ("1.2", "1.3")
DATA = bytes(range(256)) * 12_000  # 3 MB
CONTROL = {"1.2": "requesting TLS renegotiation on control channel (1 sec renegotiation interval)",
           "1.3": "requesting TLS key updates on control channel (1 sec renegotiation interval)"}
TRANSFER = {"1.2": "requesting TLS renegotiation on data channel (256 KB data limit)",
            "1.3": "requesting TLS key updates on data channel (256 KB data limit)"}
RENEGOTIATED = "data channel TLS session renegotiated"
DETECTED = "warning: client-initiated session renegotiation detected, aborting connection"


def answer(stream) -> None:
    """Lets a client that only writes read what the server has to say, and do what it asks."""
    while select.select([stream.sock], [], [], 0.3)[0]:
        stream._feed()
        try:
            stream.tls.read(1)
        except ssl.SSLWantReadError:
            stream._flush()


def stubborn_context(server) -> ssl.SSLContext:
    """A client of TLS 1.2 that says no to every renegotiation."""
    context = make_context(server.pki.ca, "1.2")
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


# --- control --------------------------------------------------------------------------------------


@pytest.mark.differs_from_original("there TLS 1.2 renegotiates with AllowClientRenegotiations only")
@pytest.mark.parametrize("version", VERSIONS)
def test_keys_of_the_control_channel_are_renewed(daemon, version):
    server = daemon("TLSRenegotiate ctrl 1")
    with server.ftps(version=version) as ftp:
        for i in range(3):
            server.tls_log.wait_for(CONTROL[version], count=i + 1)
            assert ftp.cmd("NOOP").code == 200
            assert ftp.store("a", DATA[:100_000]).code == 226
            assert ftp.retrieve("a") == DATA[:100_000]
            assert ftp.store("a", DATA[:100], session="newest").code == 226
    if version == "1.2":
        server.tls_log.wait_for("control channel TLS session renegotiated", count=2)
        server.tls_log.wait_for("TLSv1.2 renegotiation accepted, using cipher ")


@pytest.mark.differs_from_original("there the timeout is for data connections only")
def test_a_silent_client_is_cut_off_where_it_is_required(daemon):
    server = daemon("TLSRenegotiate ctrl 1 timeout 1 required on")
    with server.ftps(version="1.2") as ftp:
        server.tls_log.wait_for("requested TLS renegotiation timed out on control channel")
        server.tls_log.wait_for("shutting down control channel TLS session")
        with pytest.raises((ConnectionError, ssl.SSLError)):
            for _ in range(10):
                ftp.cmd("NOOP")
                time.sleep(0.1)


@pytest.mark.parametrize("version", VERSIONS)
def test_keys_of_the_control_channel_are_renewed_during_a_transfer(daemon, version):
    server = daemon("TLSRenegotiate ctrl 1")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR slow")
        deadline = time.monotonic() + 4
        sent = 0
        while CONTROL[version] not in server.tls_log and time.monotonic() < deadline:
            transfer.write(DATA[:1000])
            sent += 1000
            time.sleep(0.05)
        assert CONTROL[version] in server.tls_log
        assert transfer.finish().code == 226
        assert (server.home / "slow").stat().st_size == sent
        assert ftp.retrieve("slow") == DATA[:1000] * (sent // 1000)


# --- data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_keys_are_renewed_in_the_middle_of_a_download(daemon, version):
    server = daemon("TLSRenegotiate data 256")
    (server.home / "big").write_bytes(DATA)
    with server.ftps(version=version) as ftp:
        for _ in range(3):
            assert ftp.retrieve("big") == DATA
        assert "big" in ftp.names("NLST")
    server.tls_log.wait_for(TRANSFER[version], count=3)
    if version == "1.2":
        server.tls_log.wait_for(RENEGOTIATED, count=3)


@pytest.mark.parametrize("version", VERSIONS)
def test_keys_are_renewed_in_the_middle_of_an_upload(daemon, version):
    server = daemon("TLSRenegotiate data 256")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR big")
        for start in range(0, len(DATA), 400_000):
            transfer.write(DATA[start:start + 400_000])
            answer(transfer.stream)
        assert transfer.finish().code == 226
        assert (server.home / "big").read_bytes() == DATA
        assert ftp.cmd("NOOP").code == 200
    server.tls_log.wait_for(TRANSFER[version], count=2)
    if version == "1.2":
        server.tls_log.wait_for(RENEGOTIATED, count=2)


@pytest.mark.parametrize("version", VERSIONS)
def test_q61_each_connection_has_its_own_count_and_asks_once_per_limit(daemon, version):
    server = daemon("TLSRenegotiate data 256")
    with server.ftps(version=version) as ftp:
        for i in range(4):
            assert ftp.store(f"small-{i}", DATA[:200_000]).code == 226
        assert TRANSFER[version] not in server.tls_log
        transfer = ftp.begin("STOR unanswered")
        for _ in range(20):
            transfer.write(DATA[:100_000])
            time.sleep(0.01)
        server.tls_log.wait_for(TRANSFER[version])
        answer(transfer.stream)
        assert transfer.finish().code == 226
        assert server.tls_log.count(TRANSFER[version]) <= 2
    assert (server.home / "unanswered").stat().st_size == 2_000_000


def test_a_client_that_does_not_renegotiate_its_upload_is_cut_off_where_required(daemon):
    server = daemon("TLSRenegotiate data 256 timeout 1 required on")
    with server.ftps(version="1.2") as ftp:
        transfer = ftp.begin("STOR stubborn")
        transfer.write(DATA[:500_000])
        server.tls_log.wait_for("requested TLS renegotiation timed out on data channel")
        assert transfer.finish().code in (426, 451)
        assert ftp.cmd("NOOP").code == 200


# --- recipes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("directives", (
    ("TLSSessionCache internal: 1800", "TLSRenegotiate ctrl 1500 timeout 300"),
    ("TLSSessionCache internal: 2", "TLSRenegotiate ctrl 1 timeout 30")))
def test_r16_long_sessions_with_the_advice_of_old(daemon, version, directives):
    """As written, and a thousand times faster."""
    server = daemon(*directives)
    with server.ftps(version=version) as ftp:
        for _ in range(10):
            assert ftp.store("a", DATA[:10_000]).code == 226
            assert ftp.cmd("NOOP").code == 200
            time.sleep(0.5)


@pytest.mark.parametrize("setting", (
    "required off", "none", "ctrl 1 data 16 timeout 1 required off"))
def test_r17_a_client_that_cannot_renegotiate_is_never_cut_off(daemon, setting):
    server = daemon(f"TLSRenegotiate {setting}")
    with server.ftps(context=stubborn_context(server)) as ftp:
        for _ in range(3):
            time.sleep(1.1)
            assert ftp.store("a", DATA[:200_000]).code == 226
            assert ftp.retrieve("a") == DATA[:200_000]


# --- clients that begin ---------------------------------------------------------------------------


@pytest.mark.parametrize("directives, aborted", (
    ((), True), (("TLSRenegotiate none",), False),
    (("TLSOptions AllowClientRenegotiations",), False)))
def test_q7_renegotiation_by_the_client_on_control(daemon, directives, aborted):
    server = daemon(*directives)
    outcome = server.s_client_dialogue("-tls1_2", "-crlf", steps=("R\n", "NOOP\n", "Q\n"))
    assert "RENEGOTIATING" in outcome.stderr
    assert (DETECTED in server.tls_log) == aborted
    assert (DETECTED in server.system_log) == aborted
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


@pytest.mark.differs_from_original("there it is accepted")
def test_q7_renegotiation_by_the_client_on_data(daemon):
    server = daemon("TLSOptions NoSessionReuseRequired")
    with server.ftps(version="1.2") as ftp:
        port = ftp.expect("EPSV", 229).text.split("|")[3]
        ftp.raw_send(b"STOR victim\r\n")
        with subprocess.Popen(["openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{port}"],
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, text=True) as client:
            assert ftp.reply().code == 150
            time.sleep(0.5)
            client.stdin.write("R\n")
            client.stdin.flush()
            server.tls_log.wait_for(DETECTED)
            assert ftp.reply().code >= 400
            client.kill()
        assert ftp.store("a", b"x").code == 226


def test_floods_of_key_updates_are_bounded(daemon):
    server = daemon()
    server.s_client_dialogue("-tls1_3", steps=("k\n",) * 60, pause=0.03)
    server.tls_log.wait_for("warning: client asks for new keys too often, aborting connection")
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
