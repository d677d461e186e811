# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Every directive in each context, on the host: taken where the table allows it, refused elsewhere.

The forms of the values are in t/unit/core/directive_matrix_test.cc. A new directive needs a value
here that the host can check.
"""
import re
from pathlib import Path

import pytest

TABLE = Path(__file__).resolve().parents[2] / "lib/core/directive_table.cc"
ROW = re.compile(r'\{D::\w+,\s*"(TLS\w+)",\s*([\w| ]+),')

VALUES = {
    "TLSStaplingTimeout": "5",
    "TLSStaplingResponder": "http://127.0.0.1/",
    "TLSStaplingOptions": "NoNonce",
    "TLSStaplingCache": "off",
    "TLSStapling": "off",
    "TLSPKCS12File": "{p12}",
    "TLSPassPhraseProvider": "/bin/true",
    "TLSCARevocationPath": "{pki}",
    "TLSCARevocationFile": "{crl}",
    "TLSCacheSecretFile": "{secret}",
    "TLSCACertificateFile": "{ca}", "TLSCACertificatePath": "{pki}",
    "TLSCertificateChainFile": "{pki}/chain.pem", "TLSCertificateFile": "{certificate}",
    "TLSCertificateKeyFile": "{key}", "TLSCipherSuite": "HIGH",
    "TLSControlsACLs": "all allow user root", "TLSCryptoDevice": "ALL",
    "TLSDHParamFile": "{dh}",
    "TLSDSACertificateFile": "{dsa}", "TLSDSACertificateKeyFile": "{dsa}",
    "TLSECCertificateFile": "{certificate}", "TLSECCertificateKeyFile": "{key}",
    "TLSECDHCurve": "P-256", "TLSEngine": "on", "TLSGroups": "X25519 P-256", "TLSLog": "none",
    "TLSMasqueradeAddress": "192.0.2.1", "TLSNextProtocol": "on", "TLSOptions": "AllowPerUser",
    "TLSPreSharedKey": "alice hex:/nonexistent", "TLSProtocol": "TLSv1.2 TLSv1.3",
    "TLSRandomSeed": "/nonexistent", "TLSRenegotiate": "none", "TLSRequired": "off",
    "TLSRSACertificateFile": "{pki}/rsa.crt", "TLSRSACertificateKeyFile": "{pki}/rsa.key",
    "TLSServerCipherPreference": "on", "TLSServerInfoFile": "/nonexistent",
    "TLSSessionCache": "internal:", "TLSSessionTicketKeys": "age 1h count 3",
    "TLSSessionTickets": "on", "TLSTimeoutHandshake": "30", "TLSVerifyClient": "off",
    "TLSUserName": "CommonName", "TLSVerifyOCSP": "hard timeout 5",
    "TLSVerifyDepth": "3", "TLSVerifyOrder": "crl", "TLSVerifyServer": "on",
}

SECTIONS = {
    "kServer": ("", ""),
    "kVirtualHost": ("<VirtualHost {address}>\nPort {port1}", "</VirtualHost>"),
    "kGlobal": ("<Global>", "</Global>"),
    "kAnonymous": ("<Anonymous {home}>\nUser alice", "</Anonymous>"),
    "kDirectory": ("<Directory />", "</Directory>"),
}
SERVERS = {"kServer", "kVirtualHost", "kGlobal"}
NAMES_OF = {"kServers": SERVERS, "kEverywhere": {*SECTIONS, "kFtpaccess"}}


def table() -> dict[str, set[str]]:
    """Directive -> the sections it may stand in."""
    found = {}
    for name, words in ROW.findall(TABLE.read_text(encoding="utf-8")):
        contexts = set()
        for word in words.replace(" ", "").split("|"):
            contexts |= NAMES_OF.get(word, {word})
        found[name] = contexts
    return found


CONTEXTS = table()


@pytest.fixture(name="fill", scope="module")
def make_files(pki, tmp_path_factory):
    """Puts the names of real files into a value."""
    folder = tmp_path_factory.mktemp("matrix")
    from make_pki import openssl
    openssl("dsaparam", "-noout", "-genkey", "-out", str(folder / "dsa.key"), "2048")
    openssl("req", "-new", "-x509", "-key", str(folder / "dsa.key"), "-subj", "/CN=dsa",
            "-out", str(folder / "dsa.crt"))
    (folder / "dsa.pem").write_text((folder / "dsa.crt").read_text()
                                    + (folder / "dsa.key").read_text())
    openssl("dhparam", "-dsaparam", "-out", str(folder / "dh.pem"), "2048")
    openssl("pkcs12", "-export", "-in", str(folder / "dsa.pem"), "-passout", "pass:",
            "-out", str(folder / "dsa.p12"))
    (folder / "ca.conf").write_text("[ca]\ndefault_ca = this\n[this]\ndefault_md = sha256\n"
                                    f"default_crl_days = 9\ndatabase = {folder}/index.txt\n")
    (folder / "index.txt").touch()
    openssl("ca", "-gencrl", "-config", str(folder / "ca.conf"), "-cert", str(folder / "dsa.crt"),
            "-keyfile", str(folder / "dsa.key"), "-out", str(folder / "crl.pem"))
    (folder / "secret").write_text("0123456789abcdef" * 4 + "\n")
    (folder / "secret").chmod(0o600)
    known = {"ca": pki.ca, "pki": pki.folder, "dh": folder / "dh.pem", "dsa": folder / "dsa.pem",
             "p12": folder / "dsa.p12", "crl": folder / "crl.pem", "secret": folder / "secret"}

    def fill(value: str) -> str:
        for name, path in known.items():
            value = value.replace("{" + name + "}", str(path))
        return value
    return fill


def test_no_directive_is_missing():
    assert len(CONTEXTS) > 30
    assert set(VALUES) == set(CONTEXTS)


def in_section(section: str, line: str) -> str:
    begin, end = SECTIONS[section]
    return f"{begin}\n{line}\n{end}\n"


@pytest.mark.parametrize("name", sorted(CONTEXTS))
def test_a_directive_in_each_context(daemon, pki, fill, name):
    line = fill(f"{name} {VALUES[name]}")
    for section in SECTIONS:
        # a key or certificate alone would be another fault
        server = daemon.prepare(in_section(section, line), engine=False)
        outcome = server.check()
        if section in CONTEXTS[name]:
            assert outcome.status == 0, f"{section}: {outcome.stderr}"
        else:
            assert outcome.status == 1, section
            assert f"{name}: directive not allowed in " in outcome.stderr


def test_in_ftpaccess_only_what_the_table_allows_is_taken(daemon, fill):
    """What is not is told in the log, and the session goes on."""
    server = daemon("AllowOverride on")
    for name in CONTEXTS:
        folder = server.home / name
        folder.mkdir()
        folder.chmod(0o755)
        (folder / ".ftpaccess").write_text(fill(f"{name} {VALUES[name]}\n"))
    with server.ftps() as ftp:
        for name in CONTEXTS:
            ftp.expect(f"CWD {name}", 250)
            ftp.expect("CWD ..", 250)
    refused = set(re.findall(r"(TLS\w+): directive not allowed in \.ftpaccess",
                             server.system_log.text()))
    assert refused == {name for name, where in CONTEXTS.items() if "kFtpaccess" not in where}
    assert refused == set(CONTEXTS) - {"TLSRequired"}
