# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Directives as the admin meets them: `proftpd -t` accepts the good ones and explains the bad ones.

Every refusal names the directive, what is wrong with which value, the line and the file, and ends
with a status other than 0. What is merely doubtful is a notice and does not stop the start.
"""
import os
from pathlib import Path

import pytest

from harness import settings
from harness.daemon import StartFailed

VALID = (
    "TLSEngine on", "TLSEngine OFF", "TLSEngine yes", "TLSEngine 1", "TLSEngine false",
    "tlsengine on",
    "TLSLog {dir}/run/other.log", "TLSLog none", "TLSLog NONE",
    "TLSProtocol TLSv1.2", "TLSProtocol TLSv1.2 TLSv1.3", "TLSProtocol tlsv1.3",
    "TLSProtocol ALL -SSLv3", "TLSProtocol all -sslv3 -TLSv1 -TLSv1.1", "TLSProtocol ALL",
    "TLSProtocol SSLv23", "TLSProtocol TLSv1 TLSv1.1 TLSv1.2",
    "TLSProtocol TLSv1.0 TLSv1.2",
    "TLSProtocol ALL -SSLv3 -TLSv1 -TLSv1.1 -TLSv1.2 +TLSv1.2",
    "TLSCipherSuite HIGH:!aNULL", "TLSCipherSuite DEFAULT:!ADH:!EXPORT:!DES",
    "TLSCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
    "TLSCertificateChainFile {pki}/chain.pem", "TLSCACertificateFile {pki}/ca.crt",
    "TLSCACertificatePath {pki}",
    "TLSRSACertificateFile {pki}/rsa.crt\nTLSRSACertificateKeyFile {pki}/rsa.key",
    "TLSRSACertificateFile {pki}/rsa.crt extra-words-are-ignored\n"
    "TLSRSACertificateKeyFile {pki}/rsa.key",
    "TLSRequired on", "TLSRequired off", "TLSRequired ctrl", "TLSRequired control",
    "TLSRequired data", "TLSRequired !data", "TLSRequired ctrl+data", "TLSRequired ctrl+!data",
    "TLSRequired both", "TLSRequired auth", "TLSRequired auth+data", "TLSRequired auth+!data",
    "TLSRequired TRUE", "TLSRequired 0",
    "TLSOptions NoSessionReuseRequired", "TLSOptions AllowPerUser NoSessionReuseRequired",
    "TLSOptions AllowWeakSecurity", "TLSOptions AllowPerUser\nTLSOptions NoSessionReuseRequired",
    "TLSTimeoutHandshake 30", "TLSTimeoutHandshake 0", "TLSTimeoutHandshake 5min",
    "TLSTimeoutHandshake 00:01:30", "TLSTimeoutHandshake 90sec",
    "TLSSessionCache off", "TLSSessionCache internal:", "TLSSessionCache internal: 1800",
    "TLSSessionCache OFF",
)

# directive, what the message must contain
INVALID = (
    ("TLSEngine maybe", "expected Boolean parameter"),
    ("TLSEngine", "missing parameters"),
    ("TLSProtocol TLSv9", "unknown protocol: 'TLSv9'"),
    ("TLSProtocol SSLv2", "unknown protocol: 'SSLv2'"),
    ("TLSProtocol TLSv1.2 ALL", "unknown protocol: 'ALL'"),
    ("TLSProtocol ALL TLSv1.2", "missing required +/- prefix: TLSv1.2"),
    ("TLSProtocol ALL -SSLv23", "unknown protocol: "),
    ("TLSProtocol", "wrong number of parameters"),
    ("TLSCipherSuite NO-SUCH-CIPHER", "unable to use ciphersuite 'NO-SUCH-CIPHER:!EXPORT'"),
    ("TLSCipherSuite TLSv1.3 NO_SUCH_SUITE", "unable to use ciphersuite 'NO_SUCH_SUITE'"),
    ("TLSCipherSuite TLSv7 HIGH", "unknown/unsupported protocol specifier: TLSv7"),
    ("TLSRSACertificateFile server.pem", "absolute path"),
    ("TLSRSACertificateFile {dir}/missing.pem", "does not exist or does not contain a certificate"),
    ("TLSRSACertificateFile {pki}/rsa.key", "does not exist or does not contain a certificate"),
    ("TLSRSACertificateFile /dev/null", "does not exist or does not contain a certificate"),
    ("TLSRSACertificateFile {dir}", "does not exist or does not contain a certificate"),
    ("TLSECCertificateFile server.pem", "absolute path"),
    ("TLSECCertificateFile {dir}/missing.pem", "does not exist or does not contain a certificate"),
    pytest.param("TLSRSACertificateKeyFile server.key", "absolute path",
                 marks=pytest.mark.differs_from_original("the original tries to open it first")),
    ("TLSRSACertificateKeyFile {dir}/missing.key", "unable to use '{dir}/missing.key'"),
    ("TLSRSACertificateKeyFile {pki}/rsa.crt", "unable to use '{pki}/rsa.crt'"),
    ("TLSECCertificateKeyFile {dir}/missing.key", "unable to use '{dir}/missing.key'"),
    ("TLSCertificateChainFile {dir}/missing.pem", "unable to use '{dir}/missing.pem'"),
    ("TLSCertificateChainFile {pki}/ec.key", "unable to use '{pki}/ec.key'"),
    ("TLSCACertificateFile {dir}/missing.pem", "unable to use '{dir}/missing.pem'"),
    ("TLSCACertificateFile {pki}/ec.key", "unable to use '{pki}/ec.key'"),
    ("TLSCACertificatePath {pki}/ca.crt", "parameter must be a directory path"),
    ("TLSCACertificatePath {dir}/missing", "parameter must be a directory path"),
    ("TLSRequired sometimes", "bad parameter"),
    ("TLSRequired CTRL", "bad parameter"),
    ("TLSRequired data+auth", "bad parameter"),
    ("TLSOptions", "wrong number of parameters"),
    ("TLSOptions NoSuchOption", "unknown TLSOption 'NoSuchOption'"),
    ("TLSOptions nosessionreuserequired", "unknown TLSOption 'nosessionreuserequired'"),
    ("TLSTimeoutHandshake soon", "error parsing timeout value 'soon'"),
    ("TLSTimeoutHandshake -1", "error parsing timeout value '-1'"),
    ("TLSTimeoutHandshake 99999999999999999999", "error parsing timeout value '9999"),
    ("TLSSessionCache", "wrong number of parameters"),
    ("TLSSessionCache on", "badly formatted parameter"),
    ("TLSSessionCache internal: soon", "'soon' is not a valid timeout value"),
    ("TLSSessionCache internal: 0", "timeout be greater than 1"),
    ("TLSSessionCache nosuch:/x", "session cache type 'nosuch' not available"),
)

# where each directive must not stand
MISPLACED = (
    ("<Global>", "TLSSessionCache off", "</Global>"),
    ("<VirtualHost {address}>", "TLSSessionCache off", "</VirtualHost>"),
    ("<Directory />", "TLSEngine on", "</Directory>"),
    ("<Directory />", "TLSProtocol TLSv1.2", "</Directory>"),
    ("<Anonymous {home}>", "TLSOptions AllowPerUser", "</Anonymous>"),
    ("<Directory />", "TLSLog none", "</Directory>"),
    ("<Directory />", "TLSTimeoutHandshake 5", "</Directory>"),
    ("<Directory />", "TLSCipherSuite HIGH", "</Directory>"),
    ("<Limit LOGIN>", "TLSRequired on", "</Limit>"),
)

IDLE = ("AllowDotLogin", "CommonNameRequired", "dNSNameRequired", "iPAddressRequired")


@pytest.fixture
def check(check_config, pki):
    """Checks one directive in an otherwise good configuration; {pki} stands for its folder."""
    def run(*directives: str, **options):
        lines = [line.replace("{pki}", str(pki.folder)) for line in directives]
        return check_config(*lines, **options)
    return run


@pytest.mark.parametrize("directive", VALID)
def test_valid(check, directive):
    result = check(directive)
    assert result.status == 0, result.stderr


@pytest.mark.parametrize("directive, message", INVALID)
def test_invalid(check, daemon, pki, directive, message):
    result = check(directive)
    server = daemon.servers[-1]
    message = message.replace("{pki}", str(pki.folder)).replace("{dir}", str(server.folder))
    name = directive.split()[0]
    number = server.config_file.read_text().splitlines().index(
        directive.replace("{pki}", str(pki.folder)).replace("{dir}", str(server.folder))) + 1
    assert result.status == 1
    assert f"{name}: " in result.stderr
    assert message in result.stderr
    assert f"on line {number} of '{server.config_file}'" in result.stderr


@pytest.mark.differs_from_original("the original accepts them in part")
@pytest.mark.parametrize("directive", (
    "TLSProtocol ALL -SSLv3 -TLSv1 -TLSv1.1 -TLSv1.2 -TLSv1.3", "TLSTimeoutHandshake 01:99:99",
    'TLSLog "/tmp/a\x01b"',
    "TLSSessionCache internal: 99999999999999999999"))
def test_values_that_cannot_be_meant(check, directive):
    result = check(directive)
    assert result.status == 1
    assert f"{directive.split()[0]}: " in result.stderr


@pytest.mark.differs_from_original("the original waits for somebody to write into a FIFO")
@pytest.mark.parametrize("directive", ("TLSRSACertificateFile", "TLSRSACertificateKeyFile",
                                       "TLSCertificateChainFile", "TLSCACertificateFile"))
def test_a_fifo_is_not_waited_for(check, tmp_path, directive):
    os.mkfifo(tmp_path / "fifo")
    result = check(f"{directive} {tmp_path}/fifo", certificate=None)
    assert result.status == 1
    assert f"{directive}: " in result.stderr


@pytest.mark.parametrize("directive, message", (
    ("TLSCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384 TLS_AES_128_GCM_SHA256",
     "wrong number of parameters"),
    ("TLSCipherSuite TLS_AES_256_GCM_SHA384", "use 'TLSCipherSuite TLSv1.3")))
@pytest.mark.differs_from_original("the packaged original crashes or accepts")
def test_invalid_and_noticed(check, directive, message):
    result = check(directive)
    assert result.status == 1
    assert message in result.stderr


@pytest.mark.parametrize("lines", MISPLACED, ids=lambda lines: f"{lines[0]}{lines[1]}")
def test_wrong_context(check, lines):
    result = check(*lines)
    assert result.status == 1
    assert f"{lines[1].split()[0]}: directive not allowed in " in result.stderr


@pytest.mark.parametrize("option", IDLE)
@pytest.mark.differs_from_original("the original says nothing")
def test_options_about_certificates_that_are_not_asked_for_are_told(check, option):
    result = check(f"TLSOptions {option}")
    assert result.status == 0
    assert option in result.stderr
    assert "have no effect without 'TLSVerifyClient on'" in result.stderr


@pytest.mark.parametrize("option", (
    pytest.param("NoCertRequest", marks=pytest.mark.differs_from_original("unknown there")),
    "NoAutoECDH", "NoEmptyFragments"))
def test_options_without_effect_are_accepted(check, option):
    assert check(f"TLSOptions {option}").status == 0


@pytest.mark.differs_from_original("the original says nothing")
def test_options_without_effect_are_told(check):
    assert "NoEmptyFragments" in check("TLSOptions NoEmptyFragments").stderr


# --- certificates and keys ------------------------------------------------------------------------


def test_expired_certificate_is_a_notice(check, pki):
    result = check(certificate=pki.expired)
    assert result.status == 0
    assert f"certificate '{pki.expired.certificate}': expired on " in result.stderr
    assert "2021" in result.stderr


def test_an_expired_certificate_is_still_served(daemon):
    server = daemon(certificate="expired")
    assert "certificate has expired" in server.s_client().stdout


def test_wrong_key_type_is_a_notice_at_the_directive(check, pki):
    result = check(f"TLSRSACertificateFile {pki.ec.certificate}",
                   f"TLSRSACertificateKeyFile {pki.ec.key}", certificate=None)
    found = f"certificate '{pki.ec.certificate}': expected RSA certificate, found EC"
    assert found in result.stderr
    if not settings.ORIGINAL:
        assert f"{found}; name it with TLSECCertificateFile or TLSCertificateFile" in result.stderr


@pytest.mark.differs_from_original("the original finds out in each session")
def test_key_that_does_not_match_is_found_at_start(check, pki):
    result = check(certificate=pki.mismatched)
    assert result.status == 1
    assert "TLSECCertificateKeyFile" in result.stderr
    assert str(pki.mismatched.key) in result.stderr


@pytest.mark.differs_from_original("the original finds out in each session")
def test_a_key_that_does_not_match_stops_the_start(daemon, pki):
    with pytest.raises(StartFailed):
        daemon(certificate=pki.mismatched)


@pytest.mark.differs_from_original("the original finds out in each session")
def test_certificate_without_its_key(check, pki):
    result = check(f"TLSECCertificateFile {pki.ec.certificate}", certificate=None)
    assert result.status == 1
    assert "TLSECCertificate" in result.stderr


@pytest.mark.differs_from_original("the original finds out in each session")
def test_key_without_its_certificate(check, pki):
    """Recipe: key configured without its certificate."""
    result = check(f"TLSRSACertificateKeyFile {pki.rsa.key}", certificate=None)
    assert result.status == 1
    assert "TLSRSACertificateFile" in result.stderr


def test_no_certificate_at_all_is_a_notice(daemon):
    server = daemon(certificate=None)
    with server.ftp() as ftp:
        assert ftp.cmd("AUTH TLS").code == 431
    text = server.system_log.text() + server.tls_log.text() + server.check().stderr
    assert "no TLSRSACertificateFile" in text
    assert "unable to handle SSL/TLS connections" in text


@pytest.mark.parametrize("content", (b"", b"\0" * 1000, b"noise" * 1_000_000,
                                     b"-----BEGIN CERTIFICATE-----\nMIIB"),
                         ids=("empty", "zeros", "noise", "truncated"))
def test_certificate_files_full_of_nonsense(check, tmp_path, content):
    path = tmp_path / "nonsense.pem"
    path.write_bytes(content)
    result = check(f"TLSRSACertificateFile {path}", certificate=None)
    assert result.status == 1
    assert "TLSRSACertificateFile" in result.stderr and str(path) in result.stderr


def test_encrypted_key_without_anybody_to_ask(check, pki, tmp_path):
    from make_pki import openssl
    key = tmp_path / "encrypted.key"
    openssl("pkey", "-in", str(pki.ec.key), "-aes256", "-passout", "pass:secret", "-out", str(key))
    result = check(f"TLSECCertificateFile {pki.ec.certificate}", f"TLSECCertificateKeyFile {key}",
                   certificate=None)
    assert result.status == 1
    assert str(key) in result.stderr


def test_keys_are_read_as_root(daemon, pki, run_folder):
    folder = run_folder / "private"
    credential = pki.ec.copy_to(folder)
    folder.chmod(0o700)
    credential.key.chmod(0o600)
    server = daemon(certificate=credential)
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


# --- what merging does ----------------------------------------------------------------------------


def test_options_add_up(daemon):
    server = daemon("TLSOptions AllowPerUser", "<Global>", "  TLSOptions NoSessionReuseRequired",
                    "</Global>")
    with server.ftp() as ftp:
        ftp.login()
        ftp.auth()
        ftp.protect()
        assert ftp.names(session=None) == []


@pytest.mark.differs_from_original("there the Global one wins")
def test_own_cipher_suite_beats_global(daemon):
    server = daemon("TLSCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256", "<Global>",
                    "  TLSCipherSuite ECDHE-ECDSA-AES256-GCM-SHA384", "</Global>")
    with server.ftps(version="1.2") as ftp:
        assert ftp.stream.cipher == "ECDHE-ECDSA-AES128-GCM-SHA256"


def test_first_of_two_wins(daemon):
    server = daemon("TLSProtocol TLSv1.3", "TLSProtocol TLSv1.2")
    with server.ftps() as ftp:
        assert ftp.stream.version == "TLSv1.3"


# --- logs -----------------------------------------------------------------------------------------


def test_tlslog_mode_and_symbolic_links(daemon):
    server = daemon("TLSLog {dir}/run/unused.log")
    with server.ftps():
        pass
    assert server.tls_log.path.stat().st_mode & 0o777 == 0o640
    link = daemon.prepare(certificate="ec")
    (link.run / "tls.log").symlink_to(link.run / "elsewhere.log")
    link.start()
    with link.ftps():
        pass
    assert not (link.run / "elsewhere.log").exists()
    link.system_log.wait_for("unable to open TLSLog: cannot log to a symbolic link")


def prepare_log(daemon, path: str):
    """A server whose TLSLog is `path`; returns it and the path in full."""
    server = daemon.prepare()
    for name in ("open", "folder"):
        (server.folder / name).mkdir()
    (server.folder / "open").chmod(0o777)
    (server.folder / "file").touch()
    (server.folder / "link").symlink_to(server.folder / "elsewhere")
    path = path.replace("{dir}", str(server.folder))
    server.rewrite(lambda text: text.replace(f"TLSLog {server.run}/tls.log", f"TLSLog {path}"))
    return server, path


@pytest.mark.parametrize("path, reason", (
    ("{dir}/no-such-folder/tls.log", "No such file or directory"),
    ("{dir}/open/tls.log", "parent directory is world-writable")))
def test_a_tlslog_that_cannot_be_opened_stops_nobody(daemon, path, reason):
    server, _ = prepare_log(daemon, path)
    server.start()
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    server.system_log.wait_for(f"notice: unable to open TLSLog: {reason}")


LOG_FAULTS = (
    ("logs/tls.log", "not an absolute path", "write the whole path, from '/' on"),
    ("{dir}/no-such-folder/tls.log", "No such file or directory", "make its folder"),
    ("{dir}/file/tls.log", "Not a directory", "make its folder"),
    ("{dir}/open/tls.log", "parent directory is world-writable", "chmod o-w its folder"),
    ("{dir}/link", "cannot log to a symbolic link", "name the file that the link leads to"),
    ("{dir}/folder", "Is a directory", "make its folder"))


@pytest.mark.differs_from_original("there only sessions find out")
@pytest.mark.parametrize("path, reason, remedy", LOG_FAULTS)
def test_a_tlslog_that_cannot_be_opened_is_a_notice_at_the_start(daemon, path, reason, remedy):
    server, path = prepare_log(daemon, path)
    notice = f"notice: unable to open TLSLog: {reason}: '{path}'; {remedy}"
    checked = server.check()
    assert checked.status == 0
    assert checked.stderr.count(notice) == 1
    server.start()
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    if path.startswith("/"):
        server.system_log.wait_for(notice)
    else:  # the original takes it from the folder that the session is in
        server.system_log.wait_for(f"unable to open TLSLog: No such file or directory: '{path}'")


@pytest.mark.differs_from_original("there only sessions find out")
def test_a_tlslog_that_can_be_opened_is_not_made_by_a_check(daemon):
    server, path = prepare_log(daemon, "{dir}/folder/tls.log")
    checked = server.check()
    assert "TLSLog" not in checked.stderr and not Path(path).exists()
    server.start()
    with server.ftps():
        assert Path(path).exists()
    assert "unable to open TLSLog" not in server.system_log


def test_without_tlslog_nothing_is_written(daemon):
    server = daemon.prepare()
    server.rewrite(lambda text: text.replace("TLSLog ", "#"))
    server.start()
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    assert not server.tls_log.path.exists()


def test_module_is_listed_by_its_directives(check):
    """The name in LoadModule is the module's, whatever language it is written in."""
    result = check("<IfModule mod_tls.c>", "TLSRequired nonsense", "</IfModule>")
    assert result.status == 1 and "bad parameter" in result.stderr


def test_old_howto_configuration_starts(check, pki):
    """Recipe: the oldest howto's basic set-up."""
    rsa = pki.rsa
    result = check("<IfModule mod_tls.c>", "TLSProtocol TLSv1", "TLSRequired off",
                   f"TLSCACertificateFile {pki.ca}", "</IfModule>", certificate=rsa)
    assert result.status == 0, result.stderr
    if not settings.ORIGINAL:
        assert "TLSv1.2" in result.stderr  # which clients will be refused, what to write instead
