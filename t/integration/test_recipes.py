# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Situations that howtos, manuals and other servers' documentation send admins into.

Those whose subject has a file of its own are there; here are the ones left over.
"""
import ssl

import pytest

from harness.stream import TlsStream


@pytest.mark.parametrize("level, directives, plain, clear_data", (
    (0, ("TLSEngine off",), "331", None),
    (1, ("TLSRequired off",), "331", "226"),
    (2, ("TLSRequired ctrl",), "550", "226"),
    (3, ("TLSRequired on",), "550", "522")))
def test_r33_the_levels_of_pure_ftpd(daemon, level, directives, plain, clear_data):
    """--tls=0, 1, 2, 3: no TLS, optional, required for control, required for everything."""
    server = daemon(*(directives if level else ()), engine=level > 0)
    with server.ftp() as ftp:
        assert str(ftp.cmd("USER alice")).startswith(plain)
    with server.ftp() as ftp:
        if level == 0:
            assert ftp.cmd("AUTH TLS").code == 500
            return
        ftp.auth()
        ftp.login()
        transfer = ftp.begin("LIST")
        transfer.read_all()
        assert str(transfer.finish()).startswith(clear_data)
        ftp.protect()
        assert ftp.store("a", b"x").code == 226


@pytest.mark.parametrize("cipher", ("DES-CBC-SHA", "EXP-RC4-MD5", "RC4-MD5", "NULL-SHA256",
                                    "ADH-AES256-GCM-SHA384"))
@pytest.mark.parametrize("own", ((), ("TLSCipherSuite ALL:eNULL:aNULL:@SECLEVEL=0",)),
                         ids=("default", "all"))
def test_r36_weak_ciphers_are_never_negotiated(daemon, cipher, own):
    """A ClientHello by hand: today's libraries refuse to offer such ciphers."""
    numbers = {"DES-CBC-SHA": 0x0009, "EXP-RC4-MD5": 0x0003, "RC4-MD5": 0x0004,
               "NULL-SHA256": 0x003B, "ADH-AES256-GCM-SHA384": 0x00A7}
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02" \
        + numbers[cipher].to_bytes(2, "big") + b"\x01\x00"
    hello = b"\x01" + len(body).to_bytes(3, "big") + body
    server = daemon(*own, certificate="rsa")
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.sock.sendall(b"\x16\x03\x01" + len(hello).to_bytes(2, "big") + hello)
        answer = ftp.stream.read_all()
        assert answer[:1] == b"\x15"  # an alert
        assert answer.endswith(b"421 TLS handshake failed\r\n")
    server.tls_log.wait_for("client does not support any cipher from 'TLSCipherSuite ")


def test_implicit_tls_spoken_to_the_explicit_port(daemon):
    """ftps:// where ftpes:// was meant: the client fails at once, the daemon does not mind."""
    server = daemon()
    with server.ftp(greet=False) as ftp:
        tls = TlsStream(ftp.sock, ftp.context)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            tls.handshake()  # meets the banner
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


@pytest.mark.parametrize("order", (
    ("AUTH", "PBSZ", "PROT", "USER"), ("AUTH", "USER", "PBSZ", "PROT"), ("AUTH", "PROT", "USER"),
    ("AUTH", "USER", "PROT", "PBSZ")))
def test_orders_in_which_clients_send_their_commands(daemon, order):
    server = daemon("TLSRequired on")
    with server.ftp() as ftp:
        for word in order:
            {"AUTH": ftp.auth, "PBSZ": lambda: ftp.expect("PBSZ 0", 200),
             "PROT": lambda: ftp.prot("P"), "USER": ftp.login}[word]()
        assert ftp.store("a", b"x").code == 226


def test_transfer_commands_by_several_sessions_at_once(daemon):
    server = daemon("TLSRequired on")
    clients = [server.ftps() for _ in range(4)]
    transfers = [ftp.begin(f"STOR parallel-{i}") for i, ftp in enumerate(clients)]
    for _ in range(20):
        for i, transfer in enumerate(transfers):
            transfer.write(bytes([i]) * 20_000)
    for i, transfer in enumerate(transfers):
        assert transfer.finish().code == 226
        assert (server.home / f"parallel-{i}").read_bytes() == bytes([i]) * 400_000
        clients[i].close()


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_r31_own_socket_options_are_honoured(daemon, version):
    server = daemon("SocketOptions sndbuf 131072", "SocketOptions rcvbuf 131072")
    data = bytes(range(256)) * 8192
    with server.ftps(version=version) as ftp:
        assert ftp.store("a", data).code == 226
        assert ftp.retrieve("a") == data


def test_r39_an_unknown_mechanism_gets_504(daemon):
    server = daemon()
    with server.ftp() as ftp:
        assert ftp.cmd("AUTH KERBEROS").code == 504
        assert ftp.cmd("AUTH").code in (500, 501, 504)
        ftp.auth()
