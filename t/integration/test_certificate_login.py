# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Login with a certificate instead of a password: TLSUserName and AllowDotLogin."""
import os
import ssl
import subprocess

import pytest

from harness import config, settings
from harness.client_pki import Authority, presenting
from harness.pki import Credential
from make_pki import openssl
from test_required import ANONYMOUS_WORKS, anonymous

VERSIONS = pytest.mark.parametrize("version", ("1.2", "1.3"))
ROOT = pytest.mark.needs_root("files of several owners")
OID = "1.3.6.1.4.1.99999.1"


@pytest.fixture(name="ca", scope="module")
def make_ca(tmp_path_factory):
    class Ca:
        root = Authority(tmp_path_factory.mktemp("login"), "login root")
        alice = root.issue("alice", extensions=(
            "subjectAltName=email:alice,email:alice@example.com", f"{OID}=ASN1:UTF8String:alice"))
        twin = root.issue("twin", cn="alice")
        other = root.issue("other", extensions=(f"{OID}=ASN1:UTF8String:Alice",))
        ftp = root.issue("ftp")
        nobody = root.issue("nobody-here")
    return Ca


@pytest.fixture(name="server_with")
def make_server(daemon, ca):
    def start(*directives, verify="optional", **options):
        return daemon(f"TLSCACertificateFile {ca.root.certificate}", f"TLSVerifyClient {verify}",
                      *directives, **options)
    return start


def certified(server, credential, version=""):
    ftp = server.ftp(context=presenting(server, credential, version))
    ftp.auth()
    return ftp


def login(server, credential, user="alice", version="") -> int:
    """The code of the reply to USER; with a password it always works out."""
    with certified(server, credential, version) as ftp:
        code = ftp.cmd(f"USER {user}").code
        if code == 331 and user in ("alice", "bob"):
            ftp.expect(f"PASS {config.PASSWORD}", 230)
        return code


def put_dot_login(server, *certificates, mode=0o600, text="", home="home"):
    path = server.folder / home / ".tlslogin"
    path.write_text(text + "".join(c.certificate.read_text() for c in certificates))
    path.chmod(mode)
    os.chown(path, config.UID, config.GID)
    return path


# --- TLSUserName -----------------------------------------------------------------------------

FIELDS = (("CommonName", "CommonName"), ("EmailSubjAltName", "Email SubjAltName"),
          (OID, f"{OID} extension"), ("2.5.4.3", "2.5.4.3 extension"))


@VERSIONS
@pytest.mark.parametrize("field, shown", FIELDS)
def test_a_field_of_the_certificate_is_the_password(server_with, ca, version, field, shown):
    server = server_with(f"TLSUserName {field}", verify="on")
    with certified(server, ca.alice, version) as ftp:
        reply = ftp.cmd("USER alice")
        assert (reply.code, reply.text) == (232, "User alice logged in")
        ftp.expect("TYPE I", 200)
        ftp.protect()
        assert ftp.store("file", b"text").code == 226
        assert ftp.retrieve("file") == b"text"
        assert ftp.cmd(f"PASS {config.PASSWORD}").code == 503
    server.tls_log.wait_for(f"matched client cert {shown} 'alice' to user 'alice'")
    server.tls_log.wait_for(f"TLS/X509 TLSUserName '{field}' check successful for user 'alice'")
    server.system_log.wait_for("USER alice: TLS/X509 TLSUserName authentication successful")


@VERSIONS
@pytest.mark.parametrize("field, who, user", (
    ("CommonName", "alice", "bob"), ("CommonName", "other", "alice"),
    ("EmailSubjAltName", "twin", "alice"), (OID, "other", "alice"), (OID, "twin", "alice"),
    ("CommonName", "other", "bob"), ("2.5.4.10", "alice", "alice")))
def test_who_is_another_needs_a_password(server_with, ca, version, field, who, user):
    server = server_with(f"TLSUserName {field}")
    assert login(server, getattr(ca, who), user, version) == 331
    server.tls_log.wait_for(f"TLS/X509 TLSUserName '{field}' check failed for user '{user}'")


@pytest.mark.differs_from_original("an OID names an extension only there")
@VERSIONS
@pytest.mark.parametrize("field, value", (
    ("2.5.4.11", "OU=alice"), ("2.5.4.10", "O=alice"), ("2.5.4.5", "serialNumber=alice"),
    ("0.9.2342.19200300.100.1.1", "UID=alice")))
def test_upstream_1981_3512_3899_more_than_the_common_name_says_who_it_is(
        server_with, ca, version, field, value, tmp_path):
    """Any part of the subject, by its OID; the same name in another part is somebody else."""
    server = server_with(f"TLSUserName {field}")
    certificate, key = tmp_path / "who.crt", tmp_path / "who.key"
    openssl("req", "-new", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", f"/CN=somebody/{value}", "-days", "2", "-CA",
            str(ca.root.certificate), "-CAkey", str(ca.root.key), "-keyout", str(key), "-out",
            str(certificate), "-addext", "extendedKeyUsage=clientAuth")
    assert login(server, Credential("EC", certificate, key), version=version) == 232
    assert login(server, Credential("EC", certificate, key), "bob", version) == 331
    assert login(server, ca.alice, version=version) == 331  # only its CN says so


def test_after_a_refusal_another_user_may_be_named(server_with, ca):
    server = server_with("TLSUserName CommonName")
    with certified(server, ca.alice) as ftp:
        ftp.expect("USER bob", 331)
        ftp.expect("USER alice", 232)
        ftp.expect("PWD", 257)


@VERSIONS
def test_without_a_certificate_everybody_needs_a_password(server_with, version):
    server = server_with("TLSUserName CommonName", "TLSOptions AllowDotLogin")
    assert login(server, None, version=version) == 331
    assert "check" not in server.tls_log
    with server.ftp() as ftp:  # in the clear
        ftp.expect("USER alice", 331)


def test_where_certificates_are_not_asked_for_they_open_nothing(server_with, ca):
    server = server_with("TLSUserName CommonName", verify="off")
    assert login(server, ca.alice) == 331
    assert "TLSUserName have no effect" in server.check().stderr


def test_users_who_do_not_exist_are_refused_as_ever(server_with, ca):
    server = server_with("TLSUserName CommonName", "TLSOptions AllowDotLogin")
    with certified(server, ca.nobody) as ftp:
        ftp.expect("USER nobody-here", 331)
        ftp.expect("PWD", 530)
        ftp.expect(f"PASS {config.PASSWORD}", 530)
        ftp.expect("PWD", 530)


@pytest.mark.differs_from_original("the session goes on as if somebody had logged in")
@pytest.mark.parametrize("rule", (
    "<Limit LOGIN>\n  DenyUser alice\n</Limit>\n",
    "<Global>\n  RequireValidShell on\n</Global>\n"))
def test_the_hosts_own_rules_for_logins_stay(server_with, ca, rule):
    """A login that it refuses all the same must not leave the session half logged in."""
    server = server_with("TLSUserName CommonName", after=rule)
    server.rewrite(lambda text: text.replace("  RequireValidShell off\n", "", 1)
                   if "RequireValidShell on" in rule else text)
    (server.folder / "passwd").write_text((server.folder / "passwd").read_text().replace(
        "/bin/sh", "/bin/no-shell"))
    server.reload()
    with certified(server, ca.alice) as ftp:
        ftp.expect("USER alice", 530)
        assert ftp.ending() == "close_notify"
    server.tls_log.wait_for("login without password was refused by the host")


def test_other_modules_may_check_the_accounts(server_with, ca):
    """AuthOrder names who knows the users; it need not name this module."""
    server = server_with("TLSUserName CommonName", after="<Global>\nAllowEmptyPasswords off\n"
                                                         "</Global>\n")
    assert login(server, ca.alice) == 232


@ANONYMOUS_WORKS
@VERSIONS
def test_anonymous_users_may_have_certificates_too(server_with, ca, version):
    server = server_with("TLSUserName CommonName", *anonymous("off"))
    with certified(server, ca.ftp, version) as ftp:
        ftp.expect("USER ftp", 331)  # the host asks for an address, not for a password
        ftp.expect("PASS guest@example.org", 230)
    assert login(server, ca.alice, "alice", version) == 232


@VERSIONS
def test_a_resumed_session_still_says_who_it_is(server_with, ca, version):
    server = server_with("TLSUserName CommonName", "TLSSessionTickets on")
    context = presenting(server, ca.alice, version)
    with server.ftp(context=context) as ftp:
        ftp.auth()
        ftp.expect("USER alice", 232)
        session = ftp.sessions[-1]
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        assert ftp.stream.resumed
        ftp.expect("USER bob", 331)
        ftp.expect("USER alice", 232)


@VERSIONS
def test_clients_of_everyday_log_in(server_with, ca, version, tmp_path):
    server = server_with("TLSUserName CommonName")
    (tmp_path / "a.txt").write_text("hello")
    pair = ("--cert", str(ca.alice.certificate), "--key", str(ca.alice.key))
    server.curl("a.txt", *pair, "-u", "alice:", "-T", str(tmp_path / "a.txt"), version=version).ok()
    assert (server.home / "a.txt").read_text() == "hello"


@pytest.mark.parametrize("line, fault", (
    ("TLSUserName", "missing parameters"), ("TLSUserName commonname", "badly formatted OID"),
    ("TLSUserName 1.2.x", "badly formatted OID parameter: '1.2.x'")))
def test_refused_directives(check_config, line, fault):
    outcome = check_config(line)
    assert outcome.status == 1 and fault in outcome.stderr


# --- AllowDotLogin ---------------------------------------------------------------------------

@VERSIONS
def test_a_certificate_in_the_home_is_the_password(server_with, ca, version):
    server = server_with("TLSOptions AllowDotLogin", verify="on")
    put_dot_login(server, ca.other, ca.nobody, text="a remark\n")
    with certified(server, ca.other, version) as ftp:
        reply = ftp.cmd("USER alice")
        assert (reply.code, reply.text) == (232, "User alice logged in")
        ftp.expect("TYPE I", 200)
        ftp.protect()
        assert ftp.store("file", b"text").code == 226
    assert login(server, ca.nobody, version=version) == 232
    server.tls_log.wait_for("TLS/X509 .tlslogin check successful for user 'alice'", count=2)
    server.system_log.wait_for("USER alice: TLS/X509 .tlslogin authentication successful")


@VERSIONS
def test_q9_a_certificate_with_the_same_name_is_another_one(server_with, ca, version):
    server = server_with("TLSOptions AllowDotLogin EnableDiags")
    put_dot_login(server, ca.twin)
    assert login(server, ca.alice, version=version) == 331
    server.tls_log.wait_for(".tlslogin local/remote certificate MISMATCH")
    server.tls_log.wait_for_match(r"local certificate: subject CN = alice, issuer CN = login root")
    server.tls_log.wait_for("TLS/X509 .tlslogin check failed for user 'alice'")
    assert login(server, ca.twin, version=version) == 232
    assert login(server, ca.twin, "bob", version=version) == 331  # not his home


def corrupted(credential) -> str:
    lines = credential.certificate.read_text().splitlines()
    lines[3] = lines[3][::-1]
    return "\n".join(lines) + "\n"


CONTENTS = {
    "empty": "", "garbage": "\0\1\2" * 1000, "no certificate": "# nothing here\n",
    "begin alone": "-----BEGIN CERTIFICATE-----\n",
    "encrypted": "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
                 "DEK-Info: AES-256-CBC,00000000000000000000000000000000\n\nAAAA\n"
                 "-----END CERTIFICATE-----\n",
    "endless line": "x" * 60000, "large": "#" * 65536,
}


@pytest.mark.parametrize("kind", (*CONTENTS, "corrupted"))
def test_q9_hostile_contents_open_nothing(server_with, ca, kind):
    server = server_with("TLSOptions AllowDotLogin")
    text = CONTENTS[kind] if kind in CONTENTS else corrupted(ca.alice)
    put_dot_login(server, *([ca.alice] if kind == "large" else []), text=text)
    assert login(server, ca.alice) == 331
    server.tls_log.wait_for_match(r"\.tlslogin check: unable to use .*: ")
    server.tls_log.wait_for("TLS/X509 .tlslogin check failed for user 'alice'")


def spoil_owner(path, _home):
    os.chown(path, config.UID + 1, config.GID)


def spoil_mode(path, _home):
    path.chmod(0o660)


def spoil_home(_path, home):
    home.chmod(0o777)


def spoil_link(path, home):
    path.rename(home / "real")
    path.symlink_to(home / "real")


def spoil_fifo(path, _home):
    path.unlink()
    os.mkfifo(path)
    os.chown(path, config.UID, config.GID)


def spoil_folder(path, _home):
    path.unlink()
    path.mkdir()


def spoil_existence(path, _home):
    path.unlink()


def spoil_rights(path, _home):
    path.chmod(0)


@ROOT
@pytest.mark.parametrize("spoil, fault", (
    (spoil_owner, "unable to (use|open) .*: (its owner is neither|Permission denied)"),
    (spoil_mode, "unable to use .*: group or others may write to it"),
    (spoil_home, "unable to use .*: others may write to the home"),
    (spoil_link, "unable to open .*: Too many levels of symbolic links"),
    (spoil_fifo, "unable to use .*: it is no regular file"),
    (spoil_folder, "unable to use .*: it is no regular file"),
    (spoil_existence, "unable to open .*: No such file or directory"),
    (spoil_rights, "unable to open .*: Permission denied")))
def test_q9_files_that_others_may_have_made_open_nothing(server_with, ca, spoil, fault):
    server = server_with("TLSOptions AllowDotLogin")
    path = put_dot_login(server, ca.alice)
    assert login(server, ca.alice) == 232
    spoil(path, server.home)
    assert login(server, ca.alice) == 331
    server.tls_log.wait_for_match(r"\.tlslogin check: " + fault)


@ROOT
def test_q9_a_link_to_a_file_of_root_shows_nothing_of_it(server_with, ca):
    """The user cannot have root read (or hang on) what he may not."""
    server = server_with("TLSOptions AllowDotLogin")
    secret = server.folder / "secret.pem"
    secret.write_bytes(ca.alice.certificate.read_bytes())
    secret.chmod(0o600)
    (server.home / ".tlslogin").symlink_to(secret)
    assert login(server, ca.alice) == 331
    os.unlink(server.home / ".tlslogin")
    os.link(secret, server.home / ".tlslogin")
    assert login(server, ca.alice) == 331
    server.tls_log.wait_for("Permission denied")


SEES_ALL = 54321  # a group that lets its members through to homes
MORE_GROUPS = """\
#define _GNU_SOURCE
#include <dlfcn.h>
#include <grp.h>
#include <unistd.h>
int seteuid(uid_t id) {{
  static pid_t done;
  const gid_t more[] = {{{group}}};
  int (*real)(uid_t) = (int (*)(uid_t)) dlsym(RTLD_NEXT, "seteuid");
  const int result = real(id);
  if (result == 0 && id == 0 && done != getpid() && setgroups(1, more) == 0) done = getpid();
  return result;
}}
"""


def preload(server, folder, text: str) -> None:
    """Has the server start with this C code in front of its libraries."""
    source, library = folder / "front.c", folder / "front.so"
    source.write_text(text)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
    usual = settings.daemon_environment(server.run).get("LD_PRELOAD", "")
    server.environment["LD_PRELOAD"] = f"{usual} {library}".strip()


@pytest.fixture(name="prepared")
def prepare_server(daemon, ca):
    return daemon.prepare(f"TLSCACertificateFile {ca.root.certificate}",
                          "TLSVerifyClient optional", "TLSOptions AllowDotLogin")


@pytest.mark.differs_from_original("quirk Q9: root reads it there")
@ROOT
def test_q9_groups_of_the_daemon_open_no_way_to_the_home(prepared, ca, tmp_path):
    """The user himself could not go there; the process that looks has groups of its own."""
    server = prepared
    preload(server, tmp_path, MORE_GROUPS.format(group=SEES_ALL))
    gate = server.folder / "gate"
    gate.mkdir()
    gate.chmod(0o755)
    (server.folder / "home").rename(gate / "home")
    accounts = server.folder / "passwd"
    accounts.write_text(accounts.read_text().replace(f"{server.folder}/home:", f"{gate}/home:"))
    put_dot_login(server, ca.alice, home="gate/home")
    server.start()
    with certified(server, ca.alice) as ftp:
        ftp.expect("USER alice", 232)
    gate.chmod(0o710)
    os.chown(gate, 0, SEES_ALL)
    with certified(server, ca.alice) as ftp:
        ftp.expect("USER alice", 331)
    server.tls_log.wait_for_match(r"\.tlslogin check: unable to open .*: Permission denied")


RIGHTLESS = """\
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>
int {call}(unsigned id) {{
  int (*real)(unsigned) = (int (*)(unsigned)) dlsym(RTLD_NEXT, "{call}");
  if (id == {number}) {{ errno = EPERM; return -1; }}
  return real(id);
}}
"""


@pytest.mark.differs_from_original("quirk Q9: root reads it there")
@ROOT
@pytest.mark.parametrize("call, number", (("setegid", config.GID), ("seteuid", config.UID)))
def test_q9_without_the_rights_of_the_user_nothing_is_read(prepared, ca, tmp_path, call, number):
    """As with a security module, or a name space, that knows no such id."""
    server = prepared
    preload(server, tmp_path, RIGHTLESS.format(call=call, number=number))
    server.start()
    put_dot_login(server, ca.alice)
    with certified(server, ca.alice) as ftp:
        ftp.expect("USER alice", 331)
    server.tls_log.wait_for_match(
        r"\.tlslogin check: unable to take the rights of the user for .*: Operation not permitted")


def test_either_proof_is_enough(server_with, ca):
    server = server_with("TLSOptions AllowDotLogin", "TLSUserName CommonName")
    put_dot_login(server, ca.other)
    assert login(server, ca.other) == 232
    assert login(server, ca.alice) == 232
    assert login(server, ca.nobody) == 331


def test_certificates_beyond_the_verified_ones_do_not_count(server_with, ca, pki):
    """Listed in .tlslogin, but of no CA that the server knows."""
    server = server_with("TLSOptions AllowDotLogin", "TLSUserName CommonName")
    put_dot_login(server, pki.stranger)
    with server.ftp(context=presenting(server, pki.stranger)) as ftp:
        ftp.expect("AUTH TLS", 234)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            ftp.handshake()
            ftp.cmd("USER alice")
