# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLSCryptoDevice: providers of OpenSSL 3 whose algorithms are preferred.

That they are is shown by t/unit/ossl/crypto_device_test.cc; here, what the admin and clients see.
"""
import pytest

from harness import settings

new_here = pytest.mark.differs_from_original("an ENGINE there, a provider here")
VERSIONS = pytest.mark.parametrize("version", ("1.2", "1.3"))


def transfers(server, version: str) -> None:
    with server.ftps(version=version) as ftp:
        assert ftp.store("a", b"text").code == 226
        assert ftp.retrieve("a") == b"text"


@new_here
@VERSIONS
@pytest.mark.parametrize("device, told", (
    ("legacy", "using TLSCryptoDevice 'legacy'"), ("default", "using TLSCryptoDevice 'default'"),
    ("all", "enabled all builtin crypto devices")))
def test_providers_of_the_system(daemon, device, told, version):
    server = daemon(f"TLSCryptoDevice {device}")
    transfers(server, version)
    server.tls_log.wait_for(told)
    assert "is not available" not in server.check().stderr


@VERSIONS
def test_one_that_cannot_be_loaded_is_told_and_does_no_harm(daemon, version):
    server = daemon("TLSCryptoDevice padlock")
    transfers(server, version)
    server.tls_log.wait_for("TLSCryptoDevice 'padlock' is not available")
    if not settings.ORIGINAL:
        notice = server.check().stderr
        assert "TLSCryptoDevice 'padlock' is not available: OpenSSL cannot load" in notice


@new_here
def test_each_server_has_its_own_and_global_fills_gaps(daemon, pki):
    server = daemon("TLSCryptoDevice none", after=f"""
<Global>
TLSCryptoDevice legacy
</Global>
<VirtualHost {{address}}>
Port {{port1}}
ServerName other
TLSEngine on
TLSLog {{dir}}/run/other.log
{pki.ec.directives()}
</VirtualHost>""")
    transfers(server, "1.3")
    with server.ftps(port=server.values["port1"]) as ftp:
        assert ftp.store("b", b"text").code == 226
    server.log("other.log").wait_for("using TLSCryptoDevice 'legacy'")
    assert "TLSCryptoDevice" not in server.tls_log


@new_here
def test_it_survives_a_reload(daemon):
    server = daemon("TLSCryptoDevice legacy")
    server.reload()
    transfers(server, "1.3")
    server.rewrite(lambda text: text.replace("TLSCryptoDevice legacy", "TLSCryptoDevice padlock"))
    server.reload()
    transfers(server, "1.2")
    server.tls_log.wait_for("TLSCryptoDevice 'padlock' is not available")


@new_here
@pytest.mark.parametrize("name", ("../../../../tmp/evil", "/tmp/evil", "evil.so", "..",
                                  "legacy,fips=yes", '""', '"a b"'))
def test_names_that_mean_more_than_a_provider_are_refused(check_config, name):
    outcome = check_config(f"TLSCryptoDevice {name}")
    assert outcome.status == 1
    assert "fatal: TLSCryptoDevice: " in outcome.stderr
    assert "none, or the name of an OpenSSL provider" in outcome.stderr


def test_it_needs_a_word(check_config):
    outcome = check_config("TLSCryptoDevice")
    assert outcome.status == 1
    assert "TLSCryptoDevice: missing parameters" in outcome.stderr
