# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What went wrong with virtual hosts, SNI, HOST and client certificates in other releases of
mod_tls: what does not stand in test_upstream.py or beside its subject."""
import re

import pytest

from harness.client_pki import Authority, admitted, presenting, refused
from harness.config import named_host
from harness.ftps import make_context
from harness.pki import Credential, der
from harness.site_to_site import Fxp, put
from make_pki import make

DATA = b"host" * 1000
VERSIONS = ("1.2", "1.3")


def names_sent(server, *args: str) -> list[str]:
    """The subjects of the chain that a client is sent."""
    text = server.s_client("-showcerts", *args).ok().stdout
    return re.findall(r"^ *\d+ s:CN = (.*)$", text, re.M)


# --- chains and names -----------------------------------------------------------------------------


@pytest.mark.parametrize("version", ("-tls1_2", "-tls1_3"))
def test_upstream_1074_each_server_sends_the_chain_of_its_own_certificate(daemon, pki, version):
    """In either order, whichever server was asked for before."""
    server = daemon(*named_host("chained.test", "TLSEngine on",
                           *pki.rsa_chained.directives().split("\n")),
                    *named_host("plain.test", "TLSEngine on", *pki.rsa.directives().split("\n")))
    for _ in range(2):
        assert names_sent(server, version, "-servername", "chained.test") == [
            "rsa-chained", "test intermediate"]
        assert names_sent(server, version, "-servername", "plain.test") == ["rsa"]
        assert names_sent(server, version) == ["ec"]


@pytest.fixture(scope="module")
def hosts(shared_daemon, pki):
    one, two = (("TLSEngine on", *credential.directives().split("\n"))
                for credential in (pki.rsa, pki.rsa2))
    return shared_daemon(*named_host("one.test", *one), *named_host("two.test", *two))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("host, sni, certificate", (
    (None, None, "ec"), (None, "one.test", "rsa"), ("one.test", None, "rsa"),
    ("one.test", "one.test", "rsa"), ("two.test", "TWO.test", "rsa2"),
    ("two.test", "two.test.", "rsa2"), ("one.test", "127.0.0.1", "rsa"),
    (None, "127.0.0.1", "ec")))
def test_upstream_932_1105_1369_4370_host_before_auth_and_sni(hosts, pki, version, host, sni,
                                                             certificate):
    """Where they agree, or only one is there, that server serves control and data."""
    with hosts.ftp(version=version, server_name=sni) as ftp:
        if host:
            ftp.expect(f"HOST {host}", 220)
        ftp.auth()
        assert ftp.stream.peer_certificate == der(getattr(pki, certificate).certificate)
        ftp.login()
        ftp.protect()
        assert ftp.store("named", DATA).code == 226
        assert ftp.retrieve("named") == DATA


@pytest.mark.differs_from_original("there the 421 has no reason")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("host, sni", (("one.test", "two.test"), ("one.test", "none.test")))
def test_upstream_932_1105_1369_4370_host_and_another_sni(hosts, version, host, sni):
    with hosts.ftp(version=version, server_name=sni) as ftp:
        ftp.expect(f"HOST {host}", 220)
        ftp.expect("AUTH TLS", 234)
        error, rest = ftp.failing_handshake()
        assert "access denied" in str(error).lower().replace("_", " ")
        assert b"421-the server name in the TLS handshake is not the one" in rest
    with hosts.ftps(version=version) as ftp:
        assert ftp.store("after", DATA).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_4370_host_after_auth(hosts, pki, version):
    with hosts.ftp(version=version, server_name="one.test") as ftp:
        ftp.auth()
        assert ftp.cmd("HOST two.test").code == 504
        assert ftp.cmd("HOST one.test").code == 220
        ftp.login()
        ftp.protect()
        assert ftp.store("named", DATA).code == 226
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_1014_names_nobody_has_told_the_server(daemon, pki, version):
    """Without other named servers any name is good; with them IgnoreSNI lets such clients in."""
    alone = daemon("TLSRequired on")
    several = daemon("TLSOptions IgnoreSNI",
                     *named_host("one.test", "TLSEngine on", *pki.rsa.directives().split("\n")))
    for server in (alone, several):
        for sni in ("balancer.test", "localhost", "x" * 60 + ".test"):
            with server.ftps(version=version, server_name=sni) as ftp:
                assert ftp.store("served", DATA).code == 226
                assert ftp.stream.peer_certificate == der(pki.ec.certificate)


@pytest.mark.differs_from_original("there the first server's versions count")
def test_upstream_the_version_is_not_that_of_the_first_server(daemon, pki):
    """The name counts before anything is negotiated, in both directions."""
    server = daemon("TLSProtocol TLSv1.2",
                    *named_host("new.test", "TLSEngine on", "TLSProtocol TLSv1.3",
                           *pki.rsa.directives().split("\n")))
    with server.ftps(server_name="new.test") as ftp:
        assert ftp.stream.version == "TLSv1.3"
        assert ftp.store("new", DATA).code == 226
    with server.ftps() as ftp:
        assert ftp.stream.version == "TLSv1.2"
        assert ftp.store("old", DATA).code == 226


# --- certificates of clients ----------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_3742_a_self_signed_root_in_the_clients_chain(daemon, tmp_path, version):
    """Clients that send the root along are as good as those that do not; a root that the server
    does not know makes nobody known."""
    authority = Authority(tmp_path / "good", "good root")
    stranger = Authority(tmp_path / "bad", "bad root")
    whole = authority.issue("alice", chain=authority.certificate.read_bytes())
    forged = stranger.issue("mallory", chain=stranger.certificate.read_bytes())
    server = daemon("TLSVerifyClient on", f"TLSCACertificateFile {authority.certificate}")
    admitted(server, presenting(server, whole, version)).close()
    assert "alert" in refused(server, presenting(server, forged, version))
    server.tls_log.wait_for("client certificate failed verification: self-signed certificate")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("usage, accepted", (
    ("serverAuth", False), ("clientAuth", True), ("serverAuth,clientAuth", True), ("", True)))
def test_upstream_certificates_without_client_auth(daemon, tmp_path, version, usage, accepted):
    """Public CAs issue certificates for servers alone by now: the log says what is wrong."""
    authority = Authority(tmp_path, "public root")
    make(authority.folder, "peer", issuer="ca",
         extensions=(f"extendedKeyUsage={usage}",) if usage else ())
    peer = Credential("EC", authority.folder / "peer.crt", authority.folder / "peer.key")
    server = daemon("TLSVerifyClient on", f"TLSCACertificateFile {authority.certificate}")
    if accepted:
        admitted(server, presenting(server, peer, version)).close()
        return
    assert "alert" in refused(server, presenting(server, peer, version))
    server.tls_log.wait_for("client certificate failed verification: unsuitable certificate "
                            "purpose")


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_4213_clients_without_certificate_are_not_disturbed(daemon, tmp_path, version):
    """`optional` asks, and whoever has none goes on, with everyday clients, too."""
    authority = Authority(tmp_path, "optional root")
    server = daemon("TLSVerifyClient optional", f"TLSCACertificateFile {authority.certificate}")
    with server.ftps(context=make_context(server.pki.ca, version)) as ftp:
        for _ in range(3):
            assert ftp.store("none", DATA).code == 226
            assert ftp.retrieve("none") == DATA
    (tmp_path / "source").write_bytes(DATA)
    server.curl("curl", "-T", str(tmp_path / "source"), version=version).ok()
    server.lftp(f"put {tmp_path}/source -o lftp\n", version=version).ok()
    assert (server.home / "curl").read_bytes() == (server.home / "lftp").read_bytes() == DATA


@pytest.mark.differs_from_original("there names are compared and the result is ignored")
@pytest.mark.parametrize("name, accepted", (
    ("IP:127.0.0.1", True), ("IP:127.0.0.11", False), ("DNS:localhost", True),
    ("DNS:LOCALHOST", True), ("DNS:localhost.evil.test", False), ("DNS:*", False)))
def test_upstream_3275_subject_alternative_names_mean_what_they_say(daemon, pki, tmp_path, name,
                                                                   accepted):
    """Of another server, between which and this one a client moves a file."""
    for each in ("ca.crt", "ca.key"):
        (tmp_path / each).write_bytes((pki.ca.parent / each).read_bytes())
    make(tmp_path, "peer", issuer="ca", extensions=(f"subjectAltName={name}",))
    peer = daemon("TLSOptions NoSessionReuseRequired", certificate=Credential(
        "EC", tmp_path / "peer.crt", tmp_path / "peer.key"))
    server = daemon(f"TLSCACertificateFile {pki.ca}", "UseReverseDNS on")
    put(server, "file", DATA)
    with Fxp(server, peer) as fxp:
        replies = fxp.copy("file", tls_client="source", passive="target")
    assert (replies == (226, 226)) == accepted
    assert not accepted or (peer.home / "file").read_bytes() == DATA
