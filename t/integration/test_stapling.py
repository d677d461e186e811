# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""OCSP stapling: what clients are given, from responders that behave and others that do not."""
import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from harness import caches, config, ports, process
from harness.controls import ALLOW, ask, with_controls
from harness.logs import wait_for
from harness.ocsp import Authority, openssl
from harness.pki import Credential
from harness.resumption import write_secret
from harness.stapling import (VERSIONS, asking, authority, credential,  # noqa: F401
                              responder, stapled, wait_stapled)


@pytest.fixture
def serving(daemon, authority, responder):
    """serving("directive", ...) -> a server whose certificate names the responder."""
    def start(*directives, serial=1, extensions=()):
        return daemon("TLSStapling on", "TLSSessionCache off", *directives,
                      certificate=credential(authority, serial, asking(responder), *extensions))
    return start


def test_a_response_is_stapled_in_both_versions(serving):
    server = serving()
    wait_stapled(server)
    assert [stapled(server, version) for version in VERSIONS] == ["good", "good"]


def test_nothing_is_stapled_to_clients_that_do_not_ask(serving):
    server = serving()
    wait_stapled(server)
    assert "OCSP response" not in server.s_client().stdout


def test_a_revoked_certificate_is_stapled_as_such(serving, authority, responder):
    authority.mark(1, "V")
    server = serving()
    authority.mark(1, "R")
    responder.minutes = 10
    wait_stapled(server, "revoked")
    server.system_log.wait_for("the OCSP responder says of the certificate of server main server: "
                               "revoked (keyCompromise); clients")


@pytest.mark.parametrize("behaviour", ["chunked", "redirect"])
def test_http_in_its_variety(serving, responder, behaviour):
    responder.behaviour = behaviour
    wait_stapled(serving())


@pytest.mark.parametrize("behaviour,reason", [
    ("garbage", "malformed HTTP response"),
    ("huge", "the HTTP response is too large"),
    ("error", "the responder says: internalerror"),
    ("slow", "no answer: "),
])
def test_q34_q35_no_handshake_waits_for_a_bad_responder(serving, responder, behaviour, reason):
    responder.behaviour = behaviour
    server = serving("TLSStaplingTimeout 2")
    server.system_log.wait_for("no OCSP response to staple for server main server: " + reason)
    asked = responder.requests
    assert [stapled(server, version) for version in VERSIONS] == ["trylater", "trylater"]
    assert responder.requests == asked  # whom no handshake asks, none waits for
    assert server.system_log.count("no OCSP response to staple") == 1


def test_a_dead_responder(daemon, authority):
    block = ports.reserve()
    server = daemon("TLSStapling on", "TLSStaplingOptions NoFakeTryLater", certificate=credential(
        authority, 2, f"authorityInfoAccess=OCSP;URI:http://127.0.0.1:{block.listening[0]}/"))
    server.system_log.wait_for("cannot connect to 127.0.0.1")
    assert stapled(server) == "none"
    assert "221 " in server.s_client("-quiet").stdout
    block.release()


def test_a_wrong_signer_is_not_believed(serving, responder, tmp_path):
    responder.signer = Authority(tmp_path / "stranger", "Stranger")
    server = serving()
    server.system_log.wait_for("is not signed by the issuer or a responder it certified")
    assert stapled(server) == "trylater"


def test_an_issuer_that_signs_without_its_certificate_is_believed(serving, responder):
    responder.options = ("-resp_no_certs",)
    wait_stapled(serving())


@pytest.mark.differs_from_original("these are tests of our own cache modules")
def test_a_responder_with_a_name_beside_a_cache_with_a_name(daemon, authority, responder,
                                                            run_folder):
    """What the daemon has looked up once, its children can look up, too."""
    cache = caches.make("memcache", run_folder)
    try:
        lines = [line.replace("127.0.0.1", "localhost") for line in cache.directives()]
        url = responder.url.replace("127.0.0.1", "localhost")
        server = daemon("TLSStapling on", *lines, certificate=credential(
            authority, 61, f"authorityInfoAccess=OCSP;URI:{url}"))
        wait_stapled(server)
        assert server.system_log.count("cannot find the address") == 0
    finally:
        cache.close()


def test_no_verify_believes_anybody(serving, responder, tmp_path):
    responder.signer = Authority(tmp_path / "stranger", "Stranger")
    wait_stapled(serving("TLSStaplingOptions NoVerify"))


def test_must_staple_is_honoured_whatever_the_options(serving, responder):
    responder.behaviour = "garbage"
    server = serving("TLSStaplingOptions NoFakeTryLater", serial=3,
                     extensions=("tlsfeature=status_request",))
    assert stapled(server) == "trylater"


def test_another_responder_than_the_certificate_names(daemon, authority, responder):
    server = daemon("TLSStapling on", f"TLSStaplingResponder {responder.url}",
                    certificate=credential(authority, 4))
    wait_stapled(server)


def test_a_certificate_without_responder_is_quiet(daemon, authority):
    server = daemon("TLSStapling on", certificate=credential(authority, 5))
    server.reload()
    assert stapled(server) == "trylater"
    assert server.system_log.count("OCSP") == 0


def test_an_unknown_issuer_is_told(daemon, authority, responder):
    """At the start and by `proftpd -t`, after a reload, and by ftpdctl."""
    whole = credential(authority, 6, asking(responder))
    server = with_controls(daemon, "TLSStapling on", ALLOW,
                           certificate=Credential("EC", whole.certificate, whole.key))
    told = ("TLSStapling: no OCSP response to staple for server main server: the issuer of its "
            "certificate is not known (")
    remedy = "; add the issuer's certificate to TLSCertificateChainFile"
    server.system_log.wait_for(told)
    assert remedy in server.system_log
    checked = server.check()
    assert checked.status == 0 and told in checked.stderr and remedy in checked.stderr
    server.reload()
    server.system_log.wait_for(told, count=2)
    assert server.system_log.count(told) == 2
    assert staple_line(server) == ("none: the issuer of the certificate is not known; add it to "
                                   "TLSCertificateChainFile")


def staple_line(server) -> str:
    (line,) = [line for line in ask(server, "info") if "OCSP response: " in line]
    return line.split("OCSP response: ")[1]


def test_info_says_that_no_responder_is_known(daemon, authority):
    server = with_controls(daemon, "TLSStapling on", ALLOW, certificate=credential(authority, 7))
    assert staple_line(server) == ("none: the certificate names no responder, nor does "
                                   "TLSStaplingResponder")


def test_info_says_what_a_dead_responder_does_and_when_it_is_asked_again(daemon, authority):
    block = ports.reserve()
    server = with_controls(daemon, "TLSStapling on", ALLOW, certificate=credential(
        authority, 8, f"authorityInfoAccess=OCSP;URI:http://127.0.0.1:{block.listening[0]}/"))
    wait_for(lambda: "no answer for" in staple_line(server), "the responder's failure")
    assert re.fullmatch(r"none: no answer for \d+ s \(cannot connect to 127\.0\.0\.1.*\), "
                        r"asked again in \d+ s", staple_line(server))
    report = json.loads("\n".join(ask(server, "info", "--json")))
    (certificate,) = report["servers"][0]["certificates"]
    assert certificate["staple_problem"].startswith("no answer for ")
    assert 0 < certificate["staple_next"] <= 30 and "staple_age" not in certificate
    block.release()


def test_info_says_what_the_responder_says(daemon, authority, responder):
    authority.mark(9, "R")
    server = with_controls(daemon, "TLSStapling on", ALLOW,
                           certificate=credential(authority, 9, asking(responder)))
    authority.mark(9, "R")
    wait_for(lambda: ", it says revoked" in staple_line(server), "the responder's verdict")
    assert re.match(r"\d+ s old, good for .*, it says revoked \(keyCompromise\)$",
                    staple_line(server))


def test_nothing_is_stapled_past_its_end(serving, responder):
    """`openssl ocsp` counts in minutes; without one the response would have no end."""
    responder.minutes = 1
    server = serving()
    wait_stapled(server)
    before = responder.requests
    wait_for(lambda: responder.requests > before, "a second request half way", 45)


def test_upstream_519_a_response_is_served_until_its_end_and_no_longer(serving, responder):
    """Also where the responder has gone meanwhile; and it is the handshake that looks."""
    responder.seconds = 8
    server = serving()
    wait_stapled(server)
    responder.behaviour = "garbage"
    wait_for(lambda: stapled(server) == "trylater", "the end of the response", 30)


def test_sighup_keeps_what_is_pinned_up(serving, responder):
    server = serving()
    wait_stapled(server)
    responder.behaviour = "garbage"
    server.reload()
    assert stapled(server) == "good"


@pytest.mark.needs_root("looks at the processes of the daemon")
def test_the_refresher_ends_with_the_daemon(serving):
    server = serving()
    wait_stapled(server)
    wait_for(lambda: len(server.session_pids()) == 1, "the end of the sessions")
    refreshers = server.session_pids()
    os.kill(server.pid, signal.SIGTERM)

    wait_for(lambda: not process.alive(refreshers[0]), "the end of the refresher", 5)
    wait_for(lambda: not server.is_running(), "the end of the daemon")
    server.pid = 0  # nothing left to stop


def test_with_the_responder_of_openssl_itself(daemon, authority):
    block = ports.reserve()
    port = block.listening[0]
    made = credential(authority, 7, f"authorityInfoAccess=OCSP;URI:http://localhost:{port}/")
    command = ["openssl", "ocsp", "-port", str(port), "-index", str(authority.index), "-CA",
               str(authority.certificate), "-rsigner", str(authority.certificate), "-rkey",
               str(authority.key), "-nmin", "10"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as real:
        try:
            while "waiting" not in (line := real.stdout.readline()).lower():
                assert line, "the responder has ended"
            wait_stapled(daemon("TLSStapling on", certificate=made))
        finally:
            real.kill()
    block.release()


@pytest.mark.parametrize("line,reason", [
    ("TLSStapling maybe", "expected Boolean parameter"),
    ("TLSStaplingCache shm", "badly formatted parameter 'shm'"),
    ("TLSStaplingCache shm:/file=/x", "OCSP stapling cache type 'shm' not available"),
    ("TLSStaplingOptions nononce", "unknown TLSStaplingOption 'nononce'"),
    ("TLSStaplingResponder foo", "error parsing URL 'foo'"),
    ("TLSStaplingTimeout soon", "error parsing timeout value 'soon'"),
])
def test_refused_directives(check_config, line, reason):
    result = check_config(line)
    assert result.status == 1 and reason in result.stderr


@pytest.mark.parametrize("module, cache", (("shmcache", "shm:/file={dir}/run/ocspcache"),
                                           ("fscache", "fs:/path={dir}/run/ocsp")))
def test_a_cache_of_another_module_keeps_responses(daemon, authority, responder, module, cache):
    """Debian's own providers, through the C interface; and Q58: the cache switches stapling on."""
    server = daemon.prepare(f"TLSStaplingCache {cache}", modules=(f"mod_tls_{module}.c",),
                            certificate=credential(authority, 8, asking(responder)))
    (server.run / "ocsp").mkdir(mode=0o700)
    if config.AS_ROOT:  # that module writes as the daemon's User
        shutil.chown(server.run / "ocsp", "proftpd")
    server.start()
    wait_stapled(server)
    if module == "fscache":
        wait_for(lambda: any((server.run / "ocsp").iterdir()), "a file in the cache")


# --- other responders -----------------------------------------------------------------------------


def test_q22_no_responder_is_asked_by_https(daemon, authority, check_config):
    """Responses are signed, so http is safe, and https without verification only looks so."""
    done = check_config("TLSStaplingResponder https://ocsp.example.test/")
    assert done.status == 1 and "https" in done.stderr
    server = daemon("TLSStapling on", certificate=credential(
        authority, 30, "authorityInfoAccess=OCSP;URI:https://127.0.0.1:1/"))
    server.system_log.wait_for("no OCSP response to staple for server main server: ")
    assert "https" in server.system_log.text()
    assert stapled(server) == "trylater"


def test_q27_every_responder_of_a_certificate_is_asked(daemon, authority, responder):
    server = daemon("TLSStapling on", certificate=credential(
        authority, 31, "authorityInfoAccess=caIssuers;URI:http://127.0.0.1:1/ca.crt,"
        f"OCSP;URI:ldap://127.0.0.1:1/,OCSP;URI:http://127.0.0.1:1/,OCSP;URI:{responder.url}"))
    wait_stapled(server)


@pytest.mark.parametrize("feature, value", (("several", "DER:30:06:02:01:23:02:01:05"),
                                            ("v2", "DER:30:03:02:01:11")))
def test_q27_must_staple_is_read_as_what_it_is(daemon, authority, feature, value):
    """A list of features, in which status_request or its second version is one of several."""
    serial = 32 + len(feature)
    server = daemon("TLSStapling on", "TLSStaplingOptions NoFakeTryLater", certificate=credential(
        authority, serial, "authorityInfoAccess=OCSP;URI:http://127.0.0.1:1/",
        f"1.3.6.1.5.5.7.1.24={value}"))
    server.system_log.wait_for("no OCSP response to staple")
    assert stapled(server) == "trylater"


@pytest.mark.differs_from_original("these are tests of our own cache modules")
@pytest.mark.parametrize("kind", caches.KINDS)
def test_r30_responses_outlive_their_daemon_and_their_responder(daemon, authority, responder,
                                                                run_folder, kind):
    cache = caches.make(kind, run_folder).owned_by("proftpd")
    try:
        secret = write_secret(run_folder / f"secret-ocsp-{kind}")
        lines = cache.directives(f"TLSCacheSecretFile {secret}", "TLSSessionCache off",
                                 use="TLSStaplingCache")
        named = credential(authority, 60, asking(responder))
        one = daemon(*lines, certificate=named)
        wait_stapled(one)
        responder.stop()
        two = daemon(*lines, certificate=named)
        if kind != "shm":  # whose segment lives as long as one daemon uses it
            assert process.end(one.pid)
            one.pid = 0
        wait_stapled(two)
    finally:
        cache.close()


# --- issuers, and sessions that are resumed -------------------------------------------------------


def cross_signed(authority, folder):
    """The authority's name and key in a certificate of another one."""
    other = Authority(folder / "other", "Cross-signing CA")
    request, made = folder / "cross.csr", folder / "cross.crt"
    openssl("x509", "-x509toreq", "-in", authority.certificate, "-signkey", authority.key, "-out",
            request)
    openssl("x509", "-req", "-in", request, "-CA", other.certificate, "-CAkey", other.key,
            "-set_serial", "77", "-days", "20", "-out", made)
    return made


@pytest.mark.parametrize("where", ("chain", "store", "cross-signed"))
def test_upstream_521_4175_the_issuer_is_found(daemon, authority, responder, tmp_path, where):
    """In the chain, or in the store alone, or as one of two certificates of the same CA."""
    whole = credential(authority, 40 + len(where), asking(responder))
    alone = Credential("EC", whole.certificate, whole.key)
    if where == "chain":
        server = daemon("TLSStapling on", certificate=whole)
    elif where == "store":
        server = daemon("TLSStapling on", f"TLSCACertificateFile {authority.certificate}",
                        "TLSVerifyClient optional", certificate=alone)
    else:
        chain = tmp_path / "chain.pem"
        chain.write_bytes(cross_signed(authority, tmp_path).read_bytes())
        server = daemon("TLSStapling on", f"TLSCertificateChainFile {chain}", certificate=alone)
    wait_stapled(server)


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_528_nothing_is_stapled_to_resumed_sessions(daemon, authority, responder,
                                                             tmp_path, version):
    """RFC 6066 section 8: the certificate is not sent, so there is nothing to prove."""
    server = daemon("TLSStapling on", "TLSSessionTickets on",
                    certificate=credential(authority, 50, asking(responder)))
    wait_stapled(server)
    assert stapled(server, version, "-sess_out", str(tmp_path / "session")) == "good"
    said = server.s_client(version, "-status", "-sess_in", str(tmp_path / "session")).stdout
    assert "Reused, TLS" in said
    assert "OCSP Response Status" not in said
    assert "221 " in said


# --- who may answer, and to whom ------------------------------------------------------------------


@pytest.mark.parametrize("usage, wanted", (("OCSPSigning", "good"), ("serverAuth", "trylater")))
def test_a_delegate_needs_to_be_one(serving, authority, responder, usage, wanted):
    """RFC 6960 section 4.2.2.2: the issuer says in its certificate that it may sign responses."""
    certificate, key = authority.issue(80, f"extendedKeyUsage={usage}")
    responder.signer = Credential("EC", certificate, key)
    server = serving()
    if wanted == "trylater":
        server.system_log.wait_for("is not signed by the issuer or a responder it certified")
    wait_stapled(server, wanted)


@pytest.mark.parametrize("options, wanted", (((), "trylater"),
                                             (("TLSStaplingOptions NoNonce",), "good")))
def test_an_answer_to_another_request_is_none(serving, responder, options, wanted):
    """With the nonce an old answer is told from a new one; without, it is as good."""
    first = serving()
    wait_stapled(first)
    responder.behaviour = "replay"
    second = serving(*options)
    if wanted == "trylater":
        second.system_log.wait_for("the nonce of the OCSP response is not that of the request")
    wait_stapled(second, wanted)
