# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Data connections: what goes in comes out, in every way FTP knows to move it.

Sizes sit around the limits of a TLS record (16384), of the host's chunk and of our batches; every
command, every way to open the connection, both address families, both TLS versions.
"""
import random
import time

import pytest

VERSIONS = ("1.2", "1.3")
SIZES = (0, 1, 16383, 16384, 16385, 65536, 100_000, 262_145, 5_000_000)
COUNT = 200


def payload(size: int, seed: int = 1) -> bytes:
    return random.Random(seed * 1000 + size).randbytes(size)


def ascii_text(size: int) -> bytes:
    """Lines that end in a bare LF, as a Unix file has them."""
    return (b"the quick brown fox\n" * (size // 20 + 1))[:size]


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon("TLSRequired off")


@pytest.fixture(scope="module")
def server6(shared_daemon):
    return shared_daemon("TLSRequired on", address="::1")


@pytest.mark.parametrize("mode", ("epsv", "port"))
@pytest.mark.parametrize("version", VERSIONS)
def test_stor_and_retr_of_every_size(server, version, mode):
    with server.ftps(version=version) as ftp:
        for size in SIZES:
            name, data = f"size-{version}-{mode}-{size}", payload(size)
            assert ftp.store(name, data, mode=mode).code == 226
            assert (server.home / name).read_bytes() == data
            assert ftp.retrieve(name, mode=mode) == data


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ("pasv", "epsv", "port", "eprt"))
def test_every_way_to_open_over_ipv4(server, mode, version):
    with server.ftps(version=version) as ftp:
        data = payload(50_000, 2)
        assert ftp.store(f"v4-{mode}-{version}", data, mode=mode).code == 226
        assert ftp.retrieve(f"v4-{mode}-{version}", mode=mode) == data
        assert f"v4-{mode}-{version}" in ftp.names(mode=mode)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ("epsv", "eprt"))
def test_every_way_to_open_over_ipv6(server6, mode, version):
    with server6.ftps(version=version) as ftp:
        data = payload(50_000, 3)
        assert ftp.store(f"v6-{mode}-{version}", data, mode=mode).code == 226
        assert ftp.retrieve(f"v6-{mode}-{version}", mode=mode) == data
        assert f"v6-{mode}-{version}" in ftp.names(mode=mode)


@pytest.mark.parametrize("version", VERSIONS)
def test_listings(server, version):
    folder = server.home / f"listing-{version}"
    folder.mkdir()
    for i in range(COUNT):
        (folder / f"file-{i:04}").write_bytes(b"x" * i)
    names = sorted(f"file-{i:04}" for i in range(COUNT))
    with server.ftps(version=version) as ftp:
        ftp.expect(f"CWD listing-{version}", 250)
        assert sorted(ftp.names("NLST")) == names
        rows = ftp.names("LIST")
        assert sorted(row.split()[-1] for row in rows) == names
        facts = [row.partition("; ") for row in ftp.names("MLSD")]
        assert {name for _, _, name in facts} >= set(names)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_large_listing(server, version):
    folder = server.home / f"many-{version}"
    folder.mkdir()
    for i in range(3000):
        (folder / f"a-rather-long-file-name-to-fill-the-listing-{i:05}").touch()
    with server.ftps(version=version) as ftp:
        assert len(ftp.names(f"NLST many-{version}")) == 3000
        assert len(ftp.names(f"LIST many-{version}")) == 3000


@pytest.mark.parametrize("version", VERSIONS)
def test_append_and_restart(server, version):
    data = payload(200_000, 4)
    name = f"pieces-{version}"
    with server.ftps(version=version) as ftp:
        assert ftp.store(name, data[:70_000]).code == 226
        assert ftp.store(name, data[70_000:150_000], command="APPE").code == 226
        assert ftp.store(name, data[150_000:], rest=150_000).code == 226
        assert (server.home / name).read_bytes() == data
        for start in (1, 16_384, 150_001, 199_999):
            assert ftp.retrieve(name, rest=start) == data[start:]


@pytest.mark.parametrize("version", VERSIONS)
def test_ascii_type(server, version):
    text = ascii_text(300_000)
    with server.ftps(version=version) as ftp:
        ftp.expect("TYPE A", 200)
        assert ftp.store(f"text-{version}", text.replace(b"\n", b"\r\n")).code == 226
        assert (server.home / f"text-{version}").read_bytes() == text
        assert ftp.retrieve(f"text-{version}") == text.replace(b"\n", b"\r\n")


def test_stou(server):
    with server.ftps() as ftp:
        transfer = ftp.begin("STOU")
        transfer.write(b"unique")
        assert transfer.finish().code == 226
        name = transfer.reply.text.rpartition(" ")[2].strip('"')
        assert (server.home / name).read_bytes() == b"unique"


@pytest.mark.needs_root("descriptors of the server's processes")
@pytest.mark.parametrize("version", VERSIONS)
def test_many_small_files(server, version):
    """No ticket, no session, no descriptor runs out; each file takes next to no time."""
    with server.ftps(version=version) as ftp:
        pid = server.session_pids()[-1]
        ftp.store("small-0", b"0")
        before = server.descriptors(pid)
        started = time.monotonic()
        for i in range(COUNT):
            assert ftp.store(f"small-{i}", b"%d" % i).code == 226
            assert ftp.retrieve(f"small-{i}") == b"%d" % i
        assert time.monotonic() - started < 30
        assert server.descriptors(pid) == before


@pytest.mark.parametrize("version", VERSIONS)
def test_clear_and_protected_transfers_alternate(server, version):
    data = payload(120_000, 5)
    with server.ftps(version=version) as ftp:
        for i in range(3):
            for level in ("C", "P"):
                ftp.prot(level)
                assert ftp.store(f"mixed-{version}-{i}", data).code == 226
                assert ftp.retrieve(f"mixed-{version}-{i}") == data
                assert f"mixed-{version}-{i}" in ftp.names()


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_of_a_protected_file_travels_in_the_clear(daemon, version):
    """The host likes to use sendfile, which knows nothing of TLS."""
    server = daemon("UseSendfile on")
    marker = b"THIS-MUST-NOT-BE-SEEN" * 5000
    (server.home / "file").write_bytes(marker)
    (server.home / "file").chmod(0o644)
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR file")
        seen = transfer.stream.record_raw()
        assert transfer.read_all() == marker
        assert transfer.finish().code == 226
        assert len(seen) > len(marker) and b"MUST-NOT" not in seen


# --- when the client begins the handshake ---------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ("RETR early", "STOR early-up", "NLST"))
def test_handshake_begun_before_the_150(server, version, command):
    with server.ftps(version=version) as ftp:
        ftp.store("early", b"early bird")
        transfer = ftp.begin(command, early=True)
        transfer.write(b"up") if command.startswith("STOR") else transfer.read_all()
        assert transfer.finish().code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_150_comes_before_the_server_waits_for_the_handshake(server, version):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR late", handshake=False)
        assert transfer.reply.code == 150
        time.sleep(0.5)
        transfer.handshake()
        transfer.write(b"late but welcome")
        assert transfer.finish().code == 226
        assert (server.home / "late").read_bytes() == b"late but welcome"


def test_a_data_connection_without_handshake_times_out(daemon):
    server = daemon("TLSTimeoutHandshake 1")
    with server.ftps() as ftp:
        transfer = ftp.begin("STOR never", handshake=False)
        assert transfer.finish().code == 425
        assert ftp.store("afterwards", b"x").code == 226
    server.tls_log.wait_for("TLS negotiation timed out (1 seconds)")
    server.tls_log.wait_for("unable to open data connection: TLS negotiation failed")


@pytest.mark.parametrize("sent", (b"this is not TLS at all\r\n", b"\x16\x03\x01\x00\x05hello"))
def test_garbage_on_the_data_connection(daemon, sent):
    server = daemon()
    with server.ftps() as ftp:
        transfer = ftp.begin("STOR garbage", handshake=False)
        transfer.sock.sendall(sent)
        transfer.sock.close()
        assert ftp.reply().code == 425
        assert ftp.store("afterwards", b"x").code == 226
    server.tls_log.wait_for("unable to open data connection: TLS negotiation failed")


def test_data_connection_log_lines(daemon):
    server = daemon()
    with server.ftps(version="1.3") as ftp:
        for _ in range(3):
            ftp.store("a", b"x")
    server.tls_log.wait_for("client reused TLS session for data connection", count=3)
    accepted = ("TLSv1.3 data connection accepted, using cipher TLS_AES_256_GCM_SHA384 "
                "(256 bits, resumed session)")
    assert server.tls_log.count(accepted) == 1  # the first says it for all


# --- interruptions --------------------------------------------------------------------------------


ABOR_ORDER = pytest.mark.differs_from_original("the original answers in the wrong order")


@pytest.fixture(scope="module")
def abor_server(shared_daemon):
    return shared_daemon("UseSendfile off")  # sendfile would not look for an ABOR


@ABOR_ORDER
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("protection", ("C", "P"))
def test_abor_during_a_download(abor_server, version, protection):
    """426 for the transfer, 226 for the ABOR, and both channels are well afterwards."""
    server = abor_server
    with open(server.home / "endless", "wb") as file:
        file.truncate(400_000_000)  # far more than sockets buffer
    (server.home / "endless").chmod(0o644)
    with server.ftps(version=version) as ftp:
        ftp.prot(protection)
        transfer = ftp.begin("RETR endless")
        assert transfer.stream.recv()
        ftp.raw_send(b"ABOR\r\n")
        transfer.read_all()
        codes = [transfer.finish().code, ftp.reply().code]
        assert codes == [426, 226]
        assert ftp.cmd("NOOP").code == 200
        assert ftp.store("after-abor", b"x").code == 226


@ABOR_ORDER
@pytest.mark.parametrize("version", VERSIONS)
def test_abor_during_an_upload(server, version):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR aborted")
        transfer.write(payload(300_000, 7))
        ftp.raw_send(b"ABOR\r\n")
        codes = [ftp.reply().code, ftp.reply().code]
        assert codes == [426, 226]
        transfer.stream.close()
        assert ftp.store("after-abor", b"x").code == 226


def test_commands_during_a_transfer_are_answered(server):
    (server.home / "slow").write_bytes(payload(8_000_000, 8))
    (server.home / "slow").chmod(0o644)
    with server.ftps() as ftp:
        transfer = ftp.begin("RETR slow")
        first = transfer.stream.recv()
        ftp.raw_send(b"NOOP\r\n")
        rest = transfer.read_all()
        assert len(first) + len(rest) == 8_000_000
        assert sorted((transfer.finish().code, ftp.reply().code)) == [200, 226]


def test_pipelined_commands_in_one_record(server):
    with server.ftps() as ftp:
        ftp.raw_send(b"NOOP\r\nPWD\r\nSYST\r\nTYPE I\r\n")
        assert [ftp.reply().code for _ in range(4)] == [200, 257, 215, 200]


def test_a_command_in_many_records(server):
    with server.ftps() as ftp:
        for part in (b"N", b"O", b"OP", b"\r\n"):  # the host needs its CR LF in one piece
            ftp.raw_send(part)
        assert ftp.reply().code == 200


@pytest.mark.parametrize("command, code", (("RETR missing", 550), ("STOR no/such/folder", 550)))
def test_a_refused_transfer_leaves_the_session_well(server, command, code):
    with server.ftps() as ftp:
        assert ftp.begin(command).reply.code == code
        assert ftp.store("well", b"x").code == 226


def test_a_slow_download_is_complete(daemon):
    """A client that drains slowly makes partial writes; throttling makes the host wait."""
    server = daemon("TransferRate RETR 2000")
    data = payload(1_500_000, 9)
    (server.home / "file").write_bytes(data)
    (server.home / "file").chmod(0o644)
    with server.ftps() as ftp:
        transfer = ftp.begin("RETR file")
        got = b""
        while part := transfer.stream.recv():
            got += part
            time.sleep(0.002)
        assert got == data
        assert transfer.finish().code == 226


def test_a_download_to_a_stalling_reader(server):
    data = payload(5_000_000, 10)
    (server.home / "stalled").write_bytes(data)
    (server.home / "stalled").chmod(0o644)
    with server.ftps() as ftp:
        transfer = ftp.begin("RETR stalled")
        time.sleep(1.5)  # socket buffers fill, the server has to wait
        assert transfer.read_all() == data
        assert transfer.finish().code == 226


def test_an_upload_that_drips(server):
    with server.ftps() as ftp:
        transfer = ftp.begin("STOR drips")
        for byte in b"drip by drip":
            transfer.write(bytes([byte]))
            time.sleep(0.01)
        assert transfer.finish().code == 226
        assert (server.home / "drips").read_bytes() == b"drip by drip"
