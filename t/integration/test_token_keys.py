# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Keys in a PKCS#11 token (SoftHSM), by URI, through OpenSSL's provider "pkcs11".

Debian has that provider from release 13 on; where it is missing, the start says so.
"""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from make_pki import openssl

pytestmark = [pytest.mark.differs_from_original("the packaged original knows no URIs"),
              pytest.mark.needs_root("the token belongs to the daemon")]
VERSIONS = pytest.mark.parametrize("version", ("1.2", "1.3"))
PIN = "271828"
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
MODULES = subprocess.run(["openssl", "version", "-m"], capture_output=True, text=True,
                         check=True).stdout.split('"')[1]
HAVE_TOKENS = SOFTHSM.exists() and (Path(MODULES) / "pkcs11.so").exists()


def uri(name: str, pin: str = "") -> str:
    return f"pkcs11:token=ftp;object={name};type=private{f'?pin-value={pin}' if pin else ''}"


@pytest.fixture(name="token", scope="module")
def make_token(run_folder, pki):
    """A token with the keys of the tests' RSA and EC certificates; the environment to use it."""
    folder = run_folder / "token"
    folder.mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n")
    environment = {"SOFTHSM2_CONF": str(folder / "softhsm2.conf"),
                   "PKCS11_PROVIDER_MODULE": str(SOFTHSM)}

    def tool(*args: str) -> None:
        subprocess.run(["softhsm2-util", *args, "--pin", PIN], check=True, capture_output=True,
                       env=os.environ | environment)
    tool("--init-token", "--free", "--label", "ftp", "--so-pin", PIN)
    for number, name in enumerate(("rsa", "ec"), 1):
        openssl("pkcs8", "-topk8", "-nocrypt", "-in", str(getattr(pki, name).key),
                "-out", f"{folder}/{name}.key")
        tool("--import", f"{folder}/{name}.key", "--token", "ftp", "--label", name,
             "--id", f"0{number}")
    for path in (folder, *folder.rglob("*")):  # sessions use it with the rights of User
        shutil.chown(path, "proftpd")
    return environment


@pytest.fixture(name="prepared")
def prepare(daemon, request):
    def make(*directives: str):
        server = daemon.prepare(*directives, certificate=None)
        if HAVE_TOKENS:
            server.environment |= request.getfixturevalue("token")
        return server
    return make


def refused_without_provider(server) -> None:
    outcome = server.check()
    assert outcome.status == 1
    assert "the OpenSSL provider 'pkcs11' cannot be loaded; install it" in outcome.stderr
    assert PIN not in outcome.stderr


@VERSIONS
@pytest.mark.parametrize("name", ("rsa", "ec"))
def test_a_key_in_a_token(prepared, pki, name, version):
    server = prepared(f"TLS{name.upper()}CertificateFile {getattr(pki, name).certificate}",
                      f"TLS{name.upper()}CertificateKeyFile {uri(name, PIN)}")
    if not HAVE_TOKENS:
        refused_without_provider(server)
        return
    server.start()
    for _ in range(2):
        with server.ftps(version=version) as ftp:
            assert ftp.store("a", b"text").code == 226
            assert ftp.retrieve("a") == b"text"
    server.reload()
    with server.ftps(version=version) as ftp:
        assert ftp.store("a", b"text").code == 226
    assert PIN not in server.system_log.text() + server.tls_log.text()


def test_a_program_gives_the_pin(prepared, pki, tmp_path):
    program = tmp_path / "pin"
    program.write_text(f"#!/bin/sh\necho {PIN}\n")
    program.chmod(0o700)
    server = prepared(f"TLSPassPhraseProvider {program}",
                      f"TLSECCertificateFile {pki.ec.certificate}",
                      f"TLSECCertificateKeyFile {uri('ec')}")
    if not HAVE_TOKENS:
        refused_without_provider(server)
        return
    assert "Enter PIN" not in server.check().stderr  # the provider's own dialogue
    server.start()
    with server.ftps() as ftp:
        assert ftp.store("a", b"text").code == 226


def test_a_token_that_is_gone_ends_the_handshake_at_once(prepared, pki):
    server = prepared(f"TLSECCertificateFile {pki.ec.certificate}",
                      f"TLSECCertificateKeyFile {uri('ec', PIN)}")
    if not HAVE_TOKENS:
        refused_without_provider(server)
        return
    server.start()
    settings_file = Path(server.environment["SOFTHSM2_CONF"])
    elsewhere = settings_file.rename(settings_file.with_suffix(".away"))
    try:
        with server.ftp() as ftp:
            ftp.cmd("AUTH TLS")
            ftp.failing_handshake()
    finally:
        elsewhere.rename(settings_file)
    server.tls_log.wait_for("error: error loading TLSECCertificateKeyFile 'pkcs11:")
    assert PIN not in server.tls_log
    with server.ftps() as ftp:
        assert ftp.store("a", b"text").code == 226


def test_stapling_for_a_key_in_a_token(prepared, pki):
    """The process that fetches responses lets go of the key, and lives."""
    server = prepared("TLSStapling on", "TLSStaplingResponder http://127.0.0.1:1/",
                      f"TLSCertificateChainFile {pki.ca}",
                      f"TLSECCertificateFile {pki.ec.certificate}",
                      f"TLSECCertificateKeyFile {uri('ec', PIN)}")
    if not HAVE_TOKENS:
        refused_without_provider(server)
        return
    server.start()
    server.system_log.wait_for("cannot connect to 127.0.0.1")
    with server.ftps() as ftp:
        assert ftp.store("a", b"text").code == 226


def test_a_key_in_a_token_and_tls_after_the_login(prepared, pki):
    server = prepared("TLSOptions AllowPerUser", f"TLSECCertificateFile {pki.ec.certificate}",
                      f"TLSECCertificateKeyFile {uri('ec', PIN)}")
    outcome = server.check()
    assert outcome.status == 1
    assert "'TLSOptions AllowPerUser' lets clients begin TLS after the login" in outcome.stderr
    assert PIN not in outcome.stderr


@pytest.mark.parametrize("name, pin, message", (
    ("nothing", PIN, "no private key found"), ("ec", "314159", "TLSECCertificateKeyFile"),
    ("rsa", PIN, "TLSECCertificateKeyFile")), ids=("no-key", "wrong-pin", "of-another"))
def test_a_token_without_that_key(prepared, pki, name, pin, message):
    server = prepared(f"TLSECCertificateFile {pki.ec.certificate}",
                      f"TLSECCertificateKeyFile {uri(name, pin)}")
    outcome = server.check()
    assert outcome.status == 1
    assert pin not in outcome.stderr
    expected = message if HAVE_TOKENS else "the OpenSSL provider 'pkcs11' cannot be loaded"
    assert expected in outcome.stderr
