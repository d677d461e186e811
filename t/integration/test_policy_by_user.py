# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLS settings by user, group, class and <Anonymous>: who may do what in the clear, and when the
client is told."""
import ssl

import pytest

from harness import config
from harness.pki import der
from test_policy_in_force import load_before_us
from test_required import (ANONYMOUS_WORKS, CONTROL, DATA, LIST_OK, UNWILLING, anonymous,
                           clear_listing)

IFSESSION = ("mod_ifsession.c",)
NEAR = ("<Class near>", "  From 127.0.0.0/8", "</Class>")
FAR = ("<Class far>", "  From 192.0.2.0/24", "</Class>")
LOGGED_OFF = "SSL/TLS required but absent on control channel, disconnecting"
BOTH_VERSIONS = pytest.mark.parametrize("version", ("1.2", "1.3"))


def section(head: str, *lines: str) -> list[str]:
    return [f"<{head}>", *(f"  {line}" for line in lines), f"</{head.split()[0]}>"]


def ends(ftp) -> bool:
    """Whether the server has hung up."""
    with pytest.raises(ConnectionError):
        ftp.reply()
    return True


def refused_at_pass(ftp, user: str = config.USER) -> bool:
    ftp.expect(f"USER {user}", 331)
    return ftp.cmd(f"PASS {config.PASSWORD}").code == 530 and ends(ftp)


# --- by group, by user, by class ------------------------------------------------------------------


@pytest.mark.parametrize("order", ("before us", "after us"))
def test_r10_not_for_a_trusted_group(daemon, order):
    server = daemon.prepare("TLSOptions AllowPerUser", "TLSRequired on",
                            *section("IfGroup trusted", "TLSRequired off"), modules=IFSESSION)
    groups = server.folder / "group"
    groups.write_text(groups.read_text() + f"trusted:x:{config.GID + 1}:bob\n")
    if order == "before us":
        load_before_us(server, "mod_ifsession.c")
    server.start()
    with server.ftp() as ftp:
        ftp.login("bob")
        assert clear_listing(ftp) == LIST_OK
    with server.ftp() as ftp:
        assert refused_at_pass(ftp)
    server.tls_log.wait_for(LOGGED_OFF)
    for user in ("alice", "bob"):
        with server.ftps(user) as ftp:
            assert ftp.store("file", b"x").code == 226


@pytest.mark.parametrize("classes, clear", ((NEAR, True), (FAR, False)))
def test_r12_only_for_remote_networks(daemon, classes, clear):
    name = classes[0].split()[1].rstrip(">")
    server = daemon("TLSRequired off", *classes, *section(f"IfClass {name}", "TLSRequired off"),
                    *section(f"IfClass !{name}", "TLSRequired on"), modules=IFSESSION)
    with server.ftp() as ftp:
        if clear:
            ftp.login()
            assert clear_listing(ftp) == LIST_OK
        else:
            assert str(ftp.cmd("USER alice")) == CONTROL
    with server.ftps() as ftp:
        assert ftp.cmd("PROT C").code == (200 if clear else 534)


ROWS = (  # what the server says, what the section says: clear login, clear data, PROT C, PROT P
    ("off", "off", True, True, True, True), ("off", "on", False, None, False, True),
    ("off", "ctrl", False, None, True, True), ("off", "auth", False, None, True, True),
    ("off", "data", True, False, False, True), ("off", "!data", True, True, True, False),
    ("on", "off", True, True, True, True), ("on", "data", True, False, False, True),
    ("auth", "!data", True, True, True, False), ("auth+data", "off", True, True, True, True))


@pytest.mark.parametrize("head", ("IfUser alice", "IfGroup users"))
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_required_of_a_section_takes_the_place_of_the_servers(daemon, head, row):
    at_server, of_user, login, data, prot_c, prot_p = row
    server = daemon("TLSOptions AllowPerUser", f"TLSRequired {at_server}",
                    *section(head, f"TLSRequired {of_user}"), modules=IFSESSION)
    with server.ftp() as ftp:
        if login:
            ftp.login()
            assert clear_listing(ftp) == (LIST_OK if data else DATA)
        else:
            assert refused_at_pass(ftp)
    with server.ftp() as ftp:
        ftp.auth()
        ftp.login()
        assert str(ftp.cmd("PROT C")) == ("200 Protection set to Clear" if prot_c else UNWILLING)
        assert str(ftp.cmd("PROT P")) == ("200 Protection set to Private" if prot_p else UNWILLING)


@pytest.mark.parametrize("head", ("IfUser alice", "IfGroup users", "IfClass near"))
@BOTH_VERSIONS
def test_options_of_a_section_are_added(daemon, head, version):
    server = daemon(*NEAR, *section(head, "TLSOptions NoSessionReuseRequired"), modules=IFSESSION)
    with server.ftps(version=version) as ftp:
        assert ftp.store("file", b"x", session=None).code == 226


@BOTH_VERSIONS
def test_options_of_another_user_are_not(daemon, version):
    server = daemon(*section("IfUser bob", "TLSOptions NoSessionReuseRequired"),
                    modules=IFSESSION)
    with server.ftps(version=version) as ftp:
        assert ftp.store("file", b"x", session=None).code == 425


CIPHERS = ("TLSCipherSuite ECDHE+AES128", "TLSCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256")


@pytest.mark.parametrize("near", (True, False))
@BOTH_VERSIONS
@pytest.mark.differs_from_original("the context is ready before the class is known there")
def test_ciphers_of_a_class_count_in_the_handshake(daemon, near, version):
    server = daemon(*NEAR, *FAR, *section("IfClass near" if near else "IfClass far", *CIPHERS),
                    modules=IFSESSION)
    with server.ftps(version=version) as ftp:
        assert ("128" in ftp.stream.cipher) == near
        assert ftp.store("file", b"x").code == 226
        session, context = ftp.sessions[-1], ftp.context
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        assert ("128" in ftp.stream.cipher) == near


@pytest.mark.differs_from_original("the context is ready before the class is known there")
def test_versions_and_certificate_of_a_class(daemon, pki):
    server = daemon(*NEAR, *section("IfClass near", "TLSProtocol TLSv1.2",
                                    *pki.ec2.directives().split("\n")), modules=IFSESSION)
    with server.ftps() as ftp:
        assert ftp.stream.version == "TLSv1.2"
        assert ftp.store("file", b"x").code == 226


@BOTH_VERSIONS
def test_ciphers_of_a_user_count_in_an_auth_after_login(daemon, version):
    server = daemon("TLSOptions AllowPerUser", *section("IfUser alice", *CIPHERS),
                    modules=IFSESSION)
    for user, short in (("alice", True), ("bob", False)):
        with server.ftp(version=version) as ftp:
            ftp.login(user)
            ftp.auth()
            assert ("128" in ftp.stream.cipher) == short
            ftp.protect()
            assert ftp.store("file", b"x").code == 226


@pytest.mark.parametrize("near", (
    pytest.param(True, marks=pytest.mark.differs_from_original(
        "the context is ready before the class is known there")), False))
@BOTH_VERSIONS
def test_settings_of_a_class_count_in_an_auth_after_login(daemon, pki, near, version):
    server = daemon("TLSOptions AllowPerUser", *NEAR, *FAR,
                    *section("IfClass near" if near else "IfClass far", *CIPHERS,
                             f"TLSProtocol TLSv{version}", *pki.ec2.directives().split("\n")),
                    modules=IFSESSION)
    with server.ftp() as ftp:
        ftp.login()
        ftp.auth()
        assert (ftp.stream.peer_certificate == der(pki.ec2.certificate)) == near
        assert ftp.stream.version == (f"TLSv{version}" if near else "TLSv1.3")
        assert ("128" in ftp.stream.cipher) == near
        ftp.protect()
        assert ftp.store("file", b"x").code == 226
        assert ftp.store("file", b"x", session="newest").code == 226


@BOTH_VERSIONS
def test_a_class_that_asks_for_certificates_does_so_in_an_auth_after_login(daemon, pki, version):
    server = daemon("TLSOptions AllowPerUser", f"TLSCACertificateFile {pki.ca}", *NEAR,
                    *section("IfClass near", "TLSVerifyClient on"), modules=IFSESSION)
    with server.ftp(version=version) as ftp:
        ftp.login()
        turned_away(ftp)
    server.tls_log.wait_for("one is required via 'TLSVerifyClient on'")


# --- before the password --------------------------------------------------------------------------


@ANONYMOUS_WORKS
@pytest.mark.parametrize("value, refused", (
    ("on", True), ("auth", True), ("ctrl", True), ("data", False), ("off", False)))
@pytest.mark.parametrize("name", ("ftp", "anonymous"))
def test_anonymous_is_refused_before_the_password(daemon, name, value, refused):
    server = daemon("TLSRequired off", *anonymous(value))
    with server.ftp() as ftp:
        if refused:
            assert str(ftp.cmd(f"USER {name}")) == "530 Login incorrect."
            assert ends(ftp)
            return
        ftp.expect(f"USER {name}", 331)
        ftp.expect("PASS guest@example.org", 230)
        assert clear_listing(ftp) == (DATA if value == "data" else LIST_OK)


@ANONYMOUS_WORKS
def test_anonymous_under_tls_is_not_refused(daemon):
    server = daemon("TLSRequired off", *anonymous("on"))
    with server.ftp() as ftp:
        ftp.auth()
        ftp.expect("USER anonymous", 331)
        ftp.expect("PASS guest@example.org", 230)
        ftp.protect()
        assert clear_listing(ftp) == LIST_OK


@pytest.mark.parametrize("value", ("on", "auth", "auth+data"))
def test_r11_is_possible_where_mod_ifsession_may_relax_it(check_config, value):
    assert check_config(f"TLSRequired {value}", "TLSOptions AllowPerUser",
                        modules=IFSESSION).status == 0


def test_r11_names_the_server(check_config):
    check = check_config("<VirtualHost {address}>", "  Port {port1}", '  ServerName "files"',
                         "  TLSEngine on", "  TLSRequired auth", "  TLSOptions AllowPerUser",
                         "</VirtualHost>")
    assert check.status != 0
    assert "Server files: cannot enforce both 'TLSRequired auth' and 'TLSOptions AllowPerUser'" \
        in check.stderr


# --- by class, where the client goes to another server --------------------------------------------

GLOBAL_NEAR = ("<Global>", *section("IfClass near", "TLSVerifyClient on"), "</Global>")
alone_there = pytest.mark.differs_from_original("classes count for the first server only there")


def other_server(pki, *lines: str) -> list[str]:
    return ["<VirtualHost {address}>", "  Port {port}", "  ServerAlias other.test",
            *(f"  {line}" for line in (*pki.rsa.directives().split("\n"), "TLSEngine on",
                                   "TLSLog {dir}/run/other.log", *lines)), "</VirtualHost>"]


@pytest.fixture(name="classes")
def start_classes(daemon, pki):
    """Two servers that both ask clients of the class for a certificate."""
    trust = f"TLSCACertificateFile {pki.ca}"
    return daemon(trust, *NEAR, *GLOBAL_NEAR, *other_server(pki, trust), modules=IFSESSION)


def turned_away(ftp) -> None:
    ftp.expect("AUTH TLS", 234)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        ftp.handshake()
        ftp.cmd("NOOP")


@BOTH_VERSIONS
@alone_there
def test_nobody_escapes_a_class_by_naming_another_server(classes, version):
    with classes.ftp(version=version) as ftp:
        turned_away(ftp)
    classes.tls_log.wait_for("one is required via 'TLSVerifyClient on'")
    with classes.ftp(version=version, server_name="other.test") as ftp:
        turned_away(ftp)
    classes.log("other.log").wait_for("one is required via 'TLSVerifyClient on'")


@BOTH_VERSIONS
@alone_there
def test_nobody_escapes_a_class_by_host(classes, version):
    with classes.ftp(version=version) as ftp:
        ftp.expect("HOST other.test", 220)
        turned_away(ftp)
    classes.log("other.log").wait_for("one is required via 'TLSVerifyClient on'")


@pytest.mark.parametrize("way", ("HOST", "SNI"))
@alone_there
def test_required_of_a_class_goes_along_to_another_server(daemon, pki, way):
    server = daemon(*NEAR, *FAR, "<Global>", *section("IfClass near", "TLSRequired on"),
                    *section("IfClass far", "TLSProtocol TLSv1.2"), "</Global>",
                    *other_server(pki), modules=IFSESSION)
    with server.ftp(server_name="other.test" if way == "SNI" else None) as ftp:
        if way == "HOST":
            ftp.expect("HOST other.test", 220)
            assert str(ftp.cmd("USER alice")) == CONTROL
        ftp.auth()
        assert ftp.stream.version == "TLSv1.3"
        ftp.login()
        assert ftp.cmd("PROT C").code == 534
        ftp.protect()
        assert ftp.store("file", b"x").code == 226
