# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What was promised protection never leaves in the clear, whatever comes before or meanwhile."""
import zlib

import pytest

from harness.stream import PATIENT, RST

VERSIONS = ("1.2", "1.3")
MARKER = b"THIS-MUST-NOT-BE-SEEN"
SMALL = MARKER * 50
MEDIUM = MARKER * 6000
LARGE = MARKER * 150_000
HUGE = MARKER * 1_500_000  # more than sockets buffer


def put(server, name: str, data: bytes) -> None:
    (server.home / name).write_bytes(data)
    (server.home / name).chmod(0o644)


def download(ftp, command: str) -> tuple[bytes, bytearray]:
    """What a download brought, and how it looked on the wire."""
    transfer = ftp.begin(command)
    assert transfer.error is None, transfer.error
    seen = transfer.stream.record_raw()
    data = transfer.read_all()
    assert transfer.finish().code == 226
    return data, seen


# --- MODE Z: mod_deflate wraps whatever moves data ------------------------------------------------


def moves_deflated_data_both_ways(server, ftp) -> None:
    """In MODE Z, PROT P; then once more in MODE S. (mod_deflate itself garbles large uploads.)"""
    for down, up in ((SMALL, MEDIUM), (LARGE, SMALL), (MEDIUM, SMALL), (LARGE, MEDIUM)):
        put(server, "file", down)
        assert zlib.decompress(download(ftp, "RETR file")[0]) == down
        assert ftp.store("upload", zlib.compress(up)).code == 226
        assert (server.home / "upload").read_bytes() == up
    assert b"file" in zlib.decompress(download(ftp, "NLST")[0])
    ftp.expect("MODE S", 200)
    assert ftp.retrieve("file") == LARGE


@pytest.fixture
def deflating(daemon):
    def start(*directives: str, **options):
        return daemon(*directives, "DeflateEngine on", modules=("mod_deflate.c",), **options)
    return start


@pytest.mark.parametrize("required", ("off", "data", "auth+data"))
@pytest.mark.parametrize("mechanism", ("TLS", "SSL"))
def test_mode_z_before_auth_does_not_uncover_files(deflating, mechanism, required):
    server = deflating(f"TLSRequired {required}")
    with server.ftp() as ftp:
        ftp.expect("MODE Z", 200)
        ftp.auth(mechanism)
        ftp.login()
        ftp.protect()
        moves_deflated_data_both_ways(server, ftp)


@pytest.mark.parametrize("version", VERSIONS)
def test_mode_z_after_auth_works_both_ways(deflating, version):
    server = deflating("TLSRequired on")
    with server.ftps(version=version) as ftp:
        ftp.expect("MODE Z", 200)
        moves_deflated_data_both_ways(server, ftp)


def test_mode_z_before_host_does_not_uncover_files(deflating):
    server = deflating(
        "TLSRequired off", "<VirtualHost {address}>", "  Port {port}", "  ServerAlias b.test",
        "  TLSEngine on", "  TLSRequired on", "  TLSECCertificateFile {certificate}",
        "  TLSECCertificateKeyFile {key}", "  DeflateEngine on", "</VirtualHost>")
    put(server, "file", LARGE)
    with server.ftp() as ftp:
        ftp.expect("MODE Z", 200)
        ftp.expect("HOST b.test", 220)
        ftp.auth()
        ftp.login()
        ftp.protect()
        data, seen = download(ftp, "RETR file")
        assert LARGE in (data, zlib.decompressobj().decompress(data))
        assert MARKER not in seen


# --- commands in the middle of a transfer ---------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ("PROT C", "AUTH TLS-C"))
def test_security_is_not_changed_during_a_protected_download(daemon, version, command):
    server = daemon("TLSRequired off", "UseSendfile on")
    put(server, "huge", HUGE)
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR huge")
        seen = transfer.stream.record_raw()
        first = transfer.stream.recv()
        ftp.raw_send(f"{command}\r\n".encode())
        assert first + transfer.read_all() == HUGE
        assert MARKER not in seen
        assert sorted((transfer.finish().code, ftp.reply().code)) == [226, 503]
        assert ftp.retrieve("huge") == HUGE  # still P


@pytest.mark.parametrize("command", ("AUTH TLS", "AUTH TLS-P"))
def test_auth_is_refused_during_a_clear_upload(daemon, command):
    server = daemon("TLSRequired off", "TLSOptions AllowPerUser")
    with server.ftp() as ftp:
        ftp.login()
        transfer = ftp.begin("STOR upload")
        transfer.write(SMALL)
        assert ftp.cmd_during(transfer, command, SMALL).code == 503
        assert transfer.finish().code == 226
        uploaded = (server.home / "upload").read_bytes()
        assert uploaded == SMALL * (len(uploaded) // len(SMALL))
        ftp.auth()  # and afterwards it is welcome
        ftp.protect()
        assert ftp.retrieve("upload") == uploaded


def test_prot_is_welcome_again_after_an_aborted_transfer(daemon):
    server = daemon("TLSRequired off", "UseSendfile off")
    put(server, "huge", HUGE)
    with server.ftps() as ftp:
        transfer = ftp.begin("RETR huge")
        assert transfer.stream.recv()
        ftp.raw_send(b"ABOR\r\n")
        transfer.read_all()
        assert [transfer.finish().code, ftp.reply().code] == [426, 226]
        for level in ("C", "P"):
            ftp.prot(level)
            assert ftp.store("after", SMALL).code == 226
            assert ftp.retrieve("after") == SMALL


# --- one transfer leaves nothing to the next ------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ("RETR huge", "STOR upload", "NLST"))
def test_a_broken_transfer_leaves_nothing_to_the_next(daemon, version, command):
    """A reset in the middle, then both levels: neither speaks TLS where it should not."""
    server = daemon("TLSRequired off")
    put(server, "huge", HUGE)
    with server.ftps(version=version) as ftp:
        for level in ("C", "P", "C"):
            ftp.prot("P")
            transfer = ftp.begin(command)
            if command.startswith("STOR"):
                transfer.write(LARGE)
            transfer.finish(RST)
            ftp.prot(level)
            assert ftp.store("after", SMALL).code == 226
            assert (server.home / "after").read_bytes() == SMALL
            assert ftp.retrieve("after") == SMALL


@pytest.mark.parametrize("version", VERSIONS)
def test_fifty_transfers_with_alternating_protection(daemon, version):
    server = daemon("TLSRequired off")
    with server.ftps(version=version) as ftp:
        pid = server.session_pids()[-1]
        before = server.descriptors(pid)
        for i in range(25):
            for level in ("C", "P"):
                data = SMALL + b"%d %s" % (i, level.encode())
                ftp.prot(level)
                end = PATIENT if level == "P" else "close_notify"
                assert ftp.store("file", data, end=end).code == 226
                assert ftp.retrieve("file") == data
        assert server.descriptors(pid) == before
