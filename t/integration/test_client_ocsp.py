# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLSVerifyOrder ocsp: the CA is asked about the certificates of clients, and may be of no help."""
import subprocess
import time

import pytest

from harness import ports, process
from harness.client_pki import Authority, admitted, presenting, refused
from harness.logs import wait_for
from harness.ocsp import Responder

VERSIONS = pytest.mark.parametrize("version", ("1.2", "1.3"))
UNANSWERED = "OCSP does not prove that it is not revoked"


class Cas:
    """A root with clients whose certificates name a responder."""

    def __init__(self, folder, port: int, dead: int) -> None:
        self.root = Authority(folder, "ocsp root")
        self.stranger = Authority(folder, "ocsp stranger")
        url = f"http://127.0.0.1:{port}/"
        self.alice = self.root.issue("alice", extensions=(self.aia(url),))
        self.bob = self.root.issue("bob", extensions=(self.aia(url),))
        self.root.revoke("bob")
        self.plain = self.root.issue("plain")
        self.dead = self.root.issue("dead", extensions=(self.aia(f"http://127.0.0.1:{dead}/"),))
        self.both = self.root.issue("both", extensions=(
            self.aia(f"http://127.0.0.1:{dead}/", url),))
        self.odd = {
            kind: self.root.issue(kind, extensions=(self.aia(odd),))
            for kind, odd in (("file", "file:///etc/passwd"),
                              ("https", f"https://127.0.0.1:{port}/"),
                              ("gopher", f"gopher://127.0.0.1:{port}/"),
                              ("long", url + "a" * 3000), ("userinfo", "http://x@127.0.0.1/"),
                              ("portless", "http://127.0.0.1:0/"))}

    @staticmethod
    def aia(*urls: str) -> str:
        return "authorityInfoAccess=" + ",".join(f"OCSP;URI:{url}" for url in urls)


@pytest.fixture(name="block", scope="module")
def reserve_ports():
    block = ports.reserve()
    yield block
    block.release()


@pytest.fixture(name="cas", scope="module")
def make_cas(tmp_path_factory, block):
    return Cas(tmp_path_factory.mktemp("ocsp-clients"), *block.listening[:2])


@pytest.fixture(name="responder")
def make_responder(cas, block):
    server = Responder(cas.root, block.listening[0])
    yield server
    server.stop()


@pytest.fixture(name="asking")
def make_asking(daemon, cas):
    """asking("TLSVerifyOCSP soft") -> a server that verifies clients by OCSP."""
    def start(*directives, order="ocsp", verify="on"):
        return daemon(f"TLSCACertificateFile {cas.root.certificate}", f"TLSVerifyClient {verify}",
                      f"TLSVerifyOrder {order}", *directives)
    return start


@VERSIONS
def test_a_good_certificate_is_asked_about_once_in_a_session(asking, cas, responder, version):
    server = asking("TLSOptions NoSessionReuseRequired")
    with admitted(server, presenting(server, cas.alice, version)) as ftp:
        assert ftp.store("full", b"y", session=None).code == 226  # its certificate comes again
    assert responder.requests == 1
    server.tls_log.wait_for("found 1 OCSP URL in AuthorityInfoAccess attribute for client cert "
                            "'CN = alice'")
    server.tls_log.wait_for(f"checking OCSP URL '{responder.url}' for client cert 'CN = alice'")
    server.tls_log.wait_for("client cert 'CN = alice' has 'good' (0) status according to OCSP "
                            f"responder at '{responder.url}'")


@VERSIONS
@pytest.mark.parametrize("verify", ("on", "optional"))
def test_a_revoked_certificate_is_refused(asking, cas, responder, version, verify):
    server = asking("TLSVerifyOCSP soft", verify=verify)
    assert "alert" in refused(server, presenting(server, cas.bob, version))
    server.tls_log.wait_for("client cert 'CN = bob' has 'revoked' (1) status according to OCSP")
    server.tls_log.wait_for("client certificate failed verification: certificate revoked")
    server.tls_log.wait_for("a certificate of its chain is revoked; give the client a new")
    assert responder.requests == 1


@VERSIONS
def test_a_certificate_that_the_responder_does_not_know_is_refused(asking, cas, responder, version):
    responder.authority = cas.stranger  # whose index is empty; the root signs
    responder.signer = cas.root
    stranger_certificate = cas.stranger.certificate
    cas.stranger.certificate = cas.root.certificate
    try:
        server = asking("TLSVerifyOCSP soft")
        refused(server, presenting(server, cas.alice, version))
    finally:
        cas.stranger.certificate = stranger_certificate
    server.tls_log.wait_for("client cert 'CN = alice' has 'unknown' (2) status")
    server.tls_log.wait_for("its OCSP responder does not know it")


BAD = (("garbage", "malformed HTTP response"), ("huge", "the HTTP response is too large"),
       ("error", "the responder says: internalerror"), ("slow", "no answer: "),
       ("replay", "the nonce of the OCSP response is not that of the request"),
       ("stale", "the OCSP response is old"), ("early", "the OCSP response is not valid yet"),
       ("round", "HTTP status 302"), ("elsewhere", "it does not begin with http://"),
       ("stranger", "is not signed by the issuer or a responder it certified"))


@VERSIONS
@pytest.mark.parametrize("behaviour, reason", BAD)
def test_q11_who_gives_no_usable_answer_proves_nothing(asking, cas, responder, version, behaviour,
                                                      reason):
    if behaviour == "stranger":
        responder.signer = cas.stranger
    else:
        responder.behaviour = behaviour
    if behaviour == "replay":
        responder.behaviour = "good"
        server = asking()
        admitted(server, presenting(server, cas.alice, version)).close()
        responder.behaviour = behaviour
    else:
        server = asking("TLSVerifyOCSP hard timeout 1")
    began = time.monotonic()
    refused(server, presenting(server, cas.alice, version))
    assert time.monotonic() - began < 5
    server.tls_log.wait_for(f"via OCSP responder at '{responder.url}': ")
    server.tls_log.wait_for(reason)
    server.tls_log.wait_for(UNANSWERED)
    assert server.tls_log.count(reason) == 1


@VERSIONS
@pytest.mark.parametrize("behaviour", ("chunked", "redirect"))
def test_http_in_its_variety(asking, cas, responder, version, behaviour):
    responder.behaviour = behaviour
    server = asking()
    admitted(server, presenting(server, cas.alice, version)).close()


@VERSIONS
def test_a_dead_responder_is_forgiven_where_that_is_asked_for(asking, cas, version):
    server = asking()
    refused(server, presenting(server, cas.dead, version))
    server.tls_log.wait_for("cannot connect to 127.0.0.1")
    server.tls_log.wait_for(UNANSWERED)
    server.tls_log.wait_for("'TLSVerifyOCSP soft' does without an answer")
    soft = asking("TLSVerifyOCSP soft")
    admitted(soft, presenting(soft, cas.dead, version)).close()
    soft.tls_log.wait_for("cannot connect to 127.0.0.1")


def test_the_next_responder_is_asked(asking, cas, responder):
    server = asking("TLSVerifyOCSP strict")
    admitted(server, presenting(server, cas.both)).close()
    server.tls_log.wait_for("found 2 OCSP URLs")
    assert responder.requests == 1


@pytest.mark.parametrize("kind", ("file", "https", "gopher", "long", "userinfo", "portless"))
def test_q11_nobody_is_asked_by_an_odd_url(asking, cas, responder, kind):
    server = asking()
    refused(server, presenting(server, cas.odd[kind]))
    server.tls_log.wait_for("error parsing URL '")
    assert responder.requests == 0
    assert max(map(len, server.tls_log.text().splitlines())) < 1200


def test_a_certificate_without_responder(asking, cas, responder):
    server = asking()
    admitted(server, presenting(server, cas.plain)).close()
    server.tls_log.wait_for("found no OCSP URLs in AuthorityInfoAccess attribute for client cert "
                            "'CN = plain', unable to verify via OCSP")
    strict = asking("TLSVerifyOCSP strict")
    refused(strict, presenting(strict, cas.plain))
    admitted(strict, presenting(strict, cas.alice)).close()
    assert responder.requests == 1


@VERSIONS
def test_q11_a_good_answer_does_not_mend_a_bad_chain(asking, cas, responder, version):
    """Nobody is even asked: the URL is then a stranger's."""
    url = responder.url
    mallory = cas.stranger.issue(f"mallory-{version}", extensions=(cas.aia(url),))
    server = asking("TLSVerifyOCSP soft")
    refused(server, presenting(server, mallory, version))
    short = asking("TLSVerifyOCSP soft", "TLSVerifyDepth 0")
    refused(short, presenting(short, cas.alice, version))
    assert responder.requests == 0


def test_crl_and_ocsp_both_have_to_accept(asking, cas, responder, tmp_path):
    carol = cas.root.issue("carol", extensions=(cas.aia(responder.url),))
    crl = tmp_path / "crl.pem"
    crl.write_bytes(cas.root.crl().read_bytes())
    cas.root.revoke("carol")
    server = asking(f"TLSCARevocationFile {crl}", order="crl ocsp")
    admitted(server, presenting(server, cas.alice)).close()
    refused(server, presenting(server, carol))  # the CRL does not know yet
    server.tls_log.wait_for("client cert 'CN = carol' has 'revoked'")
    requests = responder.requests
    refused(server, presenting(server, cas.bob))
    assert responder.requests == requests  # the CRL knew


@VERSIONS
@pytest.mark.parametrize("tickets", ("on", "off"))
def test_a_resumed_session_does_not_get_round_it(asking, cas, responder, version, tickets):
    dave = cas.root.issue(f"dave-{version}-{tickets}", extensions=(cas.aia(responder.url),))
    server = asking(f"TLSSessionTickets {tickets}")
    context = presenting(server, dave, version)
    with admitted(server, context) as ftp:
        assert ftp.retrieve("admitted") == b"x"  # its data connections resume
        session = ftp.sessions[-1]
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        assert not ftp.stream.resumed
    cas.root.revoke(f"dave-{version}-{tickets}")
    with server.ftp(context=context) as ftp:
        ftp.expect("AUTH TLS", 234)
        with pytest.raises((OSError, ConnectionError)):
            ftp.handshake(session)
            ftp.cmd("NOOP")
    server.tls_log.wait_for("has 'revoked' (1) status")


def test_the_handshake_timeout_counts_for_it_too(asking, cas, responder):
    responder.behaviour = "slow"
    server = asking("TLSVerifyOCSP hard timeout 30", "TLSTimeoutHandshake 1")
    began = time.monotonic()
    refused(server, presenting(server, cas.alice))
    assert time.monotonic() - began < 5


@VERSIONS
def test_with_the_responder_of_openssl_itself(asking, cas, block, version):
    port = block.listening[0]
    command = ["openssl", "ocsp", "-port", str(port), "-index", str(cas.root.index), "-CA",
               str(cas.root.certificate), "-rsigner", str(cas.root.certificate), "-rkey",
               str(cas.root.key), "-nmin", "10"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as real:
        try:
            server = asking("TLSVerifyOCSP strict")
            wait_for(lambda: process.listener(port), "the responder")
            admitted(server, presenting(server, cas.alice, version)).close()
            refused(server, presenting(server, cas.bob, version))
        finally:
            real.kill()
    server.tls_log.wait_for("client cert 'CN = bob' has 'revoked' (1) status")


def test_off_asks_nobody(asking, cas, responder):
    for server in (asking(verify="off"), asking(order="crl")):
        admitted(server, presenting(server, cas.bob)).close()
    assert responder.requests == 0


@pytest.mark.parametrize("line, fault", (
    ("TLSVerifyOCSP", "missing parameters"), ("TLSVerifyOCSP maybe", "unknown demand 'maybe'"),
    ("TLSVerifyOCSP hard timeout 0", "error parsing timeout value '0'"),
    ("TLSVerifyOCSP hard timeout 3600", "(allowed: 1 to 60 seconds)")))
def test_refused_directives(check_config, line, fault):
    outcome = check_config(line)
    assert outcome.status == 1 and fault in outcome.stderr
