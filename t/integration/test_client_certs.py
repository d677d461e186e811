# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Which client certificates are asked for, accepted and refused, and what the log says about it."""
import os
import re
import shutil

import pytest

from harness.client_pki import Authority, admitted, presenting, refused, rehash
from harness.pki import Credential
from make_pki import make

pytestmark = pytest.mark.parametrize("version", ("1.2", "1.3"))
REQUIRED = "client did not provide certificate, but one is required via 'TLSVerifyClient on'"


@pytest.fixture(name="cas", scope="module")
def make_cas(tmp_path_factory):
    """A root with an intermediate below it, and a root nobody has configured."""
    folder = tmp_path_factory.mktemp("cas")

    class Cas:
        root = Authority(folder, "client root")
        middle = Authority(folder, "client middle", root)
        other = Authority(folder, "other root")
        alice = root.issue("alice")
        carol = middle.issue("carol", chain=middle.certificate.read_bytes())
        mallory = other.issue("mallory")
    return Cas


@pytest.fixture(name="verifying")
def make_verifying(daemon, cas):
    def start(*directives, verify="on", ca=None):
        return daemon(f"TLSCACertificateFile {ca or cas.root.certificate}",
                      f"TLSVerifyClient {verify}", *directives)
    return start


def s_client_version(version: str) -> str:
    return f"-tls{version.replace('.', '_')}"


def test_r3_clients_are_told_the_acceptable_cas_only_where_they_are_asked(daemon, verifying,
                                                                         version, cas):
    silent = daemon(f"TLSCACertificateFile {cas.root.certificate}")
    outcome = silent.s_client(s_client_version(version)).ok()
    assert "No client certificate CA names sent" in outcome.stdout
    for verify in ("on", "optional"):
        asking = verifying(verify=verify)
        outcome = asking.s_client(s_client_version(version), "-cert", str(cas.alice.certificate),
                                  "-key", str(cas.alice.key)).ok()
        names = re.search(r"Acceptable client certificate CA names\n(.*)\n(.*)", outcome.stdout)
        assert names and names[1] == "CN = client root"
        assert not names[2].startswith("CN")


def test_r4_r37_who_has_no_certificate_is_refused_in_the_handshake(verifying, version, cas):
    server = verifying()
    error = refused(server, presenting(server, None, version))
    assert "alert" in error
    server.tls_log.wait_for(REQUIRED)
    admitted(server, presenting(server, cas.alice, version)).close()
    server.tls_log.wait_for("Client: CN = alice")


def test_upstream_4213_3374_optional_accepts_who_has_none_and_refuses_bad_ones(verifying, version,
                                                                               cas):
    server = verifying(verify="optional")
    admitted(server, presenting(server, None, version)).close()
    admitted(server, presenting(server, cas.alice, version)).close()
    refused(server, presenting(server, cas.mallory, version))
    server.tls_log.wait_for("client certificate failed verification: ")


def test_off_asks_for_nothing(daemon, version, cas):
    server = daemon()
    admitted(server, presenting(server, cas.mallory, version)).close()
    assert "Client: " not in server.tls_log


@pytest.mark.parametrize("kind, reason", (
    ("mallory", "unable to get local issuer certificate"),
    ("self_signed", "self-signed certificate"), ("expired", "certificate has expired"),
    ("server_only", "unsuitable certificate purpose")))
def test_bad_certificates_are_refused_with_their_reason(verifying, pki, cas, version, kind, reason,
                                                       tmp_path):
    ca = cas.root.certificate
    if kind == "mallory":
        bad = cas.mallory
    elif kind == "server_only":
        shutil.copytree(cas.root.folder, tmp_path / "ca")
        make(tmp_path / "ca", "bad", issuer="ca", extensions=("extendedKeyUsage=serverAuth",))
        bad = Credential("EC", tmp_path / "ca/bad.crt", tmp_path / "ca/bad.key")
    else:
        bad, ca = getattr(pki, kind), pki.ca
    server = verifying(ca=ca)
    assert "alert" in refused(server, presenting(server, bad, version))
    server.tls_log.wait_for(f"client certificate failed verification: {reason}")
    server.tls_log.wait_for("error: unable to verify certificate at depth 0: ")
    server.tls_log.wait_for("error: cert subject: CN = ")
    server.tls_log.wait_for("error: cert issuer: CN = ")


@pytest.mark.differs_from_original("the original allows one CA more")
@pytest.mark.parametrize("depth, who, allowed", (
    (0, "alice", False), (1, "alice", True), (1, "carol", False), (2, "carol", True)))
def test_q13_r20_the_depth_is_the_number_of_cas_above_the_client(verifying, cas, version, depth,
                                                                who, allowed):
    server = verifying(f"TLSVerifyDepth {depth}")
    context = presenting(server, getattr(cas, who), version)
    if allowed:
        admitted(server, context).close()
        return
    refused(server, context)
    server.tls_log.wait_for(f"certificate chain too long: {depth + 1} CA certificates above the "
                            f"client's own, 'TLSVerifyDepth {depth}' allows {depth}")


@pytest.mark.differs_from_original("the original looks at the depth with TLSVerifyClient on only")
def test_q66_the_depth_counts_with_optional_too(verifying, cas, version):
    server = verifying("TLSVerifyDepth 1", verify="optional")
    refused(server, presenting(server, cas.carol, version))
    server.tls_log.wait_for("certificate chain too long")
    admitted(server, presenting(server, None, version)).close()


def test_r20_the_default_depth_accepts_usual_chains(verifying, cas, version):
    server = verifying()
    admitted(server, presenting(server, cas.carol, version)).close()


def test_r25_a_certificate_of_the_servers_own_tree_is_not_accepted(daemon, pki, cas, version):
    server = daemon(f"TLSCACertificateFile {cas.root.certificate}", "TLSVerifyClient on",
                    certificate=pki.ec_chained)
    outcome = server.s_client(s_client_version(version), "-showcerts")
    assert outcome.stdout.count("BEGIN CERTIFICATE") == 2
    assert re.search("i:CN ?= ?test intermediate", outcome.stdout)
    assert "Verify return code: 0 (ok)" in outcome.stdout  # for the client, who has the root
    for own in (pki.ec, pki.ec_chained):
        chain = server.folder / "chain.pem"
        chain.write_bytes(own.certificate.read_bytes() + pki.chain_file.read_bytes())
        refused(server, presenting(server, Credential("EC", chain, own.key), version))
    server.tls_log.wait_for("client certificate failed verification: ", count=2)
    admitted(server, presenting(server, cas.alice, version)).close()


@pytest.mark.differs_from_original("the original sends the name of every file in the directory")
def test_q72_only_hashed_names_of_a_directory_count(daemon, cas, version, tmp_path):
    folder = rehash(tmp_path / "cas", cas.root.certificate)
    (folder / "junk.pem").write_bytes(cas.other.certificate.read_bytes())
    (folder / "0badc0de.0").write_bytes(cas.other.certificate.read_bytes())
    server = daemon(f"TLSCACertificatePath {folder}", "TLSVerifyClient on")
    assert "0badc0de.0': the name is not the hash of its subject" in server.check().stderr
    outcome = server.s_client(s_client_version(version))
    assert "CN = client root" in outcome.stdout and "other root" not in outcome.stdout
    refused(server, presenting(server, cas.mallory, version))
    admitted(server, presenting(server, cas.alice, version)).close()


def test_q47_sessions_need_no_file_of_the_directory(daemon, cas, version, tmp_path):
    folder = rehash(tmp_path / "cas", cas.root.certificate)
    server = daemon(f"TLSCACertificatePath {folder}", "TLSVerifyClient on")
    shutil.rmtree(folder)
    admitted(server, presenting(server, cas.alice, version)).close()
    server.tls_log.wait_for("keeping the last good ones: TLSCACertificatePath: unable to use")


def test_without_a_ca_the_systems_own_are_trusted_and_the_admin_is_told(daemon, cas, version):
    server = daemon("TLSVerifyClient on")
    assert "name your own CA" in server.check().stderr
    refused(server, presenting(server, cas.alice, version))


@pytest.mark.differs_from_original("a session of a server that asks for nothing is resumed")
def test_q1_a_session_without_certificate_does_not_open_a_server_that_demands_one(
        daemon, cas, version):
    server = daemon("TLSSessionTickets on",
                    "<VirtualHost {address}>", "  Port {port1}", "  TLSEngine on",
                    "  TLSSessionTickets on",
                    "  TLSLog {dir}/run/strict.log", "  TLSECCertificateFile {certificate}",
                    "  TLSECCertificateKeyFile {key}", "  TLSVerifyClient on",
                    f"  TLSCACertificateFile {cas.root.certificate}", "</VirtualHost>")
    context = presenting(server, None, version)
    with server.ftps(context=context) as ftp:
        stolen = ftp.sessions[-1]
    with server.ftp(context=context, port=server.ports.listening[1]) as ftp:
        ftp.expect("AUTH TLS", 234)
        with pytest.raises((OSError, ConnectionError)):
            ftp.handshake(stolen)
            ftp.cmd("NOOP")
    server.log("strict.log").wait_for(REQUIRED)


def test_a_verified_session_is_resumed_with_its_certificate(verifying, cas, version):
    server = verifying("TLSSessionTickets on")
    context = presenting(server, cas.alice, version)
    with admitted(server, context) as ftp:
        session = ftp.sessions[-1]
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        assert ftp.stream.resumed
        ftp.login()
    server.tls_log.wait_for("Client: CN = alice", count=2)


@pytest.mark.differs_from_original("the original resumes what it has issued")
def test_q1_a_session_ends_with_the_trust_in_its_ca(verifying, cas, version, tmp_path):
    cas_file = tmp_path / "cas.pem"
    cas_file.write_bytes(cas.root.certificate.read_bytes())
    server = verifying("TLSSessionTickets on", ca=cas_file)
    context = presenting(server, cas.alice, version)
    with admitted(server, context) as ftp:
        session = ftp.sessions[-1]
    fresh = tmp_path / "fresh.pem"
    fresh.write_bytes(cas.other.certificate.read_bytes())
    os.replace(fresh, cas_file)
    with server.ftp(context=context) as ftp:
        ftp.expect("AUTH TLS", 234)
        with pytest.raises((OSError, ConnectionError)):
            ftp.handshake(session)
            ftp.cmd("NOOP")
    admitted(server, presenting(server, cas.mallory, version)).close()


def test_full_handshakes_of_data_connections_are_verified_too(verifying, cas, version):
    server = verifying("TLSOptions NoSessionReuseRequired")
    with admitted(server, presenting(server, cas.alice, version)) as ftp:
        assert ftp.store("full", b"y", session=None).code == 226
        ftp.context = presenting(server, cas.mallory, version)
        assert ftp.store("bad", b"z", session=None).code == 425
        ftp.context = presenting(server, cas.carol, version)
        assert ftp.store("other", b"z", session=None).code == 425
        server.tls_log.wait_for("unable to open data connection: control/data certificate mismatch")
        ftp.context = presenting(server, cas.alice, version)
        assert ftp.retrieve("full", session=None) == b"y"


def test_certificates_without_end_are_no_trouble(verifying, cas, version, tmp_path):
    """A chain of junk certificates: refused or ignored, the server lives on."""
    junk = b"".join(cas.other.certificate.read_bytes() for _ in range(20))
    (tmp_path / "junk.crt").write_bytes(cas.alice.certificate.read_bytes() + junk)
    server = verifying()
    context = presenting(server, Credential("EC", tmp_path / "junk.crt", cas.alice.key), version)
    admitted(server, context).close()


def test_the_clients_of_everyday_present_certificates(verifying, cas, version, tmp_path):
    server = verifying()
    (tmp_path / "a.txt").write_text("hello")
    server.curl("a.txt", "--cert", str(cas.alice.certificate), "--key", str(cas.alice.key), "-T",
                str(tmp_path / "a.txt"), version=version).ok()
    script = (f"set ssl:cert-file {cas.alice.certificate}; set ssl:key-file {cas.alice.key}; "
              "close; cat a.txt; bye")
    assert "hello" in server.lftp(script, version=version).ok().stdout
