# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Transfers between two servers under the eyes of a client that drives both (SSCN).

On the data connection between them one server has to be the TLS client: SSCN ON says which. It
verifies the other one (TLSVerifyServer). The other one takes a stranger for a client that reuses no
session, so it needs NoSessionReuseRequired.
"""
import random
import ssl

import pytest

import make_pki
from harness import ftps
from harness.pki import Credential
from harness.site_to_site import Fxp, put

VERSIONS = ("1.2", "1.3")
DATA = random.Random(4).randbytes(700_000)
RELAXED = "TLSOptions NoSessionReuseRequired"
CLIENT, SERVER = "200 SSCN:CLIENT METHOD", "200 SSCN:SERVER METHOD"


@pytest.fixture
def pair(daemon, pki):
    """Two servers that trust the tests' CA: pair("directive", ...) -> source, target."""
    def start(*directives: str, source: tuple = (), target: tuple = ()):
        required = () if any("TLSRequired" in line for line in directives) else ("TLSRequired on",)
        common = (f"TLSCACertificateFile {pki.ca}", RELAXED, *required, *directives)
        return daemon(*common, *source), daemon(*common, *target)
    return start


# --- the command ----------------------------------------------------------------------------------


def test_sscn_replies(daemon):
    server = daemon("TLSRequired off")
    with server.ftp() as ftp:
        ftp.auth()
        assert str(ftp.cmd("SSCN ON")) == "530 Please login with USER and PASS"
        ftp.login()
        for command, reply in (
                ("SSCN", SERVER), ("SSCN ON", CLIENT), ("SSCN", CLIENT), ("SSCN OFF", SERVER),
                ("SSCN", SERVER), ("SSCN on", "501 SSCN: Invalid argument"),
                ("SSCN MAYBE", "501 SSCN: Invalid argument"),
                ("SSCN ON OFF", "504 SSCN: Invalid argument")):
            assert str(ftp.cmd(command)) == reply
    server.tls_log.wait_for("denying unsupported SSCN command: 'SSCN MAYBE'")
    server.tls_log.wait_for("denying malformed SSCN command: 'SSCN ON OFF'")
    with server.ftp() as ftp:
        ftp.login()
        assert str(ftp.cmd("SSCN ON")) == "500 SSCN not understood"


def test_sscn_denied_by_limit(daemon):
    server = daemon("<Limit SSCN>", "  DenyAll", "</Limit>")
    with server.ftps() as ftp:
        assert str(ftp.cmd("SSCN ON")) == "550 SSCN: Operation not permitted"
    server.tls_log.wait_for("SSCN denied by <Limit> configuration")


def test_r40_feat_tells_the_mechanisms(daemon):
    """Recipe: before and after TLS."""
    server = daemon()
    with server.ftp() as ftp:
        before = {line.strip() for line in ftp.cmd("FEAT").lines}
        ftp.auth()
        after = {line.strip() for line in ftp.cmd("FEAT").lines}
        assert {"AUTH TLS", "CCC", "PBSZ", "PROT", "SSCN"} <= before == after


# --- transfers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("tls_client", ("source", "target"))
@pytest.mark.parametrize("passive", ("source", "target"))
def test_r14_site_to_site(pair, version, tls_client, passive):
    """Recipe: both directions, either end connecting, either end the TLS client."""
    source, target = pair(f"TLSProtocol TLSv{version}")
    put(source, "file", DATA)
    with Fxp(source, target) as fxp:
        for _ in range(3):
            assert fxp.copy("file", tls_client=tls_client, passive=passive) == (226, 226)
            assert (target.home / "file").read_bytes() == DATA
            (target.home / "file").unlink()
    client = {"source": source, "target": target}[tls_client]
    client.tls_log.wait_for("making TLS connection for data connection", count=3)
    client.tls_log.wait_for("Server: CN = ec")
    client.tls_log.wait_for(f"TLSv{version} connection created, using cipher ")


def test_r14_site_to_site_in_the_clear_where_the_policy_allows(pair):
    source, target = pair("TLSRequired off")
    put(source, "file", DATA)
    with Fxp(source, target) as fxp:
        fxp.source.prot("C")
        fxp.target.prot("C")
        assert fxp.copy("file", tls_client="target", passive="source") == (226, 226)
        assert (target.home / "file").read_bytes() == DATA


def test_an_empty_file(pair):
    source, target = pair()
    put(source, "empty", b"")
    with Fxp(source, target) as fxp:
        assert fxp.copy("empty", tls_client="source", passive="target") == (226, 226)
        assert (target.home / "empty").read_bytes() == b""


def test_listings_go_to_the_client_in_server_mode(pair):
    source, _ = pair()
    put(source, "file", DATA)
    with source.ftps() as ftp:
        ftp.expect("SSCN ON", 200)
        assert "file" in ftp.names("NLST")
        ftp.expect("SSCN OFF", 200)
        assert ftp.retrieve("file") == DATA


def test_after_ccc(pair):
    source, target = pair("TLSRequired auth+data")
    put(source, "file", DATA)
    with Fxp(source, target) as fxp:
        fxp.source.expect("CCC", 200)
        fxp.source.stream.send_close_notify()
        assert fxp.source.stream.recv() == b""
        fxp.source.go_on_in_the_clear()
        assert fxp.copy("file", tls_client="source", passive="target") == (226, 226)
        assert (target.home / "file").read_bytes() == DATA


@pytest.mark.parametrize("passive", ("source", "target"))
def test_lftp_drives_both(pair, tmp_path, passive):
    source, target = pair()
    put(source, "file", DATA)
    source.lftp("set ftp:use-fxp yes\nset ftp:fxp-force yes\nset ftp:ssl-protect-fxp yes\n"
                f"set ftp:fxp-passive-source {'yes' if passive == 'source' else 'no'}\n"
                f"get file -o ftp://alice:secret@{target.address}:{target.port}/file\n").ok()
    assert (target.home / "file").read_bytes() == DATA
    assert sum(server.tls_log.count("making TLS connection for data connection")
               for server in (source, target)) == 1


# --- the other server is verified -----------------------------------------------------------------


def named(pki, folder, names: str) -> Credential:
    """A certificate of the tests' CA with these names."""
    make_pki.make(folder, "peer", extensions=(f"subjectAltName={names}",), cn="peer",
                  issuer=pki.ca.with_suffix(""))
    return Credential("EC", folder / "peer.crt", folder / "peer.key")


@pytest.mark.differs_from_original("the session process crashes there")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("tls_client", ("source", "target"))
def test_q3_a_chain_that_is_not_trusted_gives_425(daemon, pki, version, tls_client):
    protocol = f"TLSProtocol TLSv{version}"
    trusting = (protocol, RELAXED, f"TLSCACertificateFile {pki.ca}")
    ends = {"source": daemon(*trusting), "target": daemon(*trusting)}
    stranger = "target" if tls_client == "source" else "source"
    ends[stranger] = daemon(protocol, RELAXED, certificate=pki.stranger)
    put(ends["source"], "file", DATA)
    with Fxp(ends["source"], ends["target"],
             context=lenient_context(version)) as fxp:
        replies = fxp.copy("file", tls_client=tls_client, passive="target")
        assert replies[tls_client == "target"] == 425
        assert all(code in (425, 426) for code in replies)
        assert fxp.source.cmd("PWD").code == fxp.target.cmd("PWD").code == 257
    assert (ends["target"].home / "file").read_bytes() == b""
    ends[tls_client].tls_log.wait_for("unable to verify '127.0.0.1' server certificate: ")
    ends[tls_client].tls_log.wait_for("unable to open data connection: TLS connection failed")


def lenient_context(version: str) -> ssl.SSLContext:
    """For a client that drives two servers of two trees."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = ftps.VERSIONS[version]
    return context


@pytest.mark.differs_from_original("there names are compared and the result is ignored")
@pytest.mark.parametrize("names, mode, accepted", (
    ("IP:127.0.0.1", "on", True),
    ("IP:127.0.0.1", "NoReverseDNS", True),
    ("IP:127.0.0.2", "on", False),
    ("DNS:elsewhere.test", "on", False),
    ("DNS:elsewhere.test", "NoReverseDNS", False),
    ("DNS:elsewhere.test", "off", True),
    ("DNS:localhost", "on", True),
    ("DNS:localhost", "NoReverseDNS", False)))
@pytest.mark.parametrize("version", VERSIONS)
def test_q2_the_names_of_the_other_server(daemon, pki, tmp_path, names, mode, accepted, version):
    peer = daemon(RELAXED, f"TLSProtocol TLSv{version}", certificate=named(pki, tmp_path, names))
    server = daemon(f"TLSCACertificateFile {pki.ca}", f"TLSVerifyServer {mode}",
                    "UseReverseDNS on")
    put(server, "file", DATA)
    with Fxp(server, peer) as fxp:
        replies = fxp.copy("file", tls_client="source", passive="target")
        if accepted:
            assert replies == (226, 226)
            assert (peer.home / "file").read_bytes() == DATA
            return
        assert replies[0] == 425
        assert fxp.source.cmd("PWD").code == fxp.target.cmd("PWD").code == 257
    server.tls_log.wait_for("unable to verify '127.0.0.1' server certificate: it does not name "
                            "'127.0.0.1'")


ONE_MORE = pytest.mark.differs_from_original("the original allows one CA more")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("chained, depth, accepted", (
    pytest.param(False, 0, False, marks=ONE_MORE), (False, 1, True),
    pytest.param(True, 1, False, marks=ONE_MORE), (True, 2, True)))
def test_q13_the_depth_counts_the_cas_above_the_other_server(daemon, pki, version, chained, depth,
                                                             accepted):
    protocol = f"TLSProtocol TLSv{version}"
    peer = daemon(RELAXED, protocol, certificate=pki.ec_chained if chained else pki.ec)
    server = daemon(f"TLSCACertificateFile {pki.ca}", protocol, f"TLSVerifyDepth {depth}")
    put(server, "file", DATA)
    with Fxp(server, peer) as fxp:
        replies = fxp.copy("file", tls_client="source", passive="target")
        if accepted:
            assert replies == (226, 226)
            return
        assert replies[0] == 425
        assert fxp.source.cmd("PWD").code == fxp.target.cmd("PWD").code == 257
    server.tls_log.wait_for("unable to verify '127.0.0.1' server certificate: certificate chain "
                            "too long")


def test_without_any_ca_nobody_is_verified(daemon, pki, tmp_path):
    empty = tmp_path / "hashed"
    empty.mkdir()
    server = daemon(f"TLSCACertificatePath {empty}")
    peer = daemon(RELAXED)
    put(server, "file", DATA)
    with Fxp(server, peer) as fxp:
        assert fxp.copy("file", tls_client="source", passive="target")[0] == 425
    server.tls_log.wait_for("there is no CA certificate to verify the other server with: set "
                            "TLSCACertificateFile, or TLSVerifyServer off")


# --- what must not look like success --------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_618_a_peer_that_demands_reuse_says_so(daemon, pki, version):
    """The file that did not come is no empty file, and both replies say it."""
    common = (f"TLSCACertificateFile {pki.ca}", f"TLSProtocol TLSv{version}")
    source, target = daemon(*common), daemon(*common)
    put(source, "file", DATA)
    with Fxp(source, target) as fxp:
        assert fxp.copy("file", tls_client="target", passive="source") == (425, 426)
        assert fxp.source.cmd("PWD").code == fxp.target.cmd("PWD").code == 257
    source.tls_log.wait_for("client did not reuse TLS session, rejecting data connection")


def test_a_truncated_upload_from_another_server_is_refused(pair):
    """A server always says close_notify; an attacker in between cannot."""
    _, target = pair("TLSVerifyServer off")
    with target.ftps() as ftp:
        ftp.expect("SSCN ON", 200)
        transfer = ftp.begin("STOR cut", handshake=False)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(target.pki.ec.certificate, target.pki.ec.key)
        with context.wrap_socket(transfer.sock, server_side=True) as peer:
            peer.sendall(DATA[:100_000])
        assert ftp.reply().code == 426
        assert ftp.cmd("PWD").code == 257
    assert (target.home / "cut").read_bytes() == DATA[:100_000]
