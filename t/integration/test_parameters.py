# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the directives about TLS parameters do to a handshake, and what their wrong forms get."""
import ssl

import pytest

from harness.ftps import make_context

AES128, AES256 = "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"
VERSIONS = ("1.2", "1.3")


def cipher_of(server, ciphers: str) -> str:
    with server.ftp(version="1.2", ciphers=ciphers) as ftp:
        ftp.auth()
        return ftp.stream.cipher


@pytest.mark.parametrize("preference, chosen", (("on", AES128), ("off", AES256)))
def test_whose_order_of_ciphers_counts(daemon, preference, chosen):
    server = daemon(f"TLSCipherSuite {AES128}:{AES256}", f"TLSServerCipherPreference {preference}")
    assert cipher_of(server, f"{AES256}:{AES128}") == chosen


def offering(pki, version: str, *protocols: str) -> ssl.SSLContext:
    context = make_context(pki.ca, version)
    context.set_alpn_protocols(protocols)
    return context


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("offer", (("ftp",), ("http/1.1", "ftp"), ("ftp-data", "ftp")))
def test_alpn_with_ftp_is_confirmed_on_both_channels(daemon, pki, version, offer):
    server = daemon()
    with server.ftps(context=offering(pki, version, *offer)) as ftp:
        assert ftp.stream.tls.selected_alpn_protocol() == "ftp"
        assert ftp.store("a", b"x").code == 226


@pytest.mark.differs_from_original("the original serves whoever offers other protocols")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("offer", (("http/1.1",), ("xftpx", "ftps"), ("\3ftp",)))
def test_q15_alpn_without_ftp_is_refused(daemon, pki, version, offer):
    server = daemon()
    with server.ftp(context=offering(pki, version, *offer)) as ftp:
        ftp.expect("AUTH TLS", 234)
        error, _ = ftp.failing_handshake()
        assert "alert no application protocol" in str(error)
    server.tls_log.wait_for("client offers by ALPN other protocols than 'ftp'")
    with server.ftps(version=version) as ftp:  # one without ALPN
        assert ftp.store("a", b"x").code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_without_next_protocol_alpn_is_ignored(daemon, pki, version):
    server = daemon("TLSNextProtocol off")
    for offer in ("http/1.1", "ftp"):
        with server.ftps(context=offering(pki, version, offer)) as ftp:
            assert ftp.stream.tls.selected_alpn_protocol() is None
            assert ftp.store("a", b"x").code == 226


@pytest.mark.parametrize("directive, text", (
    ("TLSNextProtocol ftp", "TLSNextProtocol: expected Boolean parameter: 'ftp'"),
    ("TLSServerCipherPreference client",
     "TLSServerCipherPreference: expected Boolean parameter: 'client'")))
def test_wrong_values_are_told_by_the_configuration_check(check_config, directive, text):
    outcome = check_config(directive)
    assert outcome.status == 1
    assert text in outcome.stderr
