# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The policy that counts is that of the server, user and directory a command is about, in
whatever order modules were loaded and however a path is written."""
import os
import shutil

import pytest

from harness import config, settings
from harness.config import named_host
from harness.pki import der
from test_required import DATA

UNWILLING = "534 Unwilling to accept security parameters"


def load_before_us(server, module: str) -> None:
    ours = f"ModulePath {settings.module_dir()}\nLoadModule mod_tls.c\n"
    theirs = f"ModulePath {settings.HOST_MODULES}\nLoadModule {module}\n"
    server.rewrite(lambda text: text.replace(theirs, "").replace(ours, theirs + ours))


# --- HOST -----------------------------------------------------------------------------------------


@pytest.fixture
def hosts(daemon, pki):
    def start(*modules: str):
        strict = ("TLSEngine on", "TLSRequired on", "TLSProtocol TLSv1.2",
                  *pki.rsa.directives().split("\n"))
        return daemon("TLSRequired off", *named_host("strict.test", *strict),
                      *named_host("off.test", "TLSEngine off"), modules=modules)
    return start


@pytest.mark.parametrize("modules", (
    (), ("mod_ban.c",), ("mod_deflate.c",), ("mod_rewrite.c",), ("mod_quotatab.c", "mod_ban.c")),
    ids="+".join)
def test_second_host_is_noticed(hosts, pki, modules):
    server = hosts(*modules)
    with server.ftp() as ftp:
        ftp.expect("HOST off.test", 220)
        assert ftp.cmd("AUTH TLS").code == 500
        ftp.expect("HOST strict.test", 220)
        assert ftp.cmd("USER alice").code == 550
        assert ftp.cmd("PASS secret").code == 550
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)
        assert ftp.stream.version == "TLSv1.2"
        ftp.login()
        assert str(ftp.cmd("PROT C")) == UNWILLING


def test_third_host_may_be_without_tls(hosts):
    server = hosts("mod_ban.c")
    with server.ftp() as ftp:
        for name in ("strict.test", "off.test", "strict.test", "off.test"):
            ftp.expect(f"HOST {name}", 220)
        assert ftp.cmd("AUTH TLS").code == 500
        ftp.login()
        assert ftp.store("clear", b"x").code == 226


# --- mod_ifsession --------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ("before us", "after us"))
@pytest.mark.parametrize("section", ("IfUser alice", "IfGroup users"))
def test_required_of_a_user_counts_in_any_order_of_modules(daemon, section, order):
    name = section.split()[0]
    server = daemon.prepare("TLSRequired off", f"<{section}>", "  TLSRequired on", f"</{name}>",
                            modules=("mod_ifsession.c",))
    if order == "before us":
        load_before_us(server, "mod_ifsession.c")
    server.start()
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 331
        assert ftp.cmd("PASS secret").code == 530
        with pytest.raises(ConnectionError):
            ftp.reply()
    with server.ftps() as ftp:
        assert str(ftp.cmd("PROT C")) == UNWILLING
        assert ftp.store("file", b"x").code == 226


@pytest.mark.parametrize("order", ("before us", "after us"))
def test_required_of_a_user_leaves_others_alone(daemon, order):
    server = daemon.prepare("TLSRequired off", "<IfUser bob>", "  TLSRequired on", "</IfUser>",
                            modules=("mod_ifsession.c",))
    if order == "before us":
        load_before_us(server, "mod_ifsession.c")
    server.start()
    with server.ftp() as ftp:
        ftp.login()
        assert ftp.store("clear", b"x").code == 226


@pytest.mark.parametrize("order", ("before us", "after us"))
def test_required_of_a_class_counts_before_login(daemon, order):
    server = daemon.prepare(
        "TLSRequired off", "<Class near>", "  From 127.0.0.0/8", "</Class>",
        "<IfClass near>", "  TLSRequired on", "</IfClass>", modules=("mod_ifsession.c",))
    if order == "before us":
        load_before_us(server, "mod_ifsession.c")
    server.start()
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 550
    with server.ftps() as ftp:
        assert ftp.store("file", b"x").code == 226


# --- the user's own files -------------------------------------------------------------------------


def own_pair_at_the_same_path(server, pki) -> None:
    """Below the home, at the path of the server's files, a pair that the user has made."""
    for theirs, own in ((pki.ec.certificate, pki.self_signed.certificate),
                        (pki.ec.key, pki.self_signed.key)):
        target = server.home / str(theirs).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(own, target)
        target.chmod(0o600)
        os.chown(target, config.UID, config.GID)
    for folder, _, _ in os.walk(server.home):
        os.chown(folder, config.UID, config.GID)


def test_auth_after_login_does_not_take_files_of_the_user(daemon, pki):
    server = daemon("TLSRequired off", "TLSOptions AllowPerUser")
    own_pair_at_the_same_path(server, pki)
    with server.ftp() as ftp:
        ftp.login()
        ftp.auth()  # would fail at a certificate that is not of the CA
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
        ftp.protect()
        assert ftp.store("file", b"x").code == 226


def test_auth_after_login_does_not_look_for_files(daemon):
    server = daemon("TLSRequired off", "TLSOptions AllowPerUser")
    with server.ftp() as ftp:
        ftp.login()
        ftp.auth()
    assert "cannot be used" not in server.tls_log
    assert "cannot be used" not in server.system_log


# --- directories ----------------------------------------------------------------------------------


FOLDERS = ("priv", "-dash", "two words", " blank", "plain")


@pytest.fixture(scope="module")
def folders(shared_daemon):
    sections = [line for name in FOLDERS[:-1]
                for line in (f'<Directory "{{home}}/{name}">', "  TLSRequired data",
                             "</Directory>")]
    server = shared_daemon("TLSRequired off", *sections)
    for name in FOLDERS:
        folder = server.home / name
        folder.mkdir()
        folder.chmod(0o777)
        (folder / "file").write_bytes(b"x")
        (folder / "file").chmod(0o644)
    return server


def last_reply(ftp, command: str) -> str:
    transfer = ftp.begin(command)
    if command[:4] in ("APPE", "STOR", "STOU"):
        transfer.write(b"in the clear")
    else:
        transfer.read_all()
    return str(transfer.finish())


@pytest.mark.parametrize("command", (
    "RETR priv/file", "RETR -dash/file", "RETR two words/file", "RETR  blank/file",
    "STOR -dash/new", "STOR two words/new", "APPE -dash/new", "APPE two words/new", "APPE priv/new",
    "MLSD -dash", "MLSD two words", "MLSD priv", "MLSD  blank",
    "LIST priv", "LIST -la priv", "LIST -a -l priv", "LIST -- priv", "LIST two words",
    "LIST -a two words", "LIST -dash", "LIST -a  blank", "LIST ./-dash",
    "LIST priv/*", "LIST -a priv/f*", "LIST priv/fi?e", "LIST priv/[f]ile", "LIST two words/*",
    "LIST plain/../priv", "LIST priv/", "LIST priv/../priv",
    "NLST priv", "NLST -dash", "NLST two words", "NLST -a two words", "NLST priv/*",
    "NLST -a priv/f*"))
def test_directory_section_counts_however_the_path_is_written(folders, command):
    with folders.ftp() as ftp:
        ftp.login()
        assert last_reply(ftp, command) == DATA
    assert not list(folders.home.glob("*/new"))


@pytest.mark.parametrize("command", (
    "LIST", "LIST -a", "LIST -la plain", "LIST plain/*", "NLST plain", "NLST -a plain",
    "MLSD plain", "RETR plain/file", "STOR plain/up", "APPE plain/up"))
def test_other_directories_are_not_affected(folders, command):
    with folders.ftp() as ftp:
        ftp.login()
        assert last_reply(ftp, command).startswith("226 ")


@pytest.mark.parametrize("command", ("LIST", "LIST -la", "NLST", "MLSD", "NLST *", "STOU"))
def test_directory_section_counts_for_the_current_directory(folders, command):
    with folders.ftp() as ftp:
        ftp.login()
        ftp.expect("CWD two words", 250)
        assert last_reply(ftp, command) == DATA


# --- <Limit PROT> ---------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ("C", "P"))
def test_limit_of_prot_counts_before_login_too(daemon, level):
    server = daemon("TLSRequired off", "<Limit PROT>", "  DenyAll", "</Limit>")
    with server.ftp() as ftp:
        ftp.auth()
        assert str(ftp.cmd(f"PROT {level}")) == UNWILLING
        ftp.login()
        assert str(ftp.cmd(f"PROT {level}")) == UNWILLING


def test_limit_of_other_commands_does_not_touch_prot(daemon):
    server = daemon("TLSRequired off", "<Limit STOR>", "  DenyAll", "</Limit>")
    with server.ftp() as ftp:
        ftp.auth()
        ftp.protect()
        ftp.login()
        assert ftp.names() == []
        assert ftp.store("file", b"x").code == 550
