# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLSPreSharedKey: clients that connect by a key they share with the server."""
import secrets

import pytest

from harness.client_pki import Authority, admitted, presenting, refused

VERSIONS = ("1.2", "1.3")
KEY = "00" * 2 + secrets.token_hex(30)


def write_key(path, text: str = KEY + "\n", mode: int = 0o600):
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture(name="server")
def start_server(daemon, tmp_path):
    return daemon(f"TLSPreSharedKey alice hex:{write_key(tmp_path / 'alice.psk')}")


def by_key(server, version: str, identity: str = "alice", key: str = KEY, *more: str):
    """openssl s_client with a key and without other suites; two commands inside."""
    flag = f"-tls{version.replace('.', '_')}"
    ciphers = ("-cipher", "PSK") if version == "1.2" else ()
    return server.s_client(flag, *ciphers, "-psk_identity", identity, "-psk", key, *more,
                           commands="FEAT\r\nQUIT\r\n")


@pytest.mark.parametrize("version", VERSIONS)
def test_q8_a_key_that_begins_with_zeros(server, version):
    outcome = by_key(server, version).ok()
    assert "211 End" in outcome.stdout
    assert "BEGIN CERTIFICATE" not in outcome.stdout  # the server needed none
    server.tls_log.wait_for("found PSK (32 bytes) for identity 'alice'")
    assert "resumed session" not in server.tls_log


@pytest.mark.parametrize("version", VERSIONS)
def test_q8_a_wrong_key_is_refused(server, version):
    outcome = by_key(server, version, key="ff" * 32)
    assert outcome.status != 0
    server.tls_log.wait_for("negotiation failed on control channel")
    assert KEY not in server.tls_log.text() + server.system_log.text()


def test_q8_a_stranger_ends_like_a_wrong_key(server):
    stranger = by_key(server, "1.2", identity="bob")
    wrong = by_key(server, "1.2", key="ff" * 32)
    assert stranger.status == wrong.status != 0
    alerts = [[line.split(":", 1)[1] for line in outcome.stderr.splitlines() if "alert" in line]
              for outcome in (stranger, wrong)]
    assert alerts[0] == alerts[1]
    server.tls_log.wait_for("warning: requested PSK identity 'bob' not configured, providing "
                            "random fake PSK")


def test_a_stranger_with_tls13_is_shown_the_certificate(server):
    assert "BEGIN CERTIFICATE" in by_key(server, "1.3", identity="bob").ok().stdout


@pytest.mark.parametrize("version", VERSIONS)
def test_everybody_else_is_served_by_certificate(server, version):
    with server.ftps(version=version) as ftp:
        for name in "ab":
            assert ftp.store(name, b"x").code == 226
        assert ftp.retrieve("a") == b"x"


@pytest.mark.parametrize("content, mode, notice", (
    ("secret\n", 0o600, "other than hexadecimal digits"), ("", 0o600, "the file is empty"),
    ("\0" * 64, 0o600, "other than hexadecimal digits"), ("ab" * 9, 0o600, "only 72 bits"),
    ("abc" * 21, 0o600, "an odd number"), ("ab" * 600, 0o600, "longer than 512 bytes"),
    ("x" * 10_000_000, 0o600, "larger than 4 MiB"), (KEY, 0o644, "everybody can read"),
    (KEY, 0o602, "everybody can read or write")),
    ids=("text", "empty", "zeros", "short", "odd", "long", "huge", "readable", "writable"))
def test_q8_keys_that_cannot_be_used_are_left_out_with_a_notice(daemon, tmp_path, content, mode,
                                                               notice):
    path = write_key(tmp_path / "key.psk", content, mode)
    said = daemon.prepare(f"TLSPreSharedKey alice hex:{path}").check()
    assert said.status == 0
    assert f"TLSPreSharedKey 'alice': not using '{path}': " in said.stderr
    assert notice in said.stderr
    assert not content.strip("\0\n") or content[:12] not in said.stderr


@pytest.mark.parametrize("path, notice", (("/nonexistent", "No such file"),
                                          ("/", "Is a directory")))
def test_files_that_are_none(daemon, path, notice):
    server = daemon(f"TLSPreSharedKey alice hex:{path}")
    assert notice in server.check().stderr
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


@pytest.mark.parametrize("words, message", (
    ("alice", "missing parameters"),
    ("alice base64:/etc/key", "unsupported TLSPreSharedKey format"),
    ("alice hex:key", "parameter must be an absolute path"),
    ("i" * 257 + " hex:/etc/key", "exceed maximum length 256 on line")),
    ids=("one-word", "other-format", "relative", "long-identity"))
def test_q77_wrong_forms_are_told_in_order(check_config, words, message):
    outcome = check_config(f"TLSPreSharedKey {words}")
    assert outcome.status == 1
    assert "TLSPreSharedKey: " in outcome.stderr and message in outcome.stderr


def test_q49_keys_are_read_once_and_again_when_renewed(server, tmp_path):
    path = tmp_path / "alice.psk"
    renewed = secrets.token_hex(32)
    write_key(path, renewed)
    by_key(server, "1.2", key=renewed).ok()
    path.write_text("noise")  # the session keeps no key, and says so
    assert by_key(server, "1.2", key=renewed).status != 0
    server.system_log.wait_for("other than hexadecimal digits")


def test_own_keys_and_those_of_global_add_up(daemon, tmp_path):
    own, other = write_key(tmp_path / "a"), write_key(tmp_path / "b", "11" * 32)
    server = daemon(f"TLSPreSharedKey alice hex:{own}", "<Global>",
                    f"TLSPreSharedKey alice hex:{other}", f"TLSPreSharedKey bob hex:{other}",
                    "</Global>")
    assert "the first key of an identity counts" in server.check().stderr
    by_key(server, "1.2").ok()
    by_key(server, "1.2", identity="bob", key="11" * 32).ok()


# --- with certificates of clients -----------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("verify", ("on", "optional"))
def test_a_key_is_no_certificate(daemon, tmp_path, version, verify):
    """Handshakes by key ask for no certificate, so `TLSVerifyClient on` must notice it itself."""
    authority = Authority(tmp_path, "client CA")
    alice = authority.issue("alice")
    server = daemon(f"TLSPreSharedKey alice hex:{write_key(tmp_path / 'alice.psk')}",
                    f"TLSVerifyClient {verify}", f"TLSCACertificateFile {authority.certificate}")
    outcome = by_key(server, version)
    if verify == "on":
        assert "211 End" not in outcome.stdout
        server.tls_log.wait_for("client did not provide certificate, but one is required")
        assert refused(server, presenting(server, None, version))
    else:
        assert "211 End" in outcome.ok().stdout
        admitted(server, presenting(server, None, version)).close()
    admitted(server, presenting(server, alice, version)).close()
