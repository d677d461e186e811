# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""AUTH: who may ask for TLS, when, in which words, and what each refusal says (RFC 4217, RFC 2228).

Also that nothing a client (or somebody in between) sent in the clear behind AUTH is ever obeyed,
and that FEAT says the same before and after.
"""
import pytest

MECHANISMS = ("TLS", "tls", "Tls", "SSL", "ssl", "TLS-C", "tls-c", "TLS-P", "tls-p")
FEATURES = ("AUTH TLS", "PBSZ", "PROT")


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon()


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_documented_mechanism_in_any_case(server, mechanism):
    with server.ftp() as ftp:
        assert str(ftp.auth(mechanism)) == f"234 AUTH {mechanism.upper()} successful"
        ftp.login()


@pytest.mark.parametrize("mechanism", ("SSL", "TLS-P"))
def test_ssl_and_tls_p_protect_data_without_prot(daemon, mechanism):
    server = daemon()
    with server.ftp() as ftp:
        ftp.auth(mechanism)
        ftp.login()
        ftp.protected_data = True
        assert ftp.names() == []
    server.tls_log.wait_for("SSL/TLS-P requested, starting TLS handshake")


@pytest.mark.parametrize("mechanism", ("TLS", "TLS-C"))
def test_tls_and_tls_c_leave_data_in_the_clear(daemon, mechanism):
    server = daemon()
    with server.ftp() as ftp:
        ftp.auth(mechanism)
        ftp.login()
        assert ftp.names() == []
    server.tls_log.wait_for("TLS/TLS-C requested, starting TLS handshake")


@pytest.mark.differs_from_original("the original turns data protection on against TLSRequired")
def test_auth_ssl_does_not_protect_data_that_must_be_clear(daemon):
    server = daemon("TLSRequired !data")
    with server.ftp() as ftp:
        ftp.auth("SSL")
        ftp.login()
        ftp.sock.settimeout(5)
        assert ftp.names() == []


def test_second_auth_is_refused_and_does_no_harm(server):
    with server.ftps() as ftp:
        for _ in range(3):
            assert str(ftp.cmd("AUTH TLS")) == "503 Unwilling to accept second AUTH"
        assert ftp.store("second", b"still works").code == 226
    server.tls_log.wait_for("Unwilling to accept AUTH after AUTH for this session")


def test_without_certificate_431_and_plain_ftp_goes_on(daemon):
    server = daemon(certificate=None)
    with server.ftp() as ftp:
        assert str(ftp.cmd("AUTH TLS")) == "431 Necessary security resource unavailable"
        ftp.login()
    server.tls_log.wait_for("Unable to accept AUTH TLS due to lack of certificates")


def test_after_login_534(server):
    with server.ftp() as ftp:
        ftp.login()
        assert str(ftp.cmd("AUTH TLS")) == "534 Unwilling to accept security parameters"
        assert ftp.cmd("NOOP").code == 200
    server.tls_log.wait_for("Unwilling to accept AUTH after USER/PASS authentication for this "
                            "session unless AllowPerUser TLSOption is used")


def test_after_login_with_allow_per_user(daemon):
    server = daemon("TLSOptions AllowPerUser")
    with server.ftp() as ftp:
        ftp.login()
        ftp.auth()
        ftp.protect()
        assert ftp.store("late", b"x").code == 226


def test_missing_argument(server):
    with server.ftp() as ftp:
        assert str(ftp.cmd("AUTH")) == "504 AUTH requires at least one argument"
        ftp.auth()


def test_words_after_the_mechanism_are_ignored(server):
    with server.ftp() as ftp:
        assert ftp.auth("TLS and more").code == 234


@pytest.mark.differs_from_original("the original leaves the reply to the host, which says 500")
@pytest.mark.parametrize("mechanism", ("KERBEROS", "GSSAPI", "TLSv1", "TLS-X"))
def test_unknown_mechanism_504(server, mechanism):
    with server.ftp() as ftp:
        assert ftp.cmd(f"AUTH {mechanism}").code == 504
        ftp.auth()
    server.tls_log.wait_for(f"AUTH {mechanism} unsupported, declining")


def test_engine_off_knows_no_auth(daemon):
    server = daemon(engine=False)
    with server.ftp() as ftp:
        for command in ("AUTH TLS", "PBSZ 0", "PROT P"):
            assert str(ftp.cmd(command)) == f"500 {command.split()[0]} not understood"
        assert not {"AUTH TLS", "PBSZ", "PROT"} & {line.strip() for line in ftp.cmd("FEAT").lines}
        ftp.login()
    assert not server.tls_log.path.exists()


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_bytes_pipelined_behind_auth_are_never_obeyed(server, version):
    with server.ftp(version=version) as ftp:
        ftp.raw_send(b"AUTH TLS\r\nUSER mallory\r\nPASS injected\r\nSYST\r\n")
        assert ftp.reply().code == 234
        ftp.handshake()
        assert ftp.cmd("NOOP").code == 200  # and not the reply to anything injected
        assert ftp.cmd("PASS secret").code == 503  # no USER was heard


def test_half_a_command_behind_auth_does_not_become_the_head_of_the_next(server):
    with server.ftp() as ftp:
        ftp.raw_send(b"AUTH TLS\r\nXINJECT")
        assert ftp.reply().code == 234
        ftp.handshake()
        assert ftp.cmd("SYST").code == 215


def test_feat_lists_the_same_before_and_after_tls(server):
    with server.ftp() as ftp:
        before = ftp.cmd("FEAT")
        ftp.auth()
        after = ftp.cmd("FEAT")
    assert before == after
    lines = [line.strip() for line in before.lines]
    for feature in FEATURES:
        assert lines.count(feature) == 1
    assert " AUTH TLS" in before.lines


@pytest.mark.parametrize("command, syntax", (
    ("AUTH", "AUTH <sp> base64-data"), ("PBSZ", "PBSZ <sp> protection buffer size"),
    ("PROT", "PROT <sp> protection code")))
def test_help_knows_the_commands(server, command, syntax):
    with server.ftp() as ftp:
        assert str(ftp.cmd(f"HELP {command}")) == f"214 Syntax: {syntax}"


@pytest.mark.parametrize("command", ("ENC x", "MIC x", "CONF x", "ADAT x"))
def test_other_rfc2228_commands_are_not_understood(server, command):
    with server.ftps() as ftp:
        assert str(ftp.cmd(command)) == f"500 {command.split()[0]} not understood"


def test_wrong_password_leaves_tls_as_it_is(server):
    with server.ftp() as ftp:
        ftp.auth()
        ftp.expect("USER alice", 331)
        ftp.expect("PASS wrong", 530)
        ftp.login()
        ftp.protect()
        assert ftp.store("second-try", b"x").code == 226
