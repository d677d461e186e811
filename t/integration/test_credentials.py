# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Certificates and keys of every kind: what is served to whom, and what stops the start."""
import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from harness.pki import Credential, der
from make_pki import openssl

VERSIONS = pytest.mark.parametrize("version", ("1.2", "1.3"))
new_here = pytest.mark.differs_from_original("directives and keys that the original does not have")


def any_type(credential: Credential) -> Credential:
    """The same files, by the directives that take any type."""
    return replace(credential, kind="")


def concatenated(path, *parts) -> None:
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    path.chmod(0o600)


@pytest.fixture(scope="module")
def dsa(tmp_path_factory, pki) -> Credential:
    folder = tmp_path_factory.mktemp("dsa")
    openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:2048",
            "-pkeyopt", "dsa_paramgen_q_bits:256", "-out", f"{folder}/dsa.param")
    openssl("genpkey", "-paramfile", f"{folder}/dsa.param", "-out", f"{folder}/dsa.key")
    openssl("req", "-new", "-x509", "-key", f"{folder}/dsa.key", "-days", "30", "-subj", "/CN=dsa",
            "-CA", str(pki.ca), "-CAkey", str(pki.folder / "ca.key"), "-out", f"{folder}/dsa.crt")
    return Credential("DSA", folder / "dsa.crt", folder / "dsa.key")


# --- types of keys --------------------------------------------------------------------------------


@new_here
@VERSIONS
@pytest.mark.parametrize("name", ("rsa", "ec", "ed25519", "ed448"))
def test_the_type_is_read_from_the_file(daemon, pki, name, version):
    credential = getattr(pki, name)
    server = daemon(certificate=any_type(credential))
    with server.ftps(version=version) as ftp:
        assert ftp.stream.peer_certificate == der(credential.certificate)
        assert ftp.store("a", b"text").code == 226
        assert ftp.retrieve("a") == b"text"


def test_dsa_is_served_to_who_asks_for_it(daemon, dsa):
    server = daemon("TLSCipherSuite ALL:@SECLEVEL=1", certificate=dsa)
    outcome = server.s_client("-tls1_2", "-cipher", "aDSS:@SECLEVEL=1")
    assert "DHE-DSS-AES256-GCM-SHA384" in outcome.stdout
    assert "Verify return code: 0 (ok)" in outcome.stdout


@VERSIONS
def test_r2_rsa_and_ec_together_and_the_client_chooses(daemon, pki, version):
    """The howto of today."""
    server = daemon("TLSProtocol TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", "TLSRequired off",
                    f"TLSCACertificateFile {pki.ca}", "TLSVerifyClient off", "TLSRenegotiate none",
                    certificate=(pki.rsa, pki.ec))
    for algorithms, kind in (("rsa_pss_rsae_sha256", "RSA"), ("ECDSA+SHA256", "ECDSA")):
        outcome = server.s_client(f"-tls{version.replace('.', '_')}", "-sigalgs", algorithms).ok()
        signature = "Peer signature type: " + ("RSA-PSS" if kind == "RSA" else kind)
        assert signature in outcome.stdout
        assert "Verify return code: 0 (ok)" in outcome.stdout
    with server.ftp() as ftp:  # TLS is not required
        ftp.login()


def test_r3_looking_with_s_client(daemon, pki):
    """The chain as it is sent, no CA names where no client certificate is wanted, the banner."""
    server = daemon("TLSVerifyClient off", certificate=(pki.rsa_chained, pki.ec_chained))
    outcome = server.s_client("-showcerts", commands="NOOP\r\nQUIT\r\n").ok()
    assert outcome.stdout.count("BEGIN CERTIFICATE") == 2
    assert "i:CN = test intermediate" in outcome.stdout
    assert "No client certificate CA names sent" in outcome.stdout
    assert "221 Goodbye" in outcome.stdout


def known_types() -> list[str]:
    """Of types that came late, those that this OpenSSL can sign with (ML-DSA: 3.5)."""
    listed = subprocess.run(["openssl", "list", "-signature-algorithms"], capture_output=True,
                            text=True, check=True).stdout
    return [name for name in ("ED25519", "ML-DSA-44", "ML-DSA-65") if name in listed]


@new_here
@pytest.mark.parametrize("name", known_types())
def test_a_late_type_beside_an_old_one(daemon, pki, tmp_path, name):
    openssl("req", "-x509", "-nodes", "-newkey", name, "-days", "30", "-subj", "/CN=late",
            "-addext", "subjectAltName=IP:127.0.0.1", "-CA", str(pki.ca), "-CAkey",
            str(pki.folder / "ca.key"), "-keyout", f"{tmp_path}/late.key", "-out",
            f"{tmp_path}/late.crt")
    late = Credential("", tmp_path / "late.crt", tmp_path / "late.key")
    server = daemon(certificate=(any_type(pki.rsa), late))
    signature = name.lower().replace("-", "")
    for algorithms, wanted in ((signature, "CN = late"), ("rsa_pss_rsae_sha256", "CN = rsa")):
        outcome = server.s_client("-tls1_3", "-sigalgs", algorithms).ok()
        assert f"subject={wanted}" in outcome.stdout
    with server.ftps(version="1.3") as ftp:
        assert ftp.store("a", b"text").code == 226


@new_here
@VERSIONS
def test_three_types_at_once(daemon, pki, version):
    server = daemon(certificate=(any_type(pki.rsa), any_type(pki.ec), pki.ed25519))
    for algorithms, wanted in (("rsa_pss_rsae_sha256", pki.rsa), ("ECDSA+SHA256", pki.ec),
                               ("ed25519", pki.ed25519)):
        outcome = server.s_client(f"-tls{version.replace('.', '_')}", "-sigalgs", algorithms,
                                  "-showcerts").ok()
        assert wanted.certificate.read_text().split("-----")[2].strip() in outcome.stdout


@new_here
def test_two_certificates_for_one_type_stop_the_start(check_config, pki):
    result = check_config(certificate=(any_type(pki.ec), any_type(pki.ec2)))
    assert result.status == 1
    assert f"TLSCertificateFile '{pki.ec.certificate}'" in result.stderr
    assert f"TLSCertificateFile '{pki.ec2.certificate}'" in result.stderr
    assert "remove one of them" in result.stderr


@new_here
@VERSIONS
def test_a_pair_of_a_class_takes_the_place_of_the_one_of_its_type(daemon, pki, version):
    pair = any_type(pki.ec2).directives().split("\n")
    server = daemon("<Class near>", "  From 127.0.0.0/8", "</Class>",
                    "<IfClass near>", *pair, "</IfClass>", modules=("mod_ifsession.c",),
                    certificate=(any_type(pki.rsa), any_type(pki.ec)))
    for algorithms, wanted in (("rsa_pss_rsae_sha256", pki.rsa), ("ECDSA+SHA256", pki.ec2)):
        outcome = server.s_client(f"-tls{version.replace('.', '_')}", "-sigalgs", algorithms,
                                  "-showcerts").ok()
        assert wanted.certificate.read_text().split("-----")[2].strip() in outcome.stdout


# --- chains ---------------------------------------------------------------------------------------


@pytest.mark.differs_from_original("the original sends the first certificate of a file only")
@VERSIONS
@pytest.mark.parametrize("kind", ("", "EC"))
def test_a_full_chain_file_needs_no_chain_file(daemon, pki, run_folder, kind, version):
    full = run_folder / f"fullchain-{kind}-{version}.pem"
    concatenated(full, pki.ec_chained.certificate, pki.chain_file)
    server = daemon(certificate=Credential(kind, full, pki.ec_chained.key))
    with server.ftps(version=version) as ftp:  # the client knows the root only
        assert ftp.store("a", b"text").code == 226


@pytest.mark.differs_from_original("the original sends the first certificate of a file only")
def test_each_certificate_has_a_chain_of_its_own(daemon, pki, run_folder):
    full = run_folder / "fullchain-own.pem"
    concatenated(full, pki.ec_chained.certificate, pki.chain_file)
    server = daemon(certificate=(Credential("EC", full, pki.ec_chained.key), pki.rsa))
    for algorithms, length in (("ECDSA+SHA256", 2), ("rsa_pss_rsae_sha256", 1)):
        outcome = server.s_client("-tls1_2", "-showcerts", "-sigalgs", algorithms).ok()
        assert outcome.stdout.count("BEGIN CERTIFICATE") == length
        assert "Verify return code: 0 (ok)" in outcome.stdout


@VERSIONS
@pytest.mark.parametrize("kind, name", (
    ("RSA", "rsa"), ("EC", "ec"),
    pytest.param("", "ec", marks=new_here), pytest.param("", "ed25519", marks=new_here)))
def test_r34_key_and_certificate_in_one_file(daemon, pki, run_folder, kind, name, version):
    credential = getattr(pki, name)
    both = run_folder / f"both-{kind}-{name}-{version}.pem"
    concatenated(both, credential.key, credential.certificate)
    server = daemon(certificate=Credential(kind, both))
    with server.ftps(version=version) as ftp:
        assert ftp.store("a", b"text").code == 226


@VERSIONS
def test_r38_self_signed_pasted_and_tls_optional(daemon, tmp_path, version):
    openssl("req", "-new", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "365", "-subj",
            "/CN=nas", "-keyout", f"{tmp_path}/nas.key", "-out", f"{tmp_path}/nas.crt")
    pasted = (tmp_path / "nas.crt").read_text().replace("\n", "\r\n") + "\r\n\r\n"
    (tmp_path / "nas.crt").write_text("pasted from a form:\r\n" + pasted)
    server = daemon("TLSRequired off",
                    certificate=Credential("RSA", tmp_path / "nas.crt", tmp_path / "nas.key"))
    with server.ftps(ca=tmp_path / "nas.crt", version=version) as ftp:
        assert ftp.store("tls", b"x").code == 226
    with server.ftp() as ftp:
        ftp.login()
        assert ftp.store("clear", b"x").code == 226


# --- renewal --------------------------------------------------------------------------------------


@new_here
def test_a_full_chain_of_any_type_is_renewed_without_a_reload(daemon, pki, run_folder):
    folder = run_folder / "renewal-any"
    current = any_type(pki.ec.copy_to(folder))
    server = daemon(certificate=current)
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
    shutil.copy(pki.ed25519.key, current.key)
    with server.ftps() as ftp:  # the key has gone ahead
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
    shutil.copy(pki.ed25519.certificate, current.certificate)
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.ed25519.certificate)


# --- what stops the start -------------------------------------------------------------------------


@pytest.mark.differs_from_original("the original finds out in each session")
@pytest.mark.parametrize("kind, certificate", (("RSA", "rsa"), ("EC", "ec"), ("DSA", "ec"),
                                               ("", "ec")))
def test_r26_key_without_its_certificate(check_config, pki, kind, certificate):
    key = getattr(pki, certificate).key
    result = check_config(f"TLS{kind}CertificateKeyFile {key}", certificate=None)
    assert result.status == 1
    assert f"TLS{kind}CertificateKeyFile '{key}' is configured without" in result.stderr
    assert f"without TLS{kind}CertificateFile" in result.stderr


@pytest.mark.differs_from_original("there the status is 0")
@pytest.mark.parametrize("kind", ("EC", ""))
def test_q32_a_start_that_cannot_work_ends_with_a_status(check_config, pki, kind):
    result = check_config(certificate=replace(pki.mismatched, kind=kind))
    assert result.status == 1
    assert f"TLS{kind}CertificateKeyFile '{pki.mismatched.key}'" in result.stderr


@pytest.mark.differs_from_original("there each session reads certificates and keys again")
def test_q48_a_session_opens_no_certificate(daemon, pki, run_folder):
    """Files that nobody can read any more, with the same time stamps, are not missed."""
    current = pki.ec.copy_to(run_folder / "once")
    server = daemon(certificate=current)
    before = current.key.stat()
    with open(current.key, "r+b") as key:
        key.write(b"\0" * before.st_size)
    os.utime(current.key, ns=(before.st_atime_ns, before.st_mtime_ns))
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


@VERSIONS
def test_q23_links_are_followed_to_the_renewed_files(daemon, pki, run_folder, version):
    """The layout of ACME clients: links to files of which there is a new one with each renewal."""
    live = run_folder / f"live-{version}"
    live.mkdir()
    certificate, key = live / "fullchain.pem", live / "privkey.pem"
    certificate.symlink_to(pki.ec.certificate)
    key.symlink_to(pki.ec.key)
    server = daemon(certificate=Credential("EC", certificate, key))
    with server.ftps(version=version) as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
    for link, target in ((certificate, pki.ec2.certificate), (key, pki.ec2.key)):
        link.unlink()
        link.symlink_to(target)
    with server.ftps(version=version) as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec2.certificate)
