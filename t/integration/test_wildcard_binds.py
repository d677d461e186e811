# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Virtual hosts by name (SNI, HOST) on servers that are bound to all addresses of IPv4 or IPv6."""
import pytest

from harness.config import named_host
from harness.pki import der

VERSIONS = pytest.mark.parametrize("version", ("1.2", "1.3"))
DATA = b"bind" * 1000
# DefaultAddress and <VirtualHost>, more directives, the addresses that clients connect to
BINDS = {
    "all of IPv4": (("0.0.0.0",), ("UseIPv6 off",), ("127.0.0.1", "127.0.0.2")),
    "all of IPv4 with IPv6 in use": (("0.0.0.0",), ("UseIPv6 on",), ("127.0.0.1",)),
    "all of IPv6": (("::",), ("UseIPv6 on",), ("::1", "127.0.0.1")),
    "one of IPv4 with IPv6 in use": (("127.0.0.1",), ("UseIPv6 on",), ("127.0.0.1",)),
    "all, by DefaultServer": (("0.0.0.0",), ("SocketBindTight off", "DefaultServer on"),
                              ("127.0.0.1", "127.0.0.2")),
}


@pytest.fixture(name="server", scope="module", params=BINDS)
def make_server(request, shared_daemon, pki):
    bound, directives, request_addresses = BINDS[request.param]
    server = shared_daemon.prepare(
        *named_host("rsa.test", 'ServerName "server of rsa.test"', "TLSEngine on",
                    "TLSLog {dir}/run/rsa.log", *pki.rsa.directives().split("\n")))
    names = [line.split()[0] for line in directives]

    def rebind(text: str) -> str:
        hosts = " ".join(bound)
        text = text.replace("<VirtualHost 127.0.0.1>", f"<VirtualHost {hosts}>")
        lines = [line for line in text.split("\n") if line.split(" ")[0] not in names]
        default = f"DefaultAddress {hosts}"
        lines = [default if line.startswith("DefaultAddress") else line for line in lines]
        port = next(i for i, line in enumerate(lines) if line.startswith("Port "))
        return "\n".join(lines[:port] + list(directives) + lines[port:])

    server.rewrite(rebind)
    server.start()
    server.client_addresses = request_addresses
    return server


@VERSIONS
def test_sni_is_followed(server, pki, version):
    for address in server.client_addresses:
        with server.ftps(address=address, server_name="rsa.test", version=version) as ftp:
            assert ftp.stream.peer_certificate == der(pki.rsa.certificate), address
            assert ftp.store("bound", DATA).code == 226
            assert ftp.retrieve("bound") == DATA


def test_names_that_are_unknown_are_refused(server):
    for address in server.client_addresses:
        with server.ftp(address=address, server_name="nobody.test") as ftp:
            ftp.expect("AUTH TLS", 234)
            error, _ = ftp.failing_handshake()
            assert error.reason == "TLSV1_UNRECOGNIZED_NAME", address


def test_without_a_name_the_main_server_answers(server, pki):
    for address in server.client_addresses:
        with server.ftps(address=address) as ftp:
            assert ftp.stream.peer_certificate == der(pki.ec.certificate), address


@VERSIONS
def test_host_and_sni_lead_to_the_same_server(server, version):
    for address in server.client_addresses:
        with server.ftp(address=address, server_name="rsa.test", version=version) as ftp:
            ftp.auth()
            ftp.expect("HOST rsa.test", 220)
            ftp.login()


@VERSIONS
@pytest.mark.differs_from_original("there the certificates of the first server stay")
def test_host_is_followed(server, pki, version):
    for address in server.client_addresses:
        with server.ftp(address=address, server_name="rsa.test", version=version) as ftp:
            ftp.expect("HOST rsa.test", 220)
            ftp.auth()
            assert ftp.stream.peer_certificate == der(pki.rsa.certificate), address
