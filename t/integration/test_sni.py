# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""SNI: the virtual host that a client names in its ClientHello serves it, handshake and session."""

import pytest

from harness import config
from harness.ftps import make_context
from harness.pki import der

DATA = b"sni" * 1000
VERSIONS = ("1.2", "1.3")


def named(name: str, *lines: str) -> list[str]:
    return config.named_host(name, f'ServerName "server of {name}"', *lines)


def secured(name: str, credential, *lines: str, log: str = "") -> list[str]:
    return named(name, "TLSEngine on", f"TLSLog {{dir}}/run/{log or name}.log",
                 *credential.directives().split("\n"), *lines)


@pytest.fixture(scope="module")
def server(shared_daemon, pki):
    server = shared_daemon.prepare(
        "ServerAlias main.test also.main.test", "LogFormat sni \"%h %m note=%{note:mod_tls.sni}\"",
        "ExtendedLog {dir}/run/main.extended.log AUTH,MISC sni",
        *secured("rsa.test", pki.rsa, "AuthUserFile {dir}/passwd.rsa",
                 "ExtendedLog {dir}/run/rsa.extended.log AUTH,MISC sni"),
        *secured("old.test", pki.ec2, "TLSProtocol TLSv1.2"),
        *secured("new.test", pki.rsa2, "TLSProtocol TLSv1.3"),
        *secured("Mixed.Case.Test other.name.test", pki.ec_chained, log="mixed"),
        *secured("*.wild.test", pki.rsa_chained, "TLSRequired on", log="wild"),
        *named("off.test", "TLSEngine off"))
    # rsa.test has an account that the others do not have, and the others have alice
    accounts = server.folder / "passwd.rsa"
    accounts.write_text((server.folder / "passwd").read_text().replace("alice:", "carol:"))
    accounts.chmod(0o600)
    server.start()
    return server


def alert_of(client) -> str:
    """The reason of the alert that a handshake ends with."""
    error, rest = client.failing_handshake()
    assert rest.endswith(b"421 TLS handshake failed\r\n")
    return error.reason


# --- which server it is ---------------------------------------------------------------------------


@pytest.mark.parametrize("name, certificate", (
    ("rsa.test", "rsa"), ("RSA.Test", "rsa"), ("mixed.case.test", "ec_chained"),
    ("other.name.test", "ec_chained"), ("a.wild.test", "rsa_chained"),
    ("B.WILD.TEST", "rsa_chained"), (None, "ec"), ("127.0.0.1", "ec"), ("::1", "ec")))
@pytest.mark.parametrize("version", VERSIONS)
def test_name_chooses_the_certificate(server, pki, name, certificate, version):
    with server.ftp(server_name=name, version=version) as ftp:
        ftp.auth()
        assert ftp.stream.peer_certificate == der(getattr(pki, certificate).certificate)
        assert ftp.stream.version == f"TLSv{version}"


@pytest.mark.differs_from_original("a name is looked up with its dot there")
def test_trailing_dot_means_nothing(server, pki):
    with server.ftp(server_name="rsa.test.") as ftp:
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)
        assert ftp.cmd("HOST rsa.test").code == 220


@pytest.mark.parametrize("name", ("main.test", "MAIN.test", "also.main.test", "main.test."))
@pytest.mark.differs_from_original("quirk Q56: it is refused there")
def test_q56_alias_of_the_main_server_itself(server, pki, name):
    with server.ftps(server_name=name) as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
        assert ftp.store("q56", DATA).code == 226


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name, log", (
    ("unknown.test", "no matching server found for client-sent SNI 'unknown.test', rejecting "
                     "SSL/TLS connection"),
    ("wild.test", "no matching server found for client-sent SNI 'wild.test', rejecting "
                  "SSL/TLS connection"),
    ("off.test", "TLSEngine not enabled for SNI 'off.test', rejecting client")))
def test_names_that_lead_nowhere(server, name, log, version):
    with server.ftp(server_name=name, version=version) as ftp:
        ftp.expect("AUTH TLS", 234)
        assert alert_of(ftp) == "TLSV1_UNRECOGNIZED_NAME"
    server.tls_log.wait_for(log)
    server.system_log.wait_for(log)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.differs_from_original("any bytes are a name there")
def test_a_name_of_other_bytes_than_text_is_none(server, pki, version):
    with server.ftps(server_name="a\nfake line.wild.test", version=version) as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
        assert ftp.store("name", DATA).code == 226
    for log in (server.tls_log, server.system_log, server.log("main.extended.log")):
        assert "fake line" not in log


@pytest.mark.parametrize("client, name, version", (
    ("", "old.test", "TLSv1.2"), ("1.2", "old.test", "TLSv1.2"),
    ("", "new.test", "TLSv1.3"), ("1.3", "new.test", "TLSv1.3")))
@pytest.mark.differs_from_original("the version was negotiated before there")
def test_upstream_version_is_negotiated_with_the_named_server(server, pki, client, name, version):
    with server.ftps(server_name=name, version=client) as ftp:
        assert ftp.stream.version == version
        assert ftp.store("version", DATA).code == 226


@pytest.mark.parametrize("client, name", (("1.3", "old.test"), ("1.2", "new.test")))
def test_version_that_the_named_server_does_not_speak(server, client, name):
    with server.ftp(server_name=name, version=client) as ftp:
        ftp.expect("AUTH TLS", 234)
        assert alert_of(ftp) == "TLSV1_ALERT_PROTOCOL_VERSION"
    server.tls_log.wait_for(
        f"client-requested protocol version TLSv{client} not supported by SNI '{name}' host")


# --- the session behind it ------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_session_goes_to_the_named_server(server, version):
    with server.ftp(server_name="rsa.test", version=version) as ftp:
        ftp.auth()
        assert "server of rsa.test" in ftp.expect("HOST rsa.test", 220).text
        ftp.login("carol")
        ftp.protect()
        assert ftp.store("carols", DATA).code == 226
        assert ftp.retrieve("carols") == DATA
    with server.ftp(server_name="rsa.test", version=version) as ftp:
        ftp.auth()
        ftp.expect("USER alice", 331)
        ftp.expect(f"PASS {config.PASSWORD}", 530)
    server.system_log.wait_for(
        "Changing to server 'server of rsa.test' (ServerAlias rsa.test) due to TLS SNI")


@pytest.mark.parametrize("version", VERSIONS)
def test_required_of_the_named_server_counts(server, version):
    with server.ftps(server_name="a.wild.test", version=version) as ftp:
        assert ftp.cmd("PROT C").code == 534
        assert ftp.store("required", DATA).code == 226
    with server.ftps(version=version) as ftp:
        assert ftp.cmd("PROT C").code == 200


@pytest.mark.differs_from_original("quirk Q65: it stays with the first server there")
def test_q65_log_of_the_named_server(server):
    with server.ftps(server_name="new.test") as ftp:
        assert ftp.store("refused", DATA, session=None).code == 425
    log = server.log("new.test.log")
    log.wait_for("TLSv1.3 connection accepted")
    log.wait_for("client did not reuse TLS session, rejecting data connection")


def test_named_server_writes_its_own_extended_log(server):
    with server.ftp(server_name="rsa.test") as ftp:
        ftp.auth()
        ftp.expect("NOOP", 200)
    server.log("rsa.extended.log").wait_for("NOOP note=rsa.test")


@pytest.mark.parametrize("version", VERSIONS)
def test_sni_of_data_connections_is_ignored(server, version):
    for name in ("unknown.test", "off.test", "rsa.test", None):
        with server.ftps(server_name="new.test" if version == "1.3" else "old.test",
                         version=version) as ftp:
            ftp.server_name = name
            assert ftp.store("data", DATA, session="newest").code == 226
            assert ftp.retrieve("data") == DATA


def test_server_does_not_change_under_a_login(daemon, pki):
    server = daemon("TLSOptions AllowPerUser", *secured("rsa.test", pki.rsa))
    with server.ftp(server_name="rsa.test") as ftp:
        ftp.login()
        ftp.expect("AUTH TLS", 234)
        assert alert_of(ftp) == "TLSV1_UNRECOGNIZED_NAME"
    server.tls_log.wait_for("SNI 'rsa.test' names another server than the one this session is "
                            "logged in to")
    with server.ftp() as ftp:
        ftp.login()
        ftp.auth()


# --- implicit FTPS --------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.differs_from_original("quirk Q57: the session stays with the first server there")
def test_q57_implicit_session_goes_to_the_named_server(daemon, pki, version):
    server = daemon.prepare("TLSOptions UseImplicitSSL",
                            *secured("rsa.test", pki.rsa, "AuthUserFile {dir}/passwd.rsa"))
    (server.folder / "passwd.rsa").write_text(
        (server.folder / "passwd").read_text().replace("alice:", "carol:"))
    (server.folder / "passwd.rsa").chmod(0o600)
    server.start()
    for name, certificate, user in (("rsa.test", pki.rsa, "carol"), (None, pki.ec, "alice")):
        with server.ftp(server_name=name, version=version, greet=False) as ftp:
            ftp.handshake()
            assert ("server of rsa.test" if name else "main server") in ftp.reply().text
            assert ftp.stream.peer_certificate == der(certificate.certificate)
            ftp.protected_data = True
            ftp.login(user)
            assert ftp.store("implicit", DATA).code == 226
            assert ftp.retrieve("implicit") == DATA
    server.log("rsa.test.log").wait_for("connection accepted")


# --- sessions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_resume_across_the_switch(server, version):
    name = {"1.2": "old.test", "1.3": "new.test"}[version]
    with server.ftps(server_name=name, version=version) as ftp:
        for session in ("first", "newest"):
            assert ftp.store("resumed", DATA, session=session).code == 226
        session, context = ftp.sessions[-1], ftp.context
    with server.ftp(server_name=name, context=context) as ftp:
        ftp.auth(session=session)
        if version == "1.3":  # ids of TLS 1.2 stay in the process that gave them
            assert ftp.stream.resumed
        ftp.login()
        ftp.protect()
        assert ftp.store("resumed", DATA).code == 226


@pytest.mark.parametrize("first, then", (
    (None, "rsa.test"), ("rsa.test", None), ("rsa.test", "a.wild.test"), ("a.wild.test", None)))
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.differs_from_original("quirk Q1: all servers share one session context there")
def test_q1_a_session_of_one_server_is_not_good_on_another(server, first, then, version):
    with server.ftp(server_name=first, version=version) as ftp:
        ftp.auth()
        ftp.expect("NOOP", 200)
        session, context = ftp.sessions[-1], ftp.context
    with server.ftp(server_name=then, context=context) as ftp:
        ftp.auth(session=session)
        assert not ftp.stream.resumed


# --- HOST -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("host, sni", (
    ("rsa.test", "rsa.test"), ("RSA.test", "rsa.TEST"), ("rsa.test", "rsa.test.")))
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.differs_from_original("there the certificates of the first server stay")
def test_host_and_the_same_sni(server, pki, host, sni, version):
    with server.ftp(server_name=sni, version=version) as ftp:
        ftp.expect(f"HOST {host}", 220)
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)
        ftp.login("carol")


@pytest.mark.parametrize("sni", ("old.test", "unknown.test", "main.test"))
@pytest.mark.parametrize("version", VERSIONS)
def test_host_and_another_sni(server, sni, version):
    with server.ftp(server_name=sni, version=version) as ftp:
        ftp.expect("HOST rsa.test", 220)
        ftp.expect("AUTH TLS", 234)
        assert alert_of(ftp) == "TLSV1_ALERT_ACCESS_DENIED"
    log = f"warning: SNI '{sni}' does not match HOST 'rsa.test', rejecting SSL/TLS connection"
    server.log("rsa.test.log").wait_for(log)
    server.system_log.wait_for(log)


def test_host_that_is_an_address_is_not_compared(server, pki):
    with server.ftp(server_name="rsa.test") as ftp:
        ftp.expect("HOST 127.0.0.1", 220)
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)


def test_host_after_tls(server):
    with server.ftp(server_name="rsa.test") as ftp:
        ftp.auth()
        ftp.expect("HOST rsa.test", 220)
        ftp.expect("HOST RSA.TEST", 220)
        assert str(ftp.cmd("HOST old.test")) == "504 old.test: Unknown hostname provided"
        ftp.login("carol")
        ftp.expect("HOST rsa.test", 503)
    for name in (None, "127.0.0.1"):
        with server.ftp(server_name=name) as ftp:
            ftp.auth()
            assert str(ftp.cmd("HOST rsa.test")) == "503 Bad sequence of commands"


# --- where names mean nothing ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def deaf(shared_daemon, pki):
    """A server that ignores SNI, and one with a name that does not."""
    return shared_daemon("TLSOptions IgnoreSNI", *secured("rsa.test", pki.rsa),
                         *secured("deaf.test", pki.rsa2, "TLSOptions IgnoreSNI"))


@pytest.mark.parametrize("name", ("rsa.test", "unknown.test", "deaf.test"))
def test_ignore_sni(deaf, pki, name):
    with deaf.ftps(server_name=name) as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
        assert ftp.store("ignored", DATA).code == 226
    with deaf.ftp(server_name=name) as ftp:
        ftp.auth()
        assert ftp.cmd(f"HOST {name}").code == 503  # as without SNI


@pytest.mark.differs_from_original("quirk Q67: it is compared with HOST all the same there")
def test_q67_ignore_sni_does_not_compare_it_with_host(deaf, pki):
    with deaf.ftp(server_name="rsa.test") as ftp:
        ftp.expect("HOST deaf.test", 220)
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.rsa2.certificate)


def test_the_option_of_the_current_server_decides(deaf):
    with deaf.ftp(server_name="unknown.test") as ftp:
        ftp.expect("HOST rsa.test", 220)
        ftp.expect("AUTH TLS", 234)
        assert alert_of(ftp) == "TLSV1_ALERT_ACCESS_DENIED"


def test_any_name_is_good_where_no_server_has_one(daemon):
    server = daemon("ServerAlias main.test")
    for name in ("any.test", "main.test", "10.0.0.1", None):
        with server.ftps(server_name=name) as ftp:
            assert ftp.store("nameless", DATA).code == 226


# --- nothing of the first server stays ------------------------------------------------------------


@pytest.fixture(scope="module")
def contrast(shared_daemon, pki):
    """Everything that the main server sets, the named ones leave at its default."""
    return shared_daemon(
        "TLSOptions NoSessionReuseRequired", "TLSCipherSuite ECDHE+AES128",
        "TLSCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256", "TLSRequired !data",
        "TLSServerCipherPreference off", "TLSNextProtocol off", "TLSTimeoutHandshake 7",
        *secured("plain.test", pki.ec2))


@pytest.mark.parametrize("way", ("HOST", "SNI"))
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.differs_from_original("quirk Q54: the first server's settings stay there")
def test_q54_no_setting_of_the_first_server_stays(contrast, pki, way, version):
    with contrast.ftp(server_name="plain.test" if way == "SNI" else None,
                      version=version) as ftp:
        if way == "HOST":
            ftp.expect("HOST plain.test", 220)
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.ec2.certificate)
        assert "256" in ftp.stream.cipher
        ftp.login()
        ftp.protect()  # which the first server refuses
        assert ftp.store("refused", DATA, session=None).code == 425
        assert ftp.store("reused", DATA).code == 226
    with contrast.ftp(version=version) as ftp:
        ftp.auth()
        assert "128" in ftp.stream.cipher
        assert ftp.cmd("PROT P").code == 534


@pytest.mark.parametrize("way", ("HOST", "SNI"))
def test_q54_alpn_is_judged_by_the_named_server(contrast, way):
    context = make_context(contrast.pki.ca)
    context.set_alpn_protocols(["http/1.1"])
    with contrast.ftp(context=context) as ftp:
        ftp.auth()
    with contrast.ftp(context=context,
                      server_name="plain.test" if way == "SNI" else None) as ftp:
        if way == "HOST":
            ftp.expect("HOST plain.test", 220)
        ftp.expect("AUTH TLS", 234)
        error, _ = ftp.failing_handshake()
        assert "no application protocol" in str(error)


def test_renewed_certificate_of_the_named_server_is_served(daemon, pki, run_folder):
    current = pki.rsa.copy_to(run_folder / "sni-renewal")
    server = daemon(*secured("rsa.test", current))
    for successor in (pki.rsa2, pki.rsa):
        with server.ftp(server_name="rsa.test") as ftp:
            ftp.auth()
        current.key.write_bytes(successor.key.read_bytes())
        current.certificate.write_bytes(successor.certificate.read_bytes())
        with server.ftps(server_name="rsa.test") as ftp:
            assert ftp.stream.peer_certificate == der(successor.certificate)
            assert ftp.store("renewed", DATA).code == 226


def test_names_of_other_ports_do_not_count(daemon, pki):
    elsewhere = [line.replace("{port}", "{port1}") for line in secured("rsa.test", pki.rsa)]
    server = daemon(*elsewhere, *secured("new.test", pki.rsa2))
    with server.ftp(server_name="rsa.test") as ftp:
        ftp.expect("AUTH TLS", 234)
        assert alert_of(ftp) == "TLSV1_UNRECOGNIZED_NAME"
    with server.ftp(server_name="rsa.test", port=server.ports.listening[1]) as ftp:
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)
