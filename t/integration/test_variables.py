# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What LogFormat, mod_exec and other modules get to know of a session.

Values are compared word by word with those of the original, where that has them.
"""
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
KEYS = {"RSA": ("rsa:2048",), "EC": ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")}


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


@pytest.fixture(name="pair", scope="module", params=KEYS)
def make_pair(request, tmp_path_factory):
    """Directives of a certificate with every part of a name that has a variable."""
    folder = tmp_path_factory.mktemp("variables")
    kind = request.param
    openssl("req", "-x509", "-nodes", "-newkey", *KEYS[kind], "-days", "30", "-subj", SUBJECT,
            "-set_serial", "77", "-keyout", str(folder / "srv.key"),
            "-out", str(folder / "srv.crt"))
    return folder, (f"TLS{kind}CertificateFile {folder}/srv.crt",
                    f"TLS{kind}CertificateKeyFile {folder}/srv.key")


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


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_values_are_those_of_the_original(daemon, pair, version):
    folder, credentials = pair
    directives = (*credentials, "TLSOptions StdEnvVars", *logged(SESSION + SERVER, "env"),
                  *logged(NOTES, "note"))
    ours = daemon(*directives, certificate=None)
    theirs = original(daemon.prepare(*directives, certificate=None))
    for server in (ours, theirs):
        session(server, folder, version)
    # the library's text is of the build in one, of the library in force in the other
    differ = {"TLS_SESSION_ID", "TLS_LIBRARY_VERSION", "TLS_LIBRARY_VERSIONS"}
    for kind in ("env", "note"):
        mine, other = values(ours, kind, "NOOP"), values(theirs, kind, "NOOP")
        assert mine.keys() == other.keys()
        for key in mine.keys() - differ:
            assert mine[key] == other[key], key
    assert values(ours, "env", "NOOP")["TLS_SERVER_S_DN_O"] == "Org, Inc"


@pytest.mark.differs_from_original("there serials of modern certificates and ids are missing")
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_q53_session_id_and_serial_are_always_there(daemon, pki, version):
    server = daemon("TLSOptions StdEnvVars", *logged(SESSION + SERVER, "env"))
    with server.ftps(version=version) as ftp:
        ftp.expect("NOOP", 200)
        if version == "1.2":
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


@pytest.mark.differs_from_original("these are new")
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_group_and_resumption_are_shown(daemon, version):
    server = daemon(*logged(NOTES + NEW_NOTES, "note"))
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
