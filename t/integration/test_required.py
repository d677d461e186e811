# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLSRequired over the wire: what each value refuses, with which code, and what it lets pass.

One row per value of the directive; then the places it may stand in (Directory, .ftpaccess,
Anonymous, Global, VirtualHost), and what AllowPerUser postpones until after the login.
"""
import dataclasses

import pytest

from harness import config

CONTROL = "550 SSL/TLS required on the control channel"
DATA = "522 SSL/TLS required on the data channel"
UNWILLING = "534 Unwilling to accept security parameters"
EXEMPT = (("SYST", 215), ("FEAT", 211), ("CLNT test", 200))


@dataclasses.dataclass(frozen=True)
class Row:
    """What one value does: in the clear before login, and to data in the clear."""

    value: str
    user: str  # reply to USER in the clear
    noop: str  # reply to NOOP in the clear
    data: str  # reply to LIST with clear data
    prot_c: str
    prot_p: str


USER_OK = "331 Password required for alice"
NOOP_OK = "200 NOOP command successful"
LIST_OK = "226 Transfer complete"
C_OK = "200 Protection set to Clear"
P_OK = "200 Protection set to Private"

ROWS = (
    Row("on", CONTROL, CONTROL, DATA, UNWILLING, P_OK),
    Row("both", CONTROL, CONTROL, DATA, UNWILLING, P_OK),
    Row("ctrl+data", CONTROL, CONTROL, DATA, UNWILLING, P_OK),
    Row("YES", CONTROL, CONTROL, DATA, UNWILLING, P_OK),
    Row("1", CONTROL, CONTROL, DATA, UNWILLING, P_OK),
    Row("off", USER_OK, NOOP_OK, LIST_OK, C_OK, P_OK),
    Row("False", USER_OK, NOOP_OK, LIST_OK, C_OK, P_OK),
    Row("ctrl", CONTROL, CONTROL, LIST_OK, C_OK, P_OK),
    Row("control", CONTROL, CONTROL, LIST_OK, C_OK, P_OK),
    Row("data", USER_OK, NOOP_OK, DATA, UNWILLING, P_OK),
    Row("!data", USER_OK, NOOP_OK, LIST_OK, C_OK, UNWILLING),
    Row("ctrl+!data", CONTROL, CONTROL, LIST_OK, C_OK, UNWILLING),
    Row("auth", CONTROL, NOOP_OK, LIST_OK, C_OK, P_OK),
    Row("auth+data", CONTROL, NOOP_OK, DATA, UNWILLING, P_OK),
    Row("auth+!data", CONTROL, NOOP_OK, LIST_OK, C_OK, UNWILLING),
)


def clear_listing(ftp) -> str:
    """The last reply to LIST while data is in the clear."""
    transfer = ftp.begin("LIST")
    transfer.read_all()
    return str(transfer.finish())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.value)
def test_r6_each_value(daemon, row):
    server = daemon(f"TLSRequired {row.value}")
    with server.ftp() as ftp:
        for command, code in EXEMPT:
            assert ftp.cmd(command).code == code
        assert str(ftp.cmd("NOOP")) == row.noop
        assert str(ftp.cmd("USER alice")) == row.user
        ftp.auth()  # never refused, and with it the way is free
        ftp.login()
        assert clear_listing(ftp) == row.data
        assert str(ftp.cmd("PROT C")) == row.prot_c
        assert str(ftp.cmd("PROT P")) == row.prot_p
        if row.prot_p == P_OK:
            ftp.protected_data = True
            assert ftp.store("protected", b"x").code == 226
        assert ftp.cmd("QUIT").code == 221


def test_on_refuses_everything_else_and_says_why_in_the_log(daemon):
    server = daemon("TLSRequired on")
    with server.ftp() as ftp:
        for command in ("NOOP", "HELP", "PASV", "PBSZ 0", "PROT P", "CCC", "XYZZY", "SITE HELP",
                        "STAT", "OPTS UTF8 on", "PASS x", "ACCT x"):
            assert str(ftp.cmd(command)) == CONTROL, command
        assert ftp.cmd("QUIT").code == 221
    server.tls_log.wait_for(
        "SSL/TLS required but absent on control channel, denying NOOP command")


def test_auth_names_authentication_in_the_log(daemon):
    server = daemon("TLSRequired auth")
    with server.ftp() as ftp:
        for command in ("USER alice", "PASS secret", "ACCT x"):
            assert str(ftp.cmd(command)) == CONTROL
    server.tls_log.wait_for("SSL/TLS required but absent for authentication, denying USER command")


def test_data_covers_every_transfer_command_and_nothing_else(daemon):
    server = daemon("TLSRequired data")
    with server.ftp() as ftp:
        ftp.login()
        for command in ("APPE a", "LIST", "MLSD", "NLST", "RETR a", "STOR a", "STOU"):
            assert str(ftp.cmd(command)) == DATA, command
        for command in ("PWD", "MLST", "STAT .", "PASV", "EPSV"):
            assert ftp.cmd(command).code < 300, command
    assert list(server.home.iterdir()) == []
    server.tls_log.wait_for("SSL/TLS required but absent on data channel, denying STOR command")


def test_engine_off_enforces_nothing(daemon):
    server = daemon("TLSRequired on", engine=False)
    with server.ftp() as ftp:
        ftp.login()
        assert ftp.names() == []


# --- where it may stand ---------------------------------------------------------------------------


def secret_folder(server) -> None:
    folder = server.home / "secret"
    folder.mkdir()
    (folder / "file").write_text("secret")
    (folder / "file").chmod(0o644)


def test_directory_section(daemon):
    server = daemon("TLSRequired off", "<Directory {home}/secret>", "  TLSRequired data",
                    "</Directory>")
    secret_folder(server)
    with server.ftp() as ftp:
        ftp.auth()
        ftp.login()
        assert clear_listing(ftp) == LIST_OK
        ftp.expect("CWD secret", 250)
        assert str(ftp.cmd("RETR file")) == DATA
        assert str(ftp.cmd("LIST")) == DATA
        ftp.protect()
        assert ftp.retrieve("file") == b"secret"
    server.tls_log.wait_for_match("RETR command denied by TLSRequired in directory '.+'")


@pytest.mark.differs_from_original("the original looks at the current directory, not the target's")
def test_q6_a_directory_section_protects_what_is_reached_by_path(daemon):
    server = daemon("TLSRequired off", "<Directory {home}/secret>", "  TLSRequired data",
                    "</Directory>")
    secret_folder(server)
    (server.home / "public").write_text("public")
    (server.home / "public").chmod(0o644)
    with server.ftp() as ftp:
        ftp.login()
        for command in ("RETR secret/file", "RETR ./secret/../secret/file", "RETR /secret/file",
                        "STOR secret/new", "APPE secret/file", "LIST secret", "LIST -la secret",
                        "NLST secret", "NLST secret/*", "MLSD secret"):
            if command.startswith("RETR /") and not server.chrooted:
                continue
            assert str(ftp.cmd(command)) == DATA, command
        assert clear_listing(ftp) == LIST_OK
        assert ftp.retrieve("public") == b"public"


def test_ftpaccess_file(daemon):
    server = daemon("TLSRequired off", "AllowOverride on")
    secret_folder(server)
    (server.home / "secret" / ".ftpaccess").write_text("TLSRequired data\n")
    with server.ftp() as ftp:
        ftp.login()
        assert clear_listing(ftp) == LIST_OK
        ftp.expect("CWD secret", 250)
        assert str(ftp.cmd("RETR file")) == DATA


ANONYMOUS = ("<Anonymous {dir}/home-ftp>", "  User ftp", "  Group users",
             "  UserAlias anonymous ftp", "  RequireValidShell off", "  TLSRequired {value}",
             "</Anonymous>")


ANONYMOUS_WORKS = pytest.mark.needs_root("the host lets anonymous users in only if it can chroot")


def anonymous(value: str) -> list[str]:
    return [line.replace("{value}", value) for line in ANONYMOUS]


def anonymous_login(ftp) -> str:
    assert ftp.cmd("USER anonymous").code == 331
    return str(ftp.cmd("PASS guest@example.org"))


@ANONYMOUS_WORKS
def test_r9_all_but_anonymous(daemon):
    """Recipe: TLS for all but anonymous users."""
    server = daemon("TLSOptions AllowPerUser", "TLSRequired on", *anonymous("off"))
    with server.ftp() as ftp:
        assert anonymous_login(ftp).startswith("230 ")
        assert clear_listing(ftp) == LIST_OK
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 331
        assert ftp.cmd("PASS secret").code == 530
        with pytest.raises(ConnectionError):
            ftp.reply()
    server.tls_log.wait_for("SSL/TLS required but absent on control channel, disconnecting")
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


@ANONYMOUS_WORKS
def test_anonymous_section_may_ask_for_more(daemon):
    server = daemon("TLSRequired off", "TLSOptions AllowPerUser", *anonymous("on"))
    with server.ftp() as ftp:
        assert ftp.cmd("USER anonymous").code == 530
    with server.ftp() as ftp:
        ftp.login()
        assert clear_listing(ftp) == LIST_OK
    with server.ftp() as ftp:
        ftp.auth()
        assert anonymous_login(ftp).startswith("230 ")
        assert clear_listing(ftp) == DATA


@ANONYMOUS_WORKS
@pytest.mark.differs_from_original("there only AllowPerUser or Protocols make it look")
def test_anonymous_section_needs_no_option_to_be_heard(daemon):
    server = daemon("TLSRequired off", *anonymous("on"))
    with server.ftp() as ftp:
        assert ftp.cmd("USER anonymous").code == 530
    with server.ftp() as ftp:
        ftp.auth()
        assert anonymous_login(ftp).startswith("230 ")


def test_global_counts_for_every_server_and_the_own_value_wins(daemon):
    server = daemon("<Global>", "  TLSRequired on", "</Global>", "<VirtualHost {address}>",
                    "  Port {port1}", "  TLSEngine on",
                    "  TLSECCertificateFile {certificate}", "  TLSECCertificateKeyFile {key}",
                    "  TLSRequired off", "</VirtualHost>", "<VirtualHost {address}>",
                    "  Port {port2}", "  TLSEngine on",
                    "  TLSECCertificateFile {certificate}", "  TLSECCertificateKeyFile {key}",
                    "</VirtualHost>")
    for port, reply in ((server.port, CONTROL), (server.ports.listening[1], USER_OK),
                        (server.ports.listening[2], CONTROL)):
        with server.ftp(port=port) as ftp:
            assert str(ftp.cmd("USER alice")) == reply


def test_a_virtual_host_does_not_inherit_the_main_server(daemon):
    server = daemon("TLSRequired on", "<VirtualHost {address}>", "  Port {port1}",
                    "  TLSEngine on", "  TLSECCertificateFile {certificate}",
                    "  TLSECCertificateKeyFile {key}", "</VirtualHost>")
    with server.ftp(port=server.ports.listening[1]) as ftp:
        assert str(ftp.cmd("USER alice")) == USER_OK


# --- AllowPerUser ---------------------------------------------------------------------------------


def test_allow_per_user_lets_the_login_pass_and_then_insists(daemon):
    server = daemon("TLSOptions AllowPerUser", "TLSRequired ctrl", *anonymous("off"))
    with server.ftp() as ftp:
        assert str(ftp.cmd("NOOP")) == NOOP_OK
        assert str(ftp.cmd("USER alice")) == USER_OK
        assert ftp.cmd(f"PASS {config.PASSWORD}").code == 530


@pytest.mark.parametrize("value", ("on", "auth", "auth+data", "ctrl"))
@pytest.mark.differs_from_original("the original refuses, but ends with status 0")
def test_r11_impossible_wish_is_a_refused_start(check_config, value):
    """Recipe: auth is required, AllowPerUser postpones it, nothing relaxes it."""
    check = check_config(f"TLSRequired {value}", "TLSOptions AllowPerUser")
    assert check.status != 0
    assert "cannot enforce both 'TLSRequired auth' and 'TLSOptions AllowPerUser'" in check.stderr
    assert "main server" in check.stderr
