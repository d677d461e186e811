# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the server does not let itself be talked into, and how to relax what can be relaxed."""
import re

import pytest

from harness.ftps import make_context

VERSIONS = ("1.2", "1.3")
ALL = "ALL@SECLEVEL=0"


def test_fallback_without_need_is_refused(daemon):
    """TLS_FALLBACK_SCSV (RFC 7507): somebody on the way made the client fall back."""
    server = daemon()
    outcome = server.s_client("-tls1_2", "-fallback_scsv")
    assert outcome.status != 0
    assert "inappropriate fallback" in outcome.stderr
    only_12 = daemon("TLSProtocol TLSv1.2")
    only_12.s_client("-tls1_2", "-fallback_scsv").ok()


@pytest.mark.parametrize("version", ("-tls1_2", "-tls1_3"))
def test_compression_is_never_agreed_on(daemon, version):
    outcome = daemon().s_client(version, "-comp").ok()
    assert "Compression: NONE" in outcome.stdout


def test_no_early_data(daemon, tmp_path):
    server = daemon()
    session = tmp_path / "session.pem"
    first = server.s_client("-tls1_3", "-sess_out", str(session), commands="FEAT\r\nQUIT\r\n").ok()
    assert "Max Early Data: 0" in first.stdout
    early = tmp_path / "early"
    early.write_text("NOOP\r\n")
    again = server.s_client("-tls1_3", "-sess_in", str(session), "-early_data", str(early))
    assert "Early data was accepted" not in again.stdout
    assert server.tls_log.count("NOOP") == 0


@pytest.mark.differs_from_original("the original serves TLS 1.0 and 1.1 unasked")
@pytest.mark.parametrize("version", ("-tls1", "-tls1_1"))
def test_q26_old_versions_have_to_be_named(daemon, version):
    server = daemon(certificate="rsa")
    assert server.s_client(version, "-cipher", ALL).status != 0
    server.tls_log.wait_for("perhaps client requested disabled TLS protocol version: TLSv1")


@pytest.mark.parametrize("version, name", (("-tls1", "TLSv1"), ("-tls1_1", "TLSv1.1"),
                                           ("-tls1_2", "TLSv1.2")))
@pytest.mark.parametrize("certificate", ("rsa", "ec"))
def test_old_versions_are_served_where_they_are_named(daemon, certificate, version, name):
    server = daemon("TLSProtocol TLSv1 TLSv1.1 TLSv1.2", certificate=certificate)
    outcome = server.s_client(version, "-cipher", ALL, commands="FEAT\r\nQUIT\r\n").ok()
    assert f"Protocol  : {name}\n" in outcome.stdout
    assert "211 End" in outcome.stdout


def test_naming_an_old_version_lowers_nothing_elsewhere(daemon, pki):
    """The security level goes down for the server that names it, and for no other."""
    server = daemon("<VirtualHost {address}>", "Port {port1}", "TLSEngine on",
                    "TLSProtocol TLSv1 TLSv1.2", pki.rsa.directives(), "</VirtualHost>",
                    certificate="rsa")
    said = server.check().stderr
    assert said.count("security level is lowered to 0") == 1
    assert server.s_client("-tls1", "-cipher", ALL).status != 0
    assert server.s_client("-tls1_2", "-cipher", "AES128-SHA@SECLEVEL=0", "-sigalgs",
                           "RSA+SHA1").status != 0


@pytest.mark.parametrize("directive, said", (
    ("TLSProtocol TLSv1.3", "supporting TLSv1.3 protocol only"),
    ("TLSProtocol ALL -SSLv3", "supporting TLSv1, TLSv1.1, TLSv1.2, TLSv1.3 protocols"),
    ("TLSProtocol TLSv1.1 TLSv1.3", "supporting TLSv1.1, TLSv1.3 protocols"),
    ("TLSProtocol TLSv1 TLSv1.2\nTLSCipherSuite HIGH@SECLEVEL=2",
     "supporting TLSv1.2 protocol only"),
    ("TLSProtocol SSLv3 TLSv1.2", "supporting TLSv1.2 protocol only"),
    ("TLSOptions AllowWeakSecurity", "supporting TLSv1.2, TLSv1.3 protocols")))
def test_the_effective_versions_are_logged_at_start(daemon, directive, said):
    server = daemon(directive, certificate="rsa")
    assert f"Server main server: {said}" in server.system_log.text() + server.check().stderr


def test_a_gap_between_versions_is_honoured_and_told(daemon):
    server = daemon("TLSProtocol TLSv1.1 TLSv1.3", certificate="rsa")
    assert "but not TLSv1.2 in between" in server.check().stderr
    server.s_client("-tls1_1", "-cipher", ALL).ok()
    assert server.s_client("-tls1_2").status != 0
    server.s_client("-tls1_3").ok()


@pytest.mark.parametrize("words, message", (
    ("HIGH:!aNUL", "there is no 'aNUL'"), ("ECDHE-RSA-AES128-GCM-SHA257:HIGH", "there is no "),
    ("TLSv1.3 TLS_AES_256_GCM_SHA384:TLS_AES_999", "there is no 'TLS_AES_999'"),
    ("TLSv1.2 hihg", "there is no 'hihg'")))
def test_unknown_names_of_ciphers_are_errors(check_config, words, message):
    outcome = check_config(f"TLSCipherSuite {words}")
    assert outcome.status == 1
    assert message in outcome.stderr
    assert "TLSCipherSuite: unable to use ciphersuite " in outcome.stderr


def test_q31_three_words_of_cipher_suite(check_config):
    outcome = check_config("TLSCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384 TLS_AES_128_GCM_SHA256")
    assert outcome.status == 1
    assert "TLSCipherSuite: wrong number of parameters" in outcome.stderr


@pytest.mark.parametrize("words", (
    "TLSv1.2 HIGH", "tlsv1.1 HIGH", "TLSv1.0 HIGH", "TLSv1.3 TLS_AES_128_GCM_SHA256",
    "ALL:!ADH:!RC4:!EXP", "DEFAULT:!ADH:!EXPORT:!DES", "HIGH:MEDIUM:+RC4"))
def test_lists_of_old_configurations_are_accepted(check_config, words):
    assert check_config(f"TLSCipherSuite {words}").status == 0


def test_q55_own_cipher_suites_go_before_those_of_global(daemon):
    server = daemon("TLSCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256",
                    "TLSCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256", "<Global>",
                    "TLSCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384", "TLSCipherSuite AES256-SHA",
                    "</Global>")
    for version, cipher in (("1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"),
                            ("1.3", "TLS_AES_128_GCM_SHA256")):
        with server.ftps(version=version) as ftp:
            assert ftp.stream.cipher == cipher


@pytest.mark.differs_from_original("the original serves whoever offers other protocols")
@pytest.mark.parametrize("version", VERSIONS)
def test_q15_a_control_connection_is_not_called_ftp_data(daemon, pki, version):
    server = daemon()
    with server.ftp(context=make_context(pki.ca, version, protocols=("ftp-data",))) as ftp:
        ftp.expect("AUTH TLS", 234)
        error, _ = ftp.failing_handshake()
        assert "alert no application protocol" in str(error)


@pytest.mark.parametrize("version", VERSIONS)
def test_q73_names_that_clients_offer_do_not_reach_the_logs_as_they_are(daemon, pki, version):
    server = daemon()
    offer = ("evil\n2026 fake line", "x" * 255)
    with server.ftp(context=make_context(pki.ca, version, protocols=offer)) as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.failing_handshake()
    server.tls_log.wait_for("TLS/TLS-C negotiation failed")
    assert "fake line" not in re.sub(r"evil\?2026 fake line", "", server.tls_log.text())


@pytest.mark.differs_from_original("the original advertises what it then refuses")
def test_q76_without_certificate_nothing_is_advertised(daemon):
    server = daemon(certificate=None)
    with server.ftp() as ftp:
        assert "AUTH TLS" not in str(ftp.cmd("FEAT").lines)
        assert ftp.cmd("AUTH TLS").code == 431


def announced(ftp) -> str:
    """The address in the reply to PASV."""
    words = re.search(r"\(([\d,]+)\)", str(ftp.expect("PASV", 227)))[1].split(",")
    return ".".join(words[:4])


def test_masquerade_address_is_announced_to_clients_with_tls(daemon):
    server = daemon("TLSMasqueradeAddress 192.0.2.7", "MasqueradeAddress 192.0.2.8")
    with server.ftps() as ftp:
        assert announced(ftp) == "192.0.2.7"
        reply = ftp.expect("EPSV", 229)
        assert "192.0.2" not in str(reply)
    with server.ftp() as ftp:
        ftp.login()
        assert announced(ftp) == "192.0.2.8"


def test_masquerade_as_a_name_or_a_device(daemon):
    for word in ("localhost", "lo"):
        server = daemon(f"TLSMasqueradeAddress {word}", "MasqueradeAddress 192.0.2.8")
        with server.ftps() as ftp:
            assert announced(ftp) == "127.0.0.1"


def test_masquerade_of_a_virtual_host(daemon, pki):
    server = daemon("<VirtualHost {address}>", "Port {port1}", "TLSEngine on",
                    pki.ec.directives(), "TLSMasqueradeAddress 192.0.2.9", "</VirtualHost>")
    with server.ftps(port=server.ports.listening[1]) as ftp:
        assert announced(ftp) == "192.0.2.9"
    with server.ftps() as ftp:
        assert announced(ftp) == "127.0.0.1"


@pytest.mark.parametrize("lines, message", (
    (("TLSMasqueradeAddress",), "missing parameters"),
    (("TLSMasqueradeAddress no.such.name.invalid",), 'unable to resolve "no.such.name.invalid"'),
    (("<Global>", "TLSMasqueradeAddress 192.0.2.7", "</Global>"), "not allowed in <Global>")))
def test_masquerade_addresses_that_are_none(check_config, lines, message):
    outcome = check_config(*lines)
    assert outcome.status == 1
    assert "TLSMasqueradeAddress: " in outcome.stderr and message in outcome.stderr
