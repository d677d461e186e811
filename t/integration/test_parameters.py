# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What the directives about TLS parameters do to a handshake, and what their wrong forms get."""
import base64
import re
import subprocess
from pathlib import Path

import pytest

from harness.ftps import make_context
from harness.pki import Credential
from make_pki import openssl

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


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("offer", (("ftp",), ("http/1.1", "ftp"), ("ftp-data", "ftp")))
def test_alpn_with_ftp_is_confirmed_on_both_channels(daemon, pki, version, offer):
    server = daemon()
    with server.ftps(context=make_context(pki.ca, version, protocols=offer)) as ftp:
        assert ftp.stream.tls.selected_alpn_protocol() == "ftp"
        assert ftp.store("a", b"x").code == 226


@pytest.mark.differs_from_original("the original serves whoever offers other protocols")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("offer", (("http/1.1",), ("xftpx", "ftps"), ("\3ftp",)))
def test_q15_alpn_without_ftp_is_refused(daemon, pki, version, offer):
    server = daemon()
    with server.ftp(context=make_context(pki.ca, version, protocols=offer)) as ftp:
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
        with server.ftps(context=make_context(pki.ca, version, protocols=(offer,))) as ftp:
            assert ftp.stream.tls.selected_alpn_protocol() is None
            assert ftp.store("a", b"x").code == 226


@pytest.mark.parametrize("directive, text", (
    ("TLSNextProtocol ftp", "TLSNextProtocol: expected Boolean parameter: 'ftp'"),
    ("TLSServerCipherPreference client",
     "TLSServerCipherPreference: expected Boolean parameter: 'client'"),
    ("TLSGroups X25519:nope", "this OpenSSL does not know 'nope'"),
    ("TLSECDHCurve nope", "unable to use ECDH curves 'nope'"),
    ("TLSDHParamFile /nonexistent", "No such file or directory"),
    ("TLSDHParamFile {certificate}", "file contained no DH parameters"),
    ("TLSVerifyDepth -1", "depth must be zero or greater"),
    ("TLSServerInfoFile info.pem", "parameter must be an absolute path"),
    ("TLSRenegotiate data x", "data must be valid number: 'x'")))
def test_wrong_values_are_told_by_the_configuration_check(check_config, directive, text):
    outcome = check_config(directive)
    assert outcome.status == 1
    assert text in outcome.stderr


@pytest.mark.parametrize("key", ("ctrl", "data", "timeout", "required"))
def test_q30_a_key_of_renegotiate_without_its_value(check_config, key):
    outcome = check_config(f"TLSRenegotiate {key}")
    assert outcome.status == 1
    assert f"missing parameters: '{key}' has no value" in outcome.stderr


@pytest.mark.parametrize("form", ("none", "required off"))
def test_renegotiate_without_limits_is_silent(daemon, form):
    server = daemon(f"TLSRenegotiate {form}", "TLSRandomSeed /nonexistent/seed")
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    assert "TLSRenegotiate" not in server.check().stderr


@pytest.mark.parametrize("directive", ("TLSGroups", "TLSECDHCurve"))
@pytest.mark.parametrize("version", VERSIONS)
def test_only_the_named_groups_are_agreed_on(daemon, directive, version):
    server = daemon(f"{directive} P-384", certificate="rsa")
    # without others to fall back on in TLS 1.2
    flags = (f"-tls{version.replace('.', '_')}", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384")
    outcome = server.s_client(*flags, "-groups", "X25519:P-384").ok()
    assert "ECDH, secp384r1, 384 bits" in outcome.stdout
    assert server.s_client(*flags, "-groups", "X25519").status != 0


def test_groups_go_before_curves(daemon):
    server = daemon("TLSECDHCurve P-256", "TLSGroups X448:P-384")
    outcome = server.s_client("-tls1_2", "-groups", "P-256:P-384:X448").ok()
    assert "Temp Key: X448" in outcome.stdout


HYBRID = "X25519MLKEM768"


def knows_hybrids() -> bool:
    """OpenSSL 3.5 and later."""
    listed = subprocess.run(["openssl", "list", "-tls-groups", "-tls1_3"], capture_output=True,
                            text=True, check=False)
    return HYBRID in listed.stdout


def test_hybrid_groups_where_the_library_has_them(daemon):
    server = daemon.prepare(f"TLSGroups {HYBRID} X25519")
    if not knows_hybrids():
        outcome = server.check()
        assert outcome.status == 1
        assert f"this OpenSSL does not know '{HYBRID}'" in outcome.stderr
        return
    server.start()
    outcome = server.s_client("-tls1_3", "-groups", f"{HYBRID}:X25519").ok()
    assert f"Negotiated TLS1.3 group: {HYBRID}" in outcome.stdout
    server.s_client("-tls1_3", "-groups", "X25519").ok()
    with server.ftps(version="1.3") as ftp:
        assert ftp.store("a", b"x").code == 226
    alone = daemon.prepare(f"TLSGroups {HYBRID}").check().stderr
    assert f"none of the groups '{HYBRID}' is for TLSv1.2" in alone
    newest = daemon.prepare(f"TLSGroups {HYBRID}", "TLSProtocol TLSv1.3").check().stderr
    assert "none of the groups" not in newest


@pytest.mark.parametrize("directive", ("TLSGroups", "TLSECDHCurve"))
def test_a_version_without_a_group_is_told(daemon, directive):
    """Else a start that seems well would turn all its clients away."""
    server = daemon(f"{directive} brainpoolP256r1", certificate="rsa")
    told = server.check().stderr
    assert "none of the groups 'brainpoolP256r1' is for TLSv1.3, so that its clients are refused" \
        in told
    assert "for TLSv1.2" not in told
    curve = ("-groups", "brainpoolP256r1")
    assert server.s_client("-tls1_3", *curve).status != 0
    assert "ECDH, brainpoolP256r1" in server.s_client("-tls1_2", *curve).ok().stdout


DHE = ("-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384@SECLEVEL=0")


@pytest.fixture(name="dh_files", scope="module")
def make_dh_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dh")
    for bits in (1024, 2048):
        openssl("dhparam", "-dsaparam", "-out", str(folder / f"{bits}.pem"), str(bits))
    return folder


@pytest.mark.parametrize("directives, bits", (
    ((), 2048), (("TLSDHParamFile {files}/2048.pem",), 2048),
    (("TLSOptions AllowWeakDH", "TLSDHParamFile {files}/1024.pem"), 1024),
    (("TLSDHParamFile {files}/1024.pem", "TLSDHParamFile {files}/2048.pem"), 2048)))
def test_q14_dh_groups_are_of_2048_bits_unless_weak_ones_are_allowed(daemon, dh_files, directives,
                                                                    bits):
    server = daemon(*(d.replace("{files}", str(dh_files)) for d in directives), certificate="rsa")
    outcome = server.s_client(*DHE).ok()
    assert f"Temp Key: DH, {bits} bits" in outcome.stdout


# Four primes for the big one: to find two of 4096 bits would take up to a minute.
@pytest.mark.parametrize("bits, primes", ((3000, 2), (8192, 4)))
def test_q14_keys_of_any_size_have_a_strong_group(daemon, tmp_path, bits, primes):
    """Those of the built-in list of old were served with 1024 bits where the size was odd."""
    openssl("req", "-x509", "-nodes", "-newkey", f"rsa:{bits}", "-pkeyopt",
            f"rsa_keygen_primes:{primes}", "-days", "30", "-subj", "/CN=big",
            "-keyout", f"{tmp_path}/big.key", "-out", f"{tmp_path}/big.crt")
    server = daemon(certificate=Credential("RSA", tmp_path / "big.crt", tmp_path / "big.key"))
    group = re.search(r"Temp Key: DH, (\d+) bits", server.s_client(*DHE).ok().stdout)
    assert group and int(group[1]) >= 2048


def test_r29_a_weak_group_is_passed_over_with_a_notice(daemon, dh_files):
    server = daemon(f"TLSDHParamFile {dh_files}/1024.pem", certificate="rsa")
    assert "not using its groups of 1024 bits, which are too weak" in server.check().stderr
    assert "Temp Key: DH, 2048 bits" in server.s_client(*DHE).ok().stdout


def test_r29_a_weak_group_is_used_for_old_clients_where_that_is_asked_for(daemon, dh_files):
    server = daemon(f"TLSDHParamFile {dh_files}/1024.pem", "TLSOptions AllowWeakDH",
                    certificate="rsa")
    assert "too weak" not in server.check().stderr
    assert "Temp Key: DH, 1024 bits" in server.s_client(*DHE).ok().stdout
    with server.ftps() as ftp:  # the others do not notice
        assert ftp.store("a", b"x").code == 226


def write_server_info(path) -> None:
    """Version 1: type 0x1234, two bytes."""
    data = base64.b64encode(b"\x12\x34\x00\x02hi").decode()
    path.write_text(f"-----BEGIN SERVERINFO FOR TEST-----\n{data}\n"
                    "-----END SERVERINFO FOR TEST-----\n")


def test_server_info_is_sent_with_each_certificate(daemon, pki, tmp_path):
    write_server_info(tmp_path / "info.pem")
    server = daemon(f"TLSServerInfoFile {tmp_path}/info.pem", certificate=(pki.rsa, pki.ec))
    for signature in ("RSA-PSS+SHA256", "ECDSA+SHA256"):
        outcome = server.s_client("-tls1_2", "-serverinfo", "4660", "-sigalgs", signature).ok()
        assert "BEGIN SERVERINFO FOR EXTENSION 4660" in outcome.stdout


def test_a_missing_server_info_file_is_told_and_does_no_harm(daemon):
    server = daemon("TLSServerInfoFile /nonexistent.pem")
    assert "error setting server info using '/nonexistent.pem'" in server.check().stderr
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


def test_r1_the_oldest_howto(daemon, pki):
    server = daemon(f"<IfModule mod_tls.c>\nTLSEngine on\nTLSLog {{dir}}/run/tls.log\n"
                    f"TLSProtocol TLSv1\nTLSRequired off\n{pki.rsa.directives()}\n"
                    f"TLSCACertificateFile {pki.ca}\nTLSVerifyClient off\n</IfModule>",
                    certificate=None)
    notice = server.check().stderr
    assert "TLSProtocol offers only TLSv1; clients that ask for TLSv1.2 or newer" in notice
    assert "write 'TLSProtocol TLSv1.2 TLSv1.3'" in notice
    server.s_client("-tls1", "-cipher", "ALL@SECLEVEL=0").ok()
    assert server.s_client("-tls1_2").status != 0
    with server.ftp() as ftp:  # TLS is not required
        ftp.login()


def test_r41_the_example_of_debian_uncommented(daemon, pki):
    example = Path("/usr/share/proftpd/templates/tls.conf").read_text(encoding="utf-8")
    text = re.sub(r"^#(TLS\w+\s)", r"\1", example, flags=re.M)
    for path, ours in (("/var/log/proftpd/tls.log", "{dir}/run/tls.log"),
                       ("/etc/ssl/certs/proftpd.crt", pki.rsa.certificate),
                       ("/etc/ssl/private/proftpd.key", pki.rsa.key),
                       ("/etc/ssl/certs/CA.pem", pki.ca)):
        assert re.search(rf"^TLS\w+\s+{path}$", text, re.M)
        text = re.sub(rf"^(TLS\w+\s+){path}$", rf"\g<1>{ours}", text, flags=re.M)
    server = daemon.prepare(certificate=None)
    server.configure(text)
    checked = server.check()
    assert checked.status == 0 and "fatal" not in checked.stderr
    server.start()
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
        assert ftp.store("b", b"x", session=None).code == 226  # NoSessionReuseRequired
    with server.ftp() as ftp:  # TLSRequired on
        assert ftp.cmd("USER alice").code == 550
