# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Virtual hosts told apart by address and port: each has its own TLS, or none."""

import pytest

DATA = b"vhost" * 1000

from harness.pki import der


def vhost(number: int, *lines: str) -> list[str]:
    """The lines of a virtual host on the server's port {portN}."""
    return [f'<VirtualHost {{address}}>\n  Port {{port{number}}}\n  ServerName "vhost {number}"',
            *(f"  {line}" for line in lines), "</VirtualHost>"]


@pytest.fixture(scope="module")
def server(shared_daemon, pki):
    return shared_daemon(
        "TLSRequired on",
        *vhost(1, "TLSEngine on", "TLSLog {dir}/run/vhost1.log", *pki.rsa.directives().split("\n")),
        *vhost(2, "TLSEngine off"), *vhost(3),
        *vhost(4, "TLSEngine on", "TLSProtocol TLSv1.2", "TLSLog {dir}/run/vhost4.log",
               "TLSOptions NoSessionReuseRequired", *pki.ec2.directives().split("\n")),
        *vhost(5, "TLSEngine on", "TLSLog {dir}/run/vhost5.log"))


def port(server, number: int) -> int:
    return server.ports.listening[number]


@pytest.mark.parametrize("number, name", ((0, "ec"), (1, "rsa"), (4, "ec2")))
def test_each_has_its_own_certificate(server, pki, number, name):
    with server.ftps(port=port(server, number)) as ftp:
        assert ftp.stream.peer_certificate == der(getattr(pki, name).certificate)
        assert ftp.store(f"v{number}", DATA).code == 226
        assert ftp.retrieve(f"v{number}") == DATA


@pytest.mark.parametrize("number", (2, 3))
def test_where_the_engine_is_off_tls_is_unknown(server, number):
    with server.ftp(port=port(server, number)) as ftp:
        for command in ("AUTH TLS", "PBSZ 0", "PROT P"):
            assert str(ftp.cmd(command)) == f"500 {command.split()[0]} not understood"
        assert "AUTH TLS" not in [line.strip() for line in ftp.cmd("FEAT").lines]
        ftp.login()
        assert ftp.store("clear", DATA).code == 226
        assert ftp.retrieve("clear") == DATA


def test_protocols_are_their_own(server):
    with server.ftps(port=port(server, 4)) as ftp:
        assert ftp.stream.version == "TLSv1.2"
    with server.ftps() as ftp:
        assert ftp.stream.version == "TLSv1.3"


def test_options_are_their_own(server):
    with server.ftps(port=port(server, 4)) as ftp:
        transfer = ftp.begin("NLST", session=None)
        transfer.read_all()
        assert transfer.finish().code == 226
    with server.ftps(port=port(server, 1)) as ftp:
        transfer = ftp.begin("NLST", session=None)
        transfer.read_all()
        assert transfer.finish().code == 425


def test_required_is_their_own(server):
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 550
    with server.ftp(port=port(server, 1)) as ftp:
        assert ftp.cmd("USER alice").code == 331


def test_certificates_set_only_in_the_main_server_are_not_inherited(server):
    with server.ftp(port=port(server, 5)) as ftp:
        assert ftp.cmd("AUTH TLS").code == 431
    server.log("vhost5.log").wait_for("Unable to accept AUTH TLS due to lack of certificates")


def test_each_writes_its_own_log(server):
    with server.ftps(port=port(server, 1)):
        pass
    server.log("vhost1.log").wait_for("connection accepted")
    with server.ftps(port=port(server, 4)):
        pass
    server.log("vhost4.log").wait_for("TLSv1.2 connection accepted")


@pytest.mark.differs_from_original("all servers share one session context there")
def test_q1_a_session_of_one_is_not_good_on_another(server):
    """Otherwise the checks of one server could be passed at another one (quirk Q1)."""
    with server.ftps(version="1.3") as ftp:
        session, context = ftp.sessions[-1], ftp.context
    with server.ftp(port=port(server, 1), context=context) as ftp:
        ftp.auth(session=session)
        assert not ftp.stream.resumed
        ftp.login()
        ftp.protect()
        assert ftp.store("own", DATA).code == 226


def test_certificates_from_global(daemon, pki):
    server = daemon("<Global>", *("  " + line for line in pki.rsa.directives().split("\n")),
                    "</Global>", *vhost(1, "TLSEngine on"),
                    *vhost(2, "TLSEngine on", *pki.ec2.directives().split("\n")), certificate=None)
    cipher = "ECDHE-RSA-AES256-GCM-SHA384"
    for number in (0, 1, 2):
        with server.ftps(port=port(server, number), version="1.2", ciphers=cipher) as ftp:
            assert ftp.stream.peer_certificate == der(pki.rsa.certificate)
    with server.ftps(port=port(server, 2), version="1.2",
                     ciphers="ECDHE-ECDSA-AES256-GCM-SHA384") as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec2.certificate)


@pytest.mark.parametrize("own, expected", (
    (None, "AES128"), ("ECDHE+AES256", "AES256"), ("TLSv1.2 ECDHE+AES256", "AES256")))
@pytest.mark.differs_from_original("quirk Q55: <Global> beats the server's own there")
def test_q55_own_ciphers_win_over_those_of_global(daemon, pki, own, expected):
    lines = ["TLSEngine on", *pki.ec2.directives().split("\n")]
    server = daemon(*vhost(1, *lines, *([f"TLSCipherSuite {own}"] if own else [])), "<Global>",
                    "  TLSCipherSuite ECDHE+AES128", "</Global>")
    with server.ftps(port=port(server, 1), version="1.2") as ftp:
        assert expected in ftp.stream.cipher
    with server.ftps(version="1.2") as ftp:
        assert "AES128" in ftp.stream.cipher


@pytest.mark.parametrize("place", ("server", "global"))
def test_r8_only_tls12(daemon, pki, place):
    lines = ["TLSProtocol TLSv1.2"] if place == "server" else \
        ["<Global>", "  TLSProtocol TLSv1.2", "</Global>"]
    server = daemon(*lines, *(vhost(1, "TLSEngine on", "TLSLog {dir}/run/vhost1.log",
                                    *pki.ec2.directives().split("\n"))
                              if place == "global" else ()))
    for number in (0, 1) if place == "global" else (0,):
        with server.ftps(port=port(server, number)) as ftp:
            assert ftp.stream.version == "TLSv1.2"
            assert ftp.store("r8", DATA).code == 226
        with server.ftp(port=port(server, number), version="1.3") as ftp:
            ftp.expect("AUTH TLS", 234)
            ftp.failing_handshake()
        log = server.log("vhost1.log") if number else server.tls_log
        log.wait_for("perhaps client requested disabled TLS protocol version: TLSv1.3")


@pytest.mark.parametrize("version", ("1.2", "1.3"))
@pytest.mark.differs_from_original("quirk Q1: all servers share one session context there")
def test_q1_each_pair_of_servers_keeps_its_sessions_apart(server, version):
    numbers = (0, 1, 4) if version == "1.2" else (0, 1)
    for first in numbers:
        with server.ftp(port=port(server, first), version=version) as ftp:
            ftp.auth()
            ftp.expect("FEAT", 211)
            session, context = ftp.sessions[-1], ftp.context
        for then in numbers:
            if then == first:
                continue
            with server.ftp(port=port(server, then), context=context) as ftp:
                ftp.auth(session=session)
                assert not ftp.stream.resumed
