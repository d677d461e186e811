# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What LogFormat, mod_exec and other modules get to know of a session.

Values are compared word by word with those of the original, where that has them.
"""
import sqlite3
import subprocess

import pytest

from harness import settings
from make_pki import openssl

SESSION = ("FTPS", "TLS_PROTOCOL", "TLS_SESSION_ID", "TLS_CIPHER", "TLS_CIPHER_EXPORT",
           "TLS_CIPHER_KEYSIZE_POSSIBLE", "TLS_CIPHER_KEYSIZE_USED", "TLS_SERVER_NAME",
           "TLS_LIBRARY_VERSION")
PARTS = ("C", "CN", "D", "G", "I", "L", "O", "OU", "ST", "S", "T", "Email")
CERTIFICATE = ("M_VERSION", "M_SERIAL", "S_DN", "I_DN", "V_START", "V_END", "A_SIG", "A_KEY",
               *(f"{whose}_DN_{part}" for whose in "SI" for part in PARTS))
SERVER = tuple(f"TLS_SERVER_{name}" for name in CERTIFICATE)
NOTES = ("FTPS", "TLS_PROTOCOL", "TLS_CIPHER", "TLS_SERVER_NAME", "TLS_LIBRARY_VERSIONS")
NEW_NOTES = ("TLS_LIBRARY_VERSION", "TLS_GROUP", "TLS_SESSION_RESUMED")
SUBJECT = ("/C=US/ST=State/L=Town/O=Org\\, Inc/OU=Unit/CN=srv/title=T/initials=I/GN=Giv/SN=Sur"
           "/description=Desc/emailAddress=a@b.c")
KEYS = {"RSA": ("rsa:2048",), "EC": ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        "DSA": ("dsa:{folder}/dsa.param",), "": ("ed25519",)}
DSS = ("TLSCipherSuite ALL:@SECLEVEL=1", "aDSS:@SECLEVEL=1")  # of the server, and of its clients


def logged(names, kind: str) -> tuple[str, ...]:
    """Directives that log each name in a line of its own, in files of a few names each."""
    lines = []
    for start in range(0, len(names), 5):
        shown = {"env": "%{{{}}}e", "note": "%{{note:{}}}"}[kind]
        words = " ".join(f"{name}=[{shown.format(name)}]" for name in names[start:start + 5])
        lines += [f'LogFormat {kind}{start} "%m {words}"',
                  f"ExtendedLog {{dir}}/run/{kind}.ext ALL {kind}{start}"]
    return tuple(lines)


def values(server, kind: str, command: str) -> dict[str, str]:
    """Name -> value as logged with the last `command`."""
    found = {}
    server.log(f"{kind}.ext").wait_for(f"{command} ")
    for line in server.log(f"{kind}.ext").text().splitlines():
        verb, _, rest = line.partition(" ")
        if verb == command:
            found |= dict(word.split("=[", 1) for word in rest.rstrip("]").split("] "))
    return found


def pair_of(kind: str, folder):
    """Directives of a certificate with every part of a name that has a variable."""
    if kind == "DSA":
        openssl("dsaparam", "-out", f"{folder}/dsa.param", "2048")
    openssl("req", "-x509", "-nodes", "-newkey", *(w.replace("{folder}", str(folder))
                                                   for w in KEYS[kind]),
            "-days", "30", "-subj", SUBJECT, "-set_serial", "77",
            "-keyout", str(folder / "srv.key"), "-out", str(folder / "srv.crt"))
    return folder, (f"TLS{kind}CertificateFile {folder}/srv.crt",
                    f"TLS{kind}CertificateKeyFile {folder}/srv.key")


@pytest.fixture(name="pair", scope="module", params=("RSA", "EC"))
def make_pair(request, tmp_path_factory):
    return pair_of(request.param, tmp_path_factory.mktemp("variables"))


@pytest.fixture(name="dsa", scope="module")
def make_dsa(tmp_path_factory):
    return pair_of("DSA", tmp_path_factory.mktemp("dsa"))


@pytest.fixture(name="ed25519", scope="module")
def make_ed25519(tmp_path_factory):
    return pair_of("", tmp_path_factory.mktemp("ed25519"))


def session(server, folder, version: str, name="ftp.example", **options) -> None:
    with server.ftp(version=version, ca=folder / "srv.crt", server_name=name, **options) as ftp:
        ftp.auth()
        ftp.login()
        ftp.expect("NOOP", 200)
        ftp.quit()


def original(server):
    """The same server with the packaged module."""
    server.rewrite(lambda text: text.replace(f"ModulePath {settings.module_dir()}",
                                             f"ModulePath {settings.HOST_MODULES}"))
    server.start()
    return server


def same_as_the_original(daemon, pair, version: str, *more: str, **options):
    """Our server, whose values have been compared with those of the original."""
    folder, credentials = pair
    directives = (*credentials, "TLSOptions StdEnvVars", *logged(SESSION + SERVER, "env"),
                  *logged(NOTES, "note"), *more)
    ours = daemon(*directives, certificate=None)
    theirs = original(daemon.prepare(*directives, certificate=None))
    for server in (ours, theirs):
        session(server, folder, version, **options)
    # the library's text is of the build in one, of the library in force in the other
    differ = {"TLS_SESSION_ID", "TLS_LIBRARY_VERSION", "TLS_LIBRARY_VERSIONS"}
    for kind in ("env", "note"):
        mine, other = values(ours, kind, "NOOP"), values(theirs, kind, "NOOP")
        assert mine.keys() == other.keys()
        for key in mine.keys() - differ:
            assert mine[key] == other[key], key
    assert values(ours, "env", "NOOP")["TLS_SERVER_S_DN_O"] == "Org, Inc"
    return ours


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_values_are_those_of_the_original(daemon, pair, version):
    same_as_the_original(daemon, pair, version)


def test_values_of_dsa_are_those_of_the_original(daemon, dsa):
    server, client = DSS
    ours = same_as_the_original(daemon, dsa, "1.2", server, ciphers=client)
    shown = values(ours, "env", "NOOP")
    assert shown["TLS_SERVER_A_KEY"] == "dsaEncryption"
    assert shown["TLS_SERVER_A_SIG"] == "dsa_with_SHA256"
    assert shown["TLS_CIPHER"].startswith("DHE-DSS-")


@pytest.mark.differs_from_original("it has no directive for such keys")
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_values_of_ed25519(daemon, ed25519, version):
    folder, credentials = ed25519
    server = daemon(*credentials, "TLSOptions StdEnvVars", *logged(SESSION + SERVER, "env"),
                    *logged(NOTES, "note"), certificate=None)
    session(server, folder, version)
    shown = values(server, "env", "NOOP")
    assert shown["TLS_SERVER_A_KEY"] == shown["TLS_SERVER_A_SIG"] == "ED25519"
    assert (shown["TLS_SERVER_S_DN_CN"], shown["TLS_SERVER_M_SERIAL"]) == ("srv", "77")
    assert shown["TLS_SERVER_NAME"] == values(server, "note", "NOOP")["TLS_SERVER_NAME"] \
        == "ftp.example"


@pytest.mark.differs_from_original("there serials of modern certificates and ids are missing")
@pytest.mark.parametrize("tickets", ("off", "on"))
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_q53_session_id_and_serial_are_always_there(daemon, pki, version, tickets):
    server = daemon("TLSOptions StdEnvVars", f"TLSSessionTickets {tickets}",
                    *logged(SESSION + SERVER, "env"))
    with server.ftps(version=version) as ftp:
        ftp.expect("NOOP", 200)
        if (version, tickets) == ("1.2", "off"):  # else the client makes a name up for itself
            expected = ftp.sessions[-1].id.hex().upper()
            assert values(server, "env", "NOOP")["TLS_SESSION_ID"] == expected
    shown = values(server, "env", "NOOP")
    assert len(shown["TLS_SESSION_ID"]) == 64
    serial = int(_openssl_serial(pki.ec.certificate), 16)
    assert shown["TLS_SERVER_M_SERIAL"] == str(serial)
    assert "not printable" not in server.tls_log


def _openssl_serial(certificate) -> str:
    done = subprocess.run(["openssl", "x509", "-noout", "-serial", "-in", str(certificate)],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip().partition("=")[2]


def test_nothing_is_exported_without_an_option(daemon):
    server = daemon(*logged(SESSION, "env"), *logged(NOTES, "note"))
    with server.ftps() as ftp:
        ftp.expect("NOOP", 200)
    assert set(values(server, "env", "NOOP").values()) <= {"", "-"}
    assert values(server, "note", "NOOP")["FTPS"] == "1"


def test_certificates_are_exported_with_their_option_alone(daemon, pki):
    server = daemon("TLSOptions ExportCertData", 'LogFormat pem "%m %{TLS_SERVER_CERT}e"',
                    "ExtendedLog {dir}/run/pem.ext ALL pem", *logged(SESSION, "env"))
    with server.ftps() as ftp:
        ftp.expect("NOOP", 200)
    assert set(values(server, "env", "NOOP").values()) <= {"", "-"}
    server.log("pem.ext").wait_for(pki.ec.certificate.read_text().strip())


def test_certificates_that_are_not_there_are_told(daemon):
    server = daemon("TLSOptions StdEnvVars")
    with server.ftps() as ftp:
        ftp.quit()
    server.tls_log.wait_for("unable to set client certificate environ variables: Client "
                            "certificate unavailable")
    assert "unable to set server certificate" not in server.tls_log


@pytest.mark.differs_from_original("these are new")
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_group_and_resumption_are_shown(daemon, version):
    server = daemon("TLSGroups X25519", *logged(NOTES + NEW_NOTES, "note"))
    with server.ftps(version=version) as first:
        first.expect("NOOP", 200)
        ticket, context = first.sessions[-1], first.context
    before = values(server, "note", "NOOP")
    assert before["TLS_GROUP"] == "x25519" and before["TLS_SESSION_RESUMED"] == "Initial"
    if version == "1.2":  # resumes within its own connection only, without a cache of sessions
        return
    with server.ftp(context=context) as second:
        second.auth(session=ticket)
        second.login()
        second.expect("SYST", 215)
    assert values(server, "note", "SYST")["TLS_SESSION_RESUMED"] == "Resumed"


@pytest.mark.differs_from_original("quirk Q52: notes keep their first values there")
def test_q52_a_renegotiation_replaces_what_is_shown(daemon):
    server = daemon("TLSOptions StdEnvVars AllowClientRenegotiations", *logged(SESSION, "env"),
                    *logged(NOTES, "note"))
    server.s_client_dialogue("-tls1_2", "-crlf", steps=("NOOP\n", "R\n", "SYST\n", "Q\n"))
    before, after = (values(server, "env", command) for command in ("NOOP", "SYST"))
    assert len(before["TLS_SESSION_ID"]) == len(after["TLS_SESSION_ID"]) == 64
    assert before["TLS_SESSION_ID"] != after["TLS_SESSION_ID"]
    assert values(server, "note", "SYST")["TLS_CIPHER"] == after["TLS_CIPHER"]


@pytest.mark.differs_from_original("quirk Q52: notes keep their first values there")
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_q52_the_server_that_sni_names_is_the_one_that_is_shown(daemon, pki, ed25519, version):
    folder, credentials = ed25519
    server = daemon("TLSOptions StdEnvVars", *logged(SESSION + SERVER, "env"),
                    *logged(NOTES, "note"), "<VirtualHost {address}>", "Port {port}",
                    "ServerAlias other.test", "TLSEngine on", *credentials,
                    "TLSOptions StdEnvVars", "TLSCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256",
                    "TLSCipherSuite ECDHE+AES128",
                    *(line for line in (*logged(SESSION + SERVER, "env"), *logged(NOTES, "note"))
                      if line.startswith("ExtendedLog")), "</VirtualHost>")
    session(server, folder, version, name="other.test")
    env, note = (values(server, kind, "NOOP") for kind in ("env", "note"))
    assert env["TLS_SERVER_S_DN_CN"] == "srv" and env["TLS_SERVER_A_KEY"] == "ED25519"
    assert env["TLS_CIPHER"] == note["TLS_CIPHER"] and "128" in note["TLS_CIPHER"]
    assert env["TLS_SERVER_NAME"] == note["TLS_SERVER_NAME"] == "other.test"


# --- other modules --------------------------------------------------------------------------------


FACTS = {"protocol": "%{TLS_PROTOCOL}e", "cipher": "%{note:TLS_CIPHER}",
         "server_name": "%{note:TLS_SERVER_NAME}", "resumed": "%{note:TLS_SESSION_RESUMED}",
         "groups": "%{note:TLS_GROUP}", "key_type": "%{TLS_SERVER_A_KEY}e"}


@pytest.mark.differs_from_original("TLS_GROUP and TLS_SESSION_RESUMED are new")
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_mod_sql_can_write_them_into_its_tables(daemon, pki, version):
    server = daemon.prepare("TLSOptions StdEnvVars", "TLSGroups X25519",
                            modules=("mod_sql.c", "mod_sql_sqlite.c"), after=f"""
SQLBackend sqlite3
SQLEngine log
SQLLogFile {{dir}}/run/sql.log
SQLConnectInfo {{dir}}/sql/facts.db
SQLNamedQuery note INSERT "'{"', '".join(FACTS.values())}'" facts
SQLLog NOOP note
""")
    (server.folder / "sql").mkdir()
    path = server.folder / "sql" / "facts.db"
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE facts ({', '.join(FACTS)})")
    for place in (path, path.parent):  # it writes as the user
        place.chmod(0o777)
    server.rewrite(lambda text: text.replace("DefaultRoot ~", ""))
    server.start()
    with server.ftps(version=version, server_name="ftp.example") as ftp:
        ftp.expect("NOOP", 200)
        cipher = ftp.stream.cipher
        ftp.quit()
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT * FROM facts").fetchall()
    assert rows == [(f"TLSv{version}", cipher, "ftp.example", "Initial", "x25519",
                     "id-ecPublicKey")]


def test_the_variables_are_there_for_mod_exec(daemon):
    """A script that mod_exec runs finds them in its environment."""
    server = daemon.prepare("TLSOptions StdEnvVars", modules=("mod_exec.c",), after="""
ExecEngine on
ExecLog {dir}/run/exec.log
ExecEnviron TLS_PROTOCOL -
ExecEnviron TLS_CIPHER -
ExecOnCommand NOOP {dir}/show
""")
    script = server.folder / "show"
    script.write_text(f"#!/bin/sh\nenv >> {server.home}/environment\n")
    script.chmod(0o755)
    server.rewrite(lambda text: text.replace("DefaultRoot ~", ""))
    server.start()
    with server.ftps(version="1.3") as ftp:
        ftp.expect("NOOP", 200)
        ftp.quit()
    shown = (server.home / "environment").read_text().splitlines()
    assert "TLS_PROTOCOL=TLSv1.3" in shown and "TLS_CIPHER=TLS_AES_256_GCM_SHA384" in shown
