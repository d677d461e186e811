# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Commands that arrive in the middle of a transfer: what was begun protected stays protected.

The host reads and obeys commands between two chunks; none of them may change the data connection
that is under way.
"""
import pytest

VERSIONS = ("1.2", "1.3")
OBEYED = pytest.mark.differs_from_original("the original obeys in the middle of the transfer")
SECURITY = (pytest.param("PROT C", marks=OBEYED), pytest.param("PROT P", marks=OBEYED), "AUTH TLS")
SIZE = 60_000_000


@pytest.fixture(scope="module")
def server(shared_daemon):
    server = shared_daemon("TLSRequired off", "TLSOptions AllowPerUser")
    with open(server.home / "large", "wb") as file:
        file.truncate(SIZE)
    (server.home / "large").chmod(0o644)
    return server


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", SECURITY)
def test_security_commands_wait_for_the_end_of_a_download(server, version, command):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR large")
        first = transfer.stream.recv()
        ftp.raw_send(f"{command}\r\n".encode())
        size = len(first) + sum(len(part) for part in iter(transfer.stream.recv, b""))
        assert transfer.stream.ending == "close_notify"
        assert size == SIZE
        codes = [transfer.finish().code, ftp.reply().code]
        assert codes == [503, 226]
        assert ftp.store("after", b"still protected").code == 226


@pytest.mark.parametrize("command", SECURITY)
def test_security_commands_wait_for_the_end_of_an_upload(server, command):
    data = b"protected" * 50_000
    with server.ftps() as ftp:
        transfer = ftp.begin("STOR upload")
        transfer.write(data)
        assert ftp.cmd_during(transfer, command, b"more").code == 503
        assert transfer.finish().code == 226
        assert (server.home / "upload").read_bytes().startswith(data)
        assert ftp.store("after", b"still protected").code == 226


@pytest.mark.parametrize("command, code", (("NOOP", 200), ("RETR large", 450), ("STOR other", 450)))
def test_ordinary_commands_are_answered(server, command, code):
    with server.ftps() as ftp:
        transfer = ftp.begin("STOR upload")
        assert ftp.cmd_during(transfer, command, b"x" * 1000).code == code
        assert transfer.finish().code == 226


def test_prot_for_a_clear_transfer_under_way(server):
    """PROT P does not turn into TLS what began in the clear."""
    with server.ftps() as ftp:
        ftp.prot("C")
        transfer = ftp.begin("STOR clear")
        reply = ftp.cmd_during(transfer, "PROT P", b"clear text")
        assert transfer.finish().code == 226
        assert set((server.home / "clear").read_bytes()) == set(b"clear text")
        ftp.prot("P")
        assert reply.code in (200, 503)
        assert ftp.store("after", b"x").code == 226


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ("RETR large", "STOR half"))
@pytest.mark.parametrize("end", ("close_notify", "fin", "rst"))
def test_the_end_of_the_control_connection_ends_the_transfer(daemon, version, command, end):
    server = daemon()
    with open(server.home / "large", "wb") as file:
        file.truncate(SIZE * 5)
    (server.home / "large").chmod(0o644)
    ftp = server.ftps(version=version)
    transfer = ftp.begin(command)
    if command.startswith("STOR"):
        transfer.write(b"half")
    else:
        transfer.stream.recv()
    ftp.close(end)
    if command.startswith("STOR"):
        for _ in range(20):  # the host looks at the control connection between two chunks
            transfer.write(b"more")
            if transfer.error:
                break
    transfer.stream.close()
    server.system_log.wait_for("FTP session closed.", timeout=10)
