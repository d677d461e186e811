# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Revoked client certificates: CRL files and directories, renewed, expired, missing, forged."""
import os

import pytest

from harness.client_pki import Authority, admitted, presenting, refused, rehash

YESTERDAY = ("-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200102000000Z")
SOME_DAY = ("-crl_lastupdate", "20450101000000Z", "-crl_nextupdate", "20450102000000Z")
FAILED = "client certificate failed verification: "
VERSIONS = ("1.2", "1.3")


@pytest.fixture(name="ca")
def make_ca(tmp_path):
    """A CA with alice, who is in good standing, and bob, who is revoked."""
    ca = Authority(tmp_path, "crl root")
    ca.alice, ca.bob = ca.issue("alice"), ca.issue("bob")
    ca.revoke("bob")
    return ca


def replace(path, source) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(source.read_bytes())
    os.replace(fresh, path)


def directives(ca, crl, verify="on") -> tuple[str, ...]:
    return (f"TLSVerifyClient {verify}", f"TLSCACertificateFile {ca.certificate}",
            f"TLSCARevocationFile {crl}")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("verify", ("on", "optional"))
def test_upstream_2825_who_is_revoked_is_refused_and_others_are_not(daemon, ca, version, verify):
    server = daemon(*directives(ca, ca.crl(), verify))
    assert "alert" in refused(server, presenting(server, ca.bob, version))
    server.tls_log.wait_for(FAILED + "certificate revoked")
    server.tls_log.wait_for("CRL: Issuer: CN = crl root, lastUpdate: ")
    admitted(server, presenting(server, ca.alice, version)).close()


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_4468_a_renewed_crl_counts_without_a_reload_and_ends_sessions(daemon, ca, version):
    crl = ca.crl()
    server = daemon(*directives(ca, crl))
    context = presenting(server, ca.alice, version)
    with admitted(server, context) as ftp:
        session = ftp.sessions[-1]
        ca.revoke("alice")
        replace(crl, ca.crl(name="next.pem"))
        assert ftp.store("still", b"here").code == 226  # a session that runs
        with server.ftp(context=context) as again:
            again.expect("AUTH TLS", 234)
            with pytest.raises((OSError, ConnectionError)):
                again.handshake(session)
                again.cmd("NOOP")
    server.tls_log.wait_for(FAILED + "certificate revoked")


@pytest.mark.parametrize("content", (b"", b"garbage", None))
def test_a_crl_that_cannot_be_read_keeps_the_last_good_one(daemon, ca, content):
    crl = ca.crl()
    server = daemon(*directives(ca, crl))
    if content is None:
        crl.unlink()
    else:
        crl.write_bytes(content)
    admitted(server, presenting(server, ca.alice)).close()
    refused(server, presenting(server, ca.bob))
    server.tls_log.wait_for(f"keeping the last good ones: TLSCARevocationFile: unable to use "
                            f"'{crl}'")


@pytest.mark.parametrize("dates, what, reason", (
    (YESTERDAY, "has expired", "CRL has expired"),
    (SOME_DAY, "is not yet valid", "CRL is not yet valid")))
def test_q12_a_crl_of_another_time_proves_nothing(daemon, ca, dates, what, reason):
    server = daemon(*directives(ca, ca.crl(*dates)))
    notice = server.check().stderr
    assert "CN = crl root" in notice and what in notice
    refused(server, presenting(server, ca.alice))
    server.tls_log.wait_for(FAILED + reason)
    server.tls_log.wait_for("all certificates until an updated CRL is obtained")
    server.tls_log.wait_for(f"lastUpdate: Jan  1 00:00:00 {dates[1][:4]} GMT")


def test_upstream_858_859_860_861_each_ca_needs_its_crl_which_is_named(daemon, ca, tmp_path):
    middle = Authority(tmp_path, "crl middle", ca)
    carol = middle.issue("carol", chain=middle.certificate.read_bytes())
    crls = tmp_path / "crls.pem"
    crls.write_bytes(ca.crl().read_bytes())
    server = daemon(*directives(ca, crls))
    refused(server, presenting(server, carol))
    server.tls_log.wait_for(FAILED + "unable to get certificate CRL")
    server.tls_log.wait_for("no CRL of issuer 'CN = crl middle' found: TLSCARevocationFile or "
                            "TLSCARevocationPath must have one of each CA")
    crls.write_bytes(ca.crl().read_bytes() + middle.crl().read_bytes())
    admitted(server, presenting(server, carol)).close()


@pytest.mark.parametrize("how", ("file", "path"))
def test_upstream_1960_crls_of_several_cas_all_count(daemon, tmp_path, how):
    cas = [Authority(tmp_path, f"root {number}") for number in range(3)]
    good = [ca.issue("good") for ca in cas]
    bad = [ca.issue("bad") for ca in cas]
    for ca in cas:
        ca.revoke("bad")
    trusted = tmp_path / "cas.pem"
    trusted.write_bytes(b"".join(ca.certificate.read_bytes() for ca in cas))
    if how == "file":
        place = tmp_path / "crls.pem"
        place.write_bytes(b"".join(ca.crl().read_bytes() for ca in cas))
        directive = f"TLSCARevocationFile {place}"
    else:
        directive = f"TLSCARevocationPath {rehash(tmp_path / 'crls', *(ca.crl() for ca in cas))}"
    server = daemon(f"TLSCACertificateFile {trusted}", "TLSVerifyClient on", directive)
    for credential in good:
        admitted(server, presenting(server, credential)).close()
    for credential in bad:
        refused(server, presenting(server, credential))
    server.tls_log.wait_for(FAILED + "certificate revoked", count=3)
    for number in range(3):
        assert f"CRL: Issuer: CN = root {number}, " in server.tls_log


def test_a_crl_in_a_directory_is_renewed_in_place(daemon, ca, tmp_path):
    folder = rehash(tmp_path / "crls", ca.crl())
    server = daemon("TLSVerifyClient on", f"TLSCACertificateFile {ca.certificate}",
                    f"TLSCARevocationPath {folder}")
    admitted(server, presenting(server, ca.alice)).close()
    ca.revoke("alice")
    (folder / "0.pem").write_bytes(ca.crl().read_bytes())  # the hashed name is a link to it
    refused(server, presenting(server, ca.alice))
    server.tls_log.wait_for(FAILED + "certificate revoked")


def test_a_forged_crl_does_not_count(daemon, ca, tmp_path):
    forger = Authority(tmp_path / "forger", "crl root")  # the same name, another key
    server = daemon(*directives(ca, forger.crl()))
    refused(server, presenting(server, ca.alice))
    refused(server, presenting(server, ca.bob))
    server.tls_log.wait_for(FAILED + "CRL signature failure")


@pytest.mark.parametrize("content, text", (
    (b"", "file contained no CRL data"), (None, "No such file or directory"),
    ("certificate", "file contained no CRL data")))
def test_a_file_without_a_crl_is_refused_at_start(check_config, ca, tmp_path, content, text):
    path = tmp_path / "bad.pem"
    if content == "certificate":
        path.write_bytes(ca.certificate.read_bytes())
    elif content is not None:
        path.write_bytes(content)
    outcome = check_config(f"TLSCARevocationFile {path}")
    assert outcome.status == 1
    assert f"TLSCARevocationFile: unable to use '{path}': {text}" in outcome.stderr


def test_a_directory_that_is_none_is_refused_at_start(check_config, ca):
    outcome = check_config(f"TLSCARevocationPath {ca.certificate}")
    assert outcome.status == 1
    assert "parameter must be a directory path" in outcome.stderr
