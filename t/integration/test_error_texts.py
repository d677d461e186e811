# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What each directive answers to what it cannot use: the texts that admins search for.

One configuration has all of them, since all are told at once.
"""
import re

import pytest

ABSOLUTE = "parameter must be an absolute path"
BOOLEAN = "expected Boolean parameter"
MISSING = "missing parameters"
WORDS = "wrong number of parameters"
CA_FILES = ("TLSCACertificateFile", "TLSCARevocationFile", "TLSCertificateChainFile")
CERTIFICATES = ("TLSRSACertificateFile", "TLSECCertificateFile", "TLSDSACertificateFile")
KEYS = tuple(name.replace("File", "KeyFile") for name in CERTIFICATES)

TEXTS = (
    *((f"{name} {{empty}}", "unable to use '{empty}': file contained no ") for name in CA_FILES),
    *((f"{name} {{dir}}/none", "unable to use '{dir}/none': No such file") for name in CA_FILES),
    *((f"{name} {{noise}}", "unable to use '{noise}': ") for name in CA_FILES),
    *((f"{name} relative.pem", ABSOLUTE) for name in CA_FILES),
    ("TLSCACertificatePath {empty}", "parameter must be a directory path"),
    ("TLSCACertificatePath relative", ABSOLUTE),
    ("TLSCARevocationPath {empty}", "parameter must be a directory path"),
    ("TLSCARevocationPath {dir}/none", "parameter must be a directory path"),
    ("TLSCipherSuite NOSUCH", "unable to use ciphersuite 'NOSUCH:!EXPORT': "),
    ("TLSCipherSuite TLSv1.3 NOSUCH", "unable to use ciphersuite 'NOSUCH': "),
    ("TLSCipherSuite SSLv3 HIGH", "unknown/unsupported protocol specifier: SSLv3"),
    ("TLSCipherSuite TLSv1 HIGH", "unknown/unsupported protocol specifier: TLSv1"),
    ("TLSCipherSuite TLS_AES_128_GCM_SHA256",
     "use of TLSv1.3 ciphersuite in 'TLS_AES_128_GCM_SHA256' requires protocol parameter; use "
     "'TLSCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256'"),
    ("TLSCipherSuite TLSv1.3 A B", WORDS),
    ("TLSControlsACLs all maybe user root", "second parameter must be 'allow' or 'deny'"),
    ("TLSControlsACLs all allow host root", "third parameter must be 'user' or 'group'"),
    ("TLSControlsACLs burn allow user root", "unknown action: 'burn'"),
    ("TLSCryptoDevice ../evil", "bad name of a provider: '../evil'"),
    ("TLSDHParamFile {dir}/none", "'{dir}/none'"),
    ("TLSDHParamFile relative.pem", ABSOLUTE),
    *((f"{name} relative.pem", ABSOLUTE) for name in (*CERTIFICATES, *KEYS)),
    ("TLSDSACertificateFile {empty}", "unable to use '{empty}': "),
    ("TLSRSACertificateFile {empty}", "'{empty}' does not exist or does not contain a certificate"),
    ("TLSECCertificateFile {dir}/none",
     "'{dir}/none' does not exist or does not contain a certificate"),
    *((f"{name} {{dir}}/none", "unable to use '{dir}/none': ") for name in KEYS),
    *((f"{name} {{noise}}", "unable to use '{noise}': ") for name in KEYS),
    ("TLSECDHCurve nope", "unable to use ECDH curves 'nope': "),
    ("TLSEngine maybe", BOOLEAN),
    ("TLSMasqueradeAddress no.such.host.invalid", 'unable to resolve "no.such.host.invalid"'),
    ("TLSNextProtocol maybe", BOOLEAN),
    ("TLSOptions", WORDS),
    ("TLSOptions stdEnvVars", "unknown TLSOption 'stdEnvVars'"),
    ("TLSPKCS12File {dir}/none", "'{dir}/none' does not exist"),
    ("TLSPKCS12File relative.p12", ABSOLUTE),
    ("TLSPreSharedKey alice base64:x", "unsupported TLSPreSharedKey format: 'base64:x'"),
    ("TLSPreSharedKey alice", MISSING),
    ("TLSProtocol", WORDS),
    ("TLSProtocol TLSv2", "unknown protocol: 'TLSv2'"),
    ("TLSProtocol TLSv1.2 ALL", "unknown protocol: 'ALL'"),
    ("TLSProtocol ALL +SSLv23", "unknown protocol: '+SSLv23'"),
    ("TLSProtocol ALL TLSv1", "missing required +/- prefix: TLSv1"),
    ("TLSPassPhraseProvider relative", "must be a full path: 'relative'"),
    ("TLSPassPhraseProvider {dir}/none", "error checking '{dir}/none': No such file or directory"),
    ("TLSPassPhraseProvider {dir}", "unable to use '{dir}': Not a regular file"),
    ("TLSRenegotiate", WORDS),
    ("TLSRenegotiate ctrl 1 data 2 timeout 3 required on ctrl 5", WORDS),
    ("TLSRenegotiate data x", "data must be valid number: 'x'"),
    ("TLSRenegotiate required maybe", "required must be a Boolean value: 'maybe'"),
    ("TLSRenegotiate timeout 0", "timeout must be greater than zero: '0'"),
    ("TLSRenegotiate never 1", ": unknown TLSRenegotiate argument 'never'"),
    ("TLSRequired Ctrl", "bad parameter"),
    ("TLSServerCipherPreference maybe", BOOLEAN),
    ("TLSServerInfoFile relative", ABSOLUTE),
    ("TLSSessionCache", WORDS),
    ("TLSSessionCache on", "badly formatted parameter"),
    ("TLSSessionCache nope:x", "session cache type 'nope' not available"),
    ("TLSSessionCache Internal:", "session cache type 'Internal' not available"),
    ("TLSSessionCache internal: soon", "'soon' is not a valid timeout value"),
    ("TLSSessionCache internal: 0", "timeout be greater than 1"),
    ("TLSSessionTicketKeys age", WORDS),
    ("TLSSessionTicketKeys age soon", "error parsing age value 'soon': "),
    ("TLSSessionTicketKeys age 30s", "max key age must be at least 60sec"),
    ("TLSSessionTicketKeys count -1", "error parsing count value '-1': "),
    ("TLSSessionTicketKeys count 1", "max key count must be at least "),
    ("TLSSessionTicketKeys size 3", "unknown parameter: size"),
    ("TLSSessionTickets maybe", BOOLEAN),
    ("TLSStapling maybe", BOOLEAN),
    ("TLSStaplingCache on", "badly formatted parameter"),
    ("TLSStaplingCache nope:x", "OCSP stapling cache type 'nope' not available"),
    ("TLSStaplingCache", MISSING),
    ("TLSStaplingOptions", WORDS),
    ("TLSStaplingOptions nononce", "unknown TLSStaplingOption 'nononce'"),
    ("TLSStaplingResponder foo", "error parsing URL 'foo': "),
    ("TLSStaplingTimeout soon", "error parsing timeout value 'soon': "),
    ("TLSTimeoutHandshake soon", "error parsing timeout value 'soon': "),
    ("TLSVerifyClient maybe", BOOLEAN),
    ("TLSVerifyDepth -1", "depth must be zero or greater"),
    ("TLSVerifyOrder first", "unsupported verification mechanism 'first' requested"),
    ("TLSVerifyOrder", WORDS),
    ("TLSVerifyServer maybe", BOOLEAN),
)


@pytest.fixture(name="said", scope="module")
def make_said(shared_daemon):
    """What is said on each line, and the names of the files in them."""
    server = shared_daemon.prepare(engine=False, certificate=None)
    empty, noise = server.folder / "empty.pem", server.folder / "noise.pem"
    empty.touch()
    noise.write_bytes(b"\xff\0-----BEGIN" * 10_000)
    files = {"empty": empty, "noise": noise, "dir": server.folder}
    lines = [fill(line, files) for line, _ in TEXTS]
    server.config_file.write_text(server.config_file.read_text() + "\n".join(lines) + "\n")
    outcome = server.check()
    assert outcome.status == 1
    first = len(server.config_file.read_text().splitlines()) - len(lines) + 1
    told = {int(number) - first: (name, text) for name, text, number in re.findall(
        r"fatal: (\w+): (.*) on line (\d+) of ", outcome.stderr)}
    return told, files


def fill(text: str, files) -> str:
    for name, path in files.items():
        text = text.replace("{" + name + "}", str(path))
    return text


@pytest.mark.differs_from_original("the original stops at the first")
@pytest.mark.parametrize("number", range(len(TEXTS)), ids=lambda n: TEXTS[n][0])
def test_the_text(said, number):
    told, files = said
    line, expected = TEXTS[number]
    name, text = told[number]
    assert name == line.split()[0]
    assert fill(expected, files) in text
