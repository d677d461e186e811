# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Whatever is refused, the log, the trace and the reply tell the same story, and it is the one of
doc/troubleshooting.md."""
import contextlib
import re
import subprocess
import time
from pathlib import Path

import pytest

from harness.client_pki import Authority, presenting
from harness.ftps import Reply
from harness.stream import CLOSE_NOTIFY, FIN

DOCUMENT = Path(__file__).parents[2] / "doc" / "troubleshooting.md"
DATA = b"sixteen bytes..." * 64
TRACED = "Trace tls:3"

pytestmark = pytest.mark.differs_from_original("the original's replies and logs have no reasons")


def sections() -> dict[str, tuple[str, str]]:
    """name -> log line and reply, as patterns: what is in <> may be anything."""
    parts = re.split(r"^### ([a-z-]+)$", DOCUMENT.read_text(), flags=re.M)
    found = {}
    for name, body in zip(parts[1::2], parts[2::2]):
        lines = re.findall(r"^\*\*(?:Log|Reply):\*\* (.*?)\n\n", body, re.M | re.S)
        found[name] = tuple(re.sub(r"\\\\<\w+>", ".+", re.escape(" ".join(line.split())))
                            for line in lines)
    return found


STORY = sections()


def check(server, name: str, reply) -> None:
    """That log, trace and reply have the story of `name`."""
    cause, answer = STORY[name]
    server.tls_log.wait_for_match(r"\]: (data connection: )?" + cause)
    server.log("trace.log").wait_for_match(r"<tls:3>: " + cause + "; ")
    answered = [f"{reply.code} {line}" for line in reply.lines]
    assert any(re.fullmatch(answer, line) for line in answered), (answer, answered)


# --- commands -------------------------------------------------------------------------------------

COMMANDS = (
    # reason, directives, what comes before, command
    ("auth-without-mechanism", (), "", "AUTH"),
    ("unknown-mechanism", (), "", "AUTH GSSAPI"),
    ("second-auth", (), "tls", "AUTH TLS"),
    ("auth-after-ccc", (), "ccc", "AUTH TLS"),
    ("auth-after-login", (), "login", "AUTH TLS"),
    ("prot-level-unsupported", (), "tls", "PROT S"),
    ("prot-level-unsupported", (), "tls", "PROT E"),
    ("prot-level-unknown", (), "tls", "PROT p"),
    ("wrong-parameters", (), "tls", "PROT"),
    ("wrong-parameters", (), "tls", "PBSZ 0 0"),
    ("pbsz-in-clear", (), "ccc", "PBSZ 0"),
    ("ccc-in-clear", (), "ccc", "CCC"),
    ("ccc-refused", ("TLSRequired on",), "ftps", "CCC"),
    ("clear-data-refused", ("TLSRequired on",), "tls", "PROT C"),
    ("private-data-refused", ("TLSRequired !data",), "tls", "PROT P"),
    ("sscn-malformed", (), "ftps", "SSCN ON OFF"),
    ("sscn-unsupported", (), "ftps", "SSCN on"),
    ("prot-denied", ("<Limit PROT>", "  DenyAll", "</Limit>"), "tls login", "PROT P"),
    ("ccc-denied", ("<Limit CCC>", "  DenyAll", "</Limit>"), "ftps", "CCC"),
    ("sscn-denied", ("<Limit SSCN>", "  DenyAll", "</Limit>"), "ftps", "SSCN ON"),
    ("login-in-clear", ("TLSRequired auth",), "", "USER alice"),
    ("command-in-clear", ("TLSRequired ctrl",), "", "PWD"),
    ("data-in-clear", ("TLSRequired data",), "login", "RETR file"),
    ("directory-data-in-clear", ("<Directory />", "  TLSRequired data", "</Directory>"), "login",
     "RETR file"),
)


def arrive(ftp, where: str) -> None:
    """Brings a new connection to where the command is refused."""
    if where in ("tls", "tls login", "ftps", "ccc"):
        ftp.auth()
    if where in ("login", "tls login", "ftps", "ccc"):
        ftp.login()
    if where in ("ftps", "ccc"):
        ftp.protect()
    if where == "ccc":
        ftp.expect("CCC", 200)
        ftp.stream.send_close_notify()
        assert ftp.stream.recv() == b"" and ftp.stream.ending == CLOSE_NOTIFY
        ftp.go_on_in_the_clear()


@pytest.mark.parametrize("name, directives, where, command", COMMANDS)
def test_a_refused_command(daemon, name, directives, where, command):
    server = daemon(TRACED, *directives)
    with server.ftp() as ftp:
        arrive(ftp, where)
        check(server, name, ftp.cmd(command))
        assert ftp.cmd("QUIT").code in (221, 550)


def test_without_a_certificate(daemon):
    server = daemon(TRACED, certificate=None)
    with server.ftp() as ftp:
        check(server, "no-server-certificate", ftp.cmd("AUTH TLS"))


@pytest.mark.parametrize("name, command, option", (
    ("auth-during-transfer", "AUTH TLS", "TLSOptions AllowPerUser"),
    ("ccc-during-transfer", "CCC", "TLSRequired off"),
    ("prot-during-transfer", "PROT C", "TLSRequired off")))
def test_a_command_in_the_middle_of_a_transfer(daemon, name, command, option):
    server = daemon(TRACED, option)
    with server.ftp() as ftp:
        arrive(ftp, "login" if command == "AUTH TLS" else "ftps")
        transfer = ftp.begin("STOR upload")
        transfer.write(DATA)
        check(server, name, ftp.cmd_during(transfer, command, DATA))
        assert transfer.finish().code == 226


# --- logins ---------------------------------------------------------------------------------------


def test_a_login_whose_section_wants_tls(daemon):
    server = daemon(TRACED, "<Anonymous {home}>", "  User alice", "  TLSRequired on",
                    "</Anonymous>")
    with server.ftp() as ftp:
        check(server, "login-unprotected", ftp.cmd("USER alice"))


def test_a_protocol_that_is_not_allowed(daemon):
    server = daemon(TRACED, "Protocols ftp")
    with server.ftp() as ftp:
        ftp.auth()
        ftp.expect("USER alice", 331)
        check(server, "protocol-denied", ftp.cmd("PASS secret"))


# --- names ----------------------------------------------------------------------------------------

NAMED = """
<VirtualHost {address}>
  Port {port}
  ServerAlias named.test
  TLSEngine ENGINE
  TLSLog {dir}/run/tls.log
  TLSECCertificateFile {certificate}
  TLSECCertificateKeyFile {key}
  TLSProtocol PROTOCOL
</VirtualHost>
"""


def refused_name(server, sni: str, *before: str, version: str = "1.3"):
    """The reply in the clear behind a handshake that asks for `sni`."""
    with server.ftp(server_name=sni, version=version) as ftp:
        for command in before:
            ftp.expect(command, 220, 331, 230)
        ftp.expect("AUTH TLS", 234)
        _, rest = ftp.failing_handshake()
    first, last = rest[rest.index(b"421"):].decode().split("\r\n")[:2]
    assert last.startswith("421 ")
    return Reply(421, (first.removeprefix("421-"), last[4:]))


@pytest.mark.parametrize("name, sni, engine, protocol, before", (
    ("name-unknown", "other.test", "on", "ALL", ()),
    ("name-without-tls", "named.test", "off", "ALL", ()),
    ("name-of-other-version", "named.test", "on", "TLSv1.2", ()),
    ("name-contradicts-host", "other.test", "on", "ALL", ("HOST named.test",)),
    ("name-after-login", "named.test", "on", "ALL", ("USER alice", "PASS secret"))))
def test_a_name_that_leads_nowhere(daemon, name, sni, engine, protocol, before):
    server = daemon(TRACED, "TLSOptions AllowPerUser", after=NAMED.replace("ENGINE", engine)
                    .replace("PROTOCOL", protocol) + f"<Global>\n{TRACED}\n</Global>\n")
    check(server, name, refused_name(server, sni, *before))


# --- connections ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_sessions_that_are_not_reused(daemon, version):
    server = daemon(TRACED)
    with server.ftps(version=version) as mine, server.ftps(context=mine.context) as theirs:
        check(server, "session-not-reused", mine.store("a", DATA, session=None))
        # with TLS 1.2 the id of another process is that of no session
        name = "other-session-reused" if version == "1.3" else "session-not-reused"
        check(server, name, mine.store("a", DATA, session=theirs.sessions[-1]))


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_an_upload_that_is_cut_short(daemon, version):
    server = daemon(TRACED, "TLSOptions RequireCloseNotify")
    with server.ftps(version=version) as ftp:
        check(server, "upload-cut-short", ftp.store("a", DATA, end=FIN))


@pytest.mark.parametrize("name, version, typed", (
    ("client-renegotiates", "-tls1_2", "R\n"), ("too-many-key-changes", "-tls1_3", "k\n" * 60)))
def test_new_keys_that_the_client_must_not_ask_for(daemon, name, version, typed):
    server = daemon(TRACED, "TLSOptions NoSessionReuseRequired")
    with server.ftps(version=version[-3:].replace("_", ".")) as ftp:
        port = ftp.expect("EPSV", 229).text.split("|")[3]
        ftp.raw_send(b"STOR victim\r\n")
        with subprocess.Popen(["openssl", "s_client", version, "-connect", f"127.0.0.1:{port}"],
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, text=True) as client:
            assert ftp.reply().code == 150
            server.tls_log.wait_for("data connection accepted")
            with contextlib.suppress(BrokenPipeError):  # refused before the last of them
                for line in typed.splitlines(keepends=True):
                    time.sleep(0.03)  # s_client takes a letter at the beginning of what it reads
                    client.stdin.write(line)
                    client.stdin.flush()
            check(server, name, ftp.reply())
            client.kill()
            client.stdin = None
        assert ftp.store("after", DATA).code == 226


def test_a_client_that_does_not_answer_a_renegotiation(daemon):
    server = daemon(TRACED, "TLSRenegotiate data 16 timeout 1 required on")
    with server.ftps(version="1.2") as ftp:
        transfer = ftp.begin("STOR stubborn")
        transfer.write(DATA * 40)
        server.tls_log.wait_for("requested TLS renegotiation timed out on data channel")
        check(server, "new-keys-refused", transfer.finish(FIN))
        assert ftp.store("after", DATA).code == 226


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_q71_a_certificate_on_one_of_the_two_connections_only(daemon, tmp_path, version):
    """Presented on control and not on data it is refused: the connection may be somebody else's.
    Nobody who came without a certificate can be mistaken for the one that data shows."""
    authority = Authority(tmp_path, "client CA")
    alice, bob = authority.issue("alice"), authority.issue("bob")
    server = daemon(TRACED, "TLSOptions NoSessionReuseRequired", "TLSVerifyClient optional",
                    f"TLSCACertificateFile {authority.certificate}")
    who = {name: presenting(server, credential, version)
           for name, credential in (("alice", alice), ("bob", bob), ("nobody", None))}
    for control, data, accepted in (("alice", "alice", True), ("alice", "nobody", False),
                                    ("alice", "bob", False), ("nobody", "nobody", True)):
        with server.ftps(context=who[control]) as ftp:
            ftp.context = who[data]
            reply = ftp.store("a", DATA, session=None)
            assert (reply.code == 226) == accepted, (control, data)
            if not accepted:
                check(server, "other-client-certificate", reply)
            ftp.context = who[control]
            assert ftp.store("a", DATA, session=None).code == 226
