# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Files that cannot be what a directive takes them for: every directive, every kind of file.

`proftpd -t` tells each with its line, ends with a status, and shows nothing of what is in them.
"""
import pytest

from harness.pki import Credential

pytestmark = pytest.mark.differs_from_original("told for each file, when the server starts")
SECRET = "hunter2"

# What names a file of which something is needed before the server serves.
DIRECTIVES = (
    "TLSCACertificateFile", "TLSCARevocationFile", "TLSCertificateChainFile",
    "TLSCertificateFile", "TLSCertificateKeyFile", "TLSDHParamFile", "TLSDSACertificateFile",
    "TLSDSACertificateKeyFile", "TLSECCertificateFile", "TLSECCertificateKeyFile",
    "TLSPKCS12File", "TLSRSACertificateFile", "TLSRSACertificateKeyFile")
# Whose files may have any bytes: not too few, and not too many.
SECRETS = ("TLSCacheSecretFile", "TLSSessionTicketKeys file")
DIRECTORIES = ("TLSCACertificatePath", "TLSCARevocationPath")


def pem(label: str, body: str) -> str:
    return f"-----BEGIN {label}-----\n{body}\n"


@pytest.fixture(name="bad", scope="module")
def make_bad_files(run_folder, pki):
    """Paths by what is wrong with them."""
    folder = run_folder / "bad-files"
    folder.mkdir()
    whole = pki.rsa.certificate.read_bytes() + pki.rsa.key.read_bytes()
    contents = {
        "empty": b"", "zeros": b"\0" * 1000, "noise": SECRET.encode() * 1_500_000,
        "cut": pki.rsa.certificate.read_bytes()[:300], "cut-key": pki.rsa.key.read_bytes()[:300],
        "label": pem("PRIVATE KEY", SECRET).encode() + pem("CERTIFICATE", SECRET).encode(),
        "nul-inside": whole.replace(b"MI", b"M\0I")}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return [*(folder / name for name in contents), folder, folder / "missing", "relative"]


@pytest.mark.parametrize("directive", DIRECTIVES + SECRETS)
def test_every_bad_file_is_told(check_config, bad, directive):
    if directive in SECRETS:
        bad = [path for path in bad if path == "relative" or path.name not in (
            "zeros", "cut", "cut-key", "label", "nul-inside")]
    result = check_config(*(f"{directive} {path}" for path in bad), certificate=None)
    assert result.status == 1
    lines = result.stderr.splitlines()
    for path in bad:
        what = "must be an absolute path" if path == "relative" else f"'{path}'"
        told = [line for line in lines if f"fatal: {directive.split()[0]}: " in line]
        assert any(what in line for line in told), path
    assert SECRET not in result.stderr


@pytest.mark.parametrize("directive", DIRECTORIES)
def test_every_bad_directory_is_told(check_config, bad, directive):
    paths = [path for path in bad if path == "relative" or not path.is_dir()]
    result = check_config(*(f"{directive} {path}" for path in paths), certificate=None)
    assert result.status == 1
    assert result.stderr.count(f"fatal: {directive}: ") == len(paths)
    assert SECRET not in result.stderr


@pytest.mark.parametrize("kind, first, second", (("RSA", "rsa", "rsa2"), ("EC", "ec", "ec2"),
                                                 ("", "rsa", "ec"), ("", "ed25519", "ec")))
def test_the_key_of_another_certificate(check_config, pki, kind, first, second):
    key = getattr(pki, second).key
    result = check_config(certificate=Credential(kind, getattr(pki, first).certificate, key))
    assert result.status == 1
    assert f"TLS{kind}CertificateKeyFile '{key}'" in result.stderr


@pytest.mark.parametrize("kind, name", (("RSA", "rsa"), ("EC", "ec"), ("", "ed25519")))
@pytest.mark.parametrize("mode, told", ((0o600, False), (0o640, False), (0o644, True),
                                        (0o602, True)))
def test_a_key_that_others_can_read_is_a_notice(check_config, pki, run_folder, kind, name, mode,
                                                told):
    credential = getattr(pki, name).copy_to(run_folder / f"open-{name}-{mode:o}")
    credential.key.chmod(mode)
    result = check_config(certificate=Credential(kind, credential.certificate, credential.key))
    assert result.status == 0
    assert (f"'{credential.key}'" in result.stderr) == told
