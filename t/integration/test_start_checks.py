# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What is told, and what is refused, before the first connection."""
import os
import re
import subprocess
from pathlib import Path

import pytest

from harness import process, settings
from harness.daemon import StartFailed
from harness.logs import wait_for

FAULTS = ("TLSProtocol TLSv9", "TLSRequired sometimes", "TLSCipherSuite HIGH:!aNUL",
          "TLSTimeoutHandshake soon", "TLSGroups X25519:nope", "TLSOptions NoSuchOption",
          "TLSMasqueradeAddress no.such.name.invalid")


def fatal_lines(text: str) -> list[str]:
    return re.findall(r"fatal: (TLS\w+): .* on line \d+ of '[^']+'", text)


@pytest.mark.differs_from_original("the original stops at the first")
def test_all_faults_are_told_at_once(check_config):
    outcome = check_config(*FAULTS)
    assert outcome.status == 1
    assert fatal_lines(outcome.stderr) == [line.split()[0] for line in FAULTS]
    assert f"{len(FAULTS)} directives were refused" in outcome.stderr


@pytest.mark.differs_from_original("the original stops at the first")
def test_faults_in_other_contexts_are_told_as_well(check_config):
    outcome = check_config("<Directory />", "TLSEngine on", "</Directory>", "<Global>",
                           "TLSMasqueradeAddress 192.0.2.1", "</Global>", "TLSLog")
    assert outcome.status == 1
    assert fatal_lines(outcome.stderr) == ["TLSEngine", "TLSMasqueradeAddress", "TLSLog"]


def test_a_fault_in_an_included_file_is_found_there(daemon):
    server = daemon.prepare("Include {dir}/more.conf", "TLSRequired never")
    included = server.folder / "more.conf"
    included.write_text("# nothing\n# yet\n  tlsRequired sometimes\n")
    outcome = server.check()
    assert outcome.status == 1
    assert f"on line 3 of '{included}'" in outcome.stderr
    if not settings.ORIGINAL:
        assert re.search(rf"'never'.* on line \d+ of '{server.config_file}'", outcome.stderr)


def test_a_server_with_faults_does_not_start(daemon):
    server = daemon.prepare(*FAULTS)
    with pytest.raises(StartFailed, match="fatal: TLSProtocol: "):
        server.start()


def test_faults_found_on_sighup_are_logged_and_end_the_daemon(daemon):
    server = daemon()
    server.rewrite(lambda text: text + "TLSProtocol TLSv9\nTLSRequired sometimes\n")
    server.hangup()
    wait_for(lambda: not process.alive(server.pid), "the end of the daemon")
    server.pid = 0
    assert "fatal: TLSProtocol: " in server.system_log
    if not settings.ORIGINAL:
        assert "fatal: TLSRequired: " in server.system_log


def test_a_fault_in_ftpaccess_ends_nothing(daemon):
    server = daemon("AllowOverride on")
    (server.home / ".ftpaccess").write_text("TLSRequired sometimes\n")
    with server.ftps() as ftp:
        assert ftp.names() == []
        assert ftp.expect("PWD", 257)


# --- the library ----------------------------------------------------------------------------------


def library_of_another_version(folder: Path, version: str) -> Path:
    """Something to preload that calls itself OpenSSL `version`."""
    source = folder / "version.c"
    source.write_text("const char *OpenSSL_version(int what) "
                      f'{{ (void)what; return "{version}"; }}')
    target = folder / "version.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(target), str(source)], check=True)
    return target


def test_r24_a_library_that_differs_from_the_headers_is_told_once(daemon, tmp_path):
    server = daemon.prepare()
    usual = server.check().stderr
    assert "linked to OpenSSL" not in usual
    preload = settings.daemon_environment(server.run).get("LD_PRELOAD", "")
    library = library_of_another_version(tmp_path, "3.9.9")
    server.environment["LD_PRELOAD"] = f"{preload} {library}".strip()
    outcome = server.check()
    assert outcome.status == 0
    warnings = re.findall(r"compiled using OpenSSL version '(3\.[\d.]+)' headers, but linked to "
                          r"OpenSSL version '3\.9\.9' library", outcome.stderr)
    assert len(warnings) == 1


# --- FIPS -----------------------------------------------------------------------------------------


FIPS_CONFIGURATION = """\
openssl_conf = init
.include {folder}/fipsmodule.cnf
[init]
providers = providers
[providers]
fips = fips_sect
default = default_sect
[default_sect]
activate = 1
"""


def fips_configuration(folder: Path) -> Path | None:
    """A configuration of OpenSSL with its FIPS provider, if this system has one."""
    modules = subprocess.run(["openssl", "version", "-m"], capture_output=True, text=True,
                             check=True).stdout.split('"')[1]
    provider = Path(modules) / "fips.so"
    if not provider.exists():
        return None
    subprocess.run(["openssl", "fipsinstall", "-module", str(provider), "-out",
                    str(folder / "fipsmodule.cnf")], check=True, capture_output=True)
    (folder / "openssl.cnf").write_text(FIPS_CONFIGURATION.replace("{folder}", str(folder)))
    return folder / "openssl.cnf"


def test_r23_fips_mode_or_a_refused_start(daemon, tmp_path):
    server = daemon.prepare(certificate="rsa")
    assert "FIPS" not in server.check().stderr
    server.arguments = ("-DTLS_USE_FIPS",)
    configuration = fips_configuration(tmp_path)
    if configuration is None:
        outcome = server.check()
        assert outcome.status == 1
        assert "unable to use FIPS mode: the provider 'fips' cannot be loaded: error:" \
            in outcome.stderr
        return
    server.environment["OPENSSL_CONF"] = str(configuration)
    outcome = server.check()
    assert outcome.status == 0, outcome.stderr
    assert "FIPS mode enabled" in outcome.stderr
    server.start()
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    assert server.s_client("-cipher", "CHACHA20", "-tls1_2").status != 0


def test_r23_without_its_configuration_fips_is_refused(daemon, tmp_path):
    """A provider that is not there, whatever the system has."""
    server = daemon.prepare()
    server.environment["OPENSSL_MODULES"] = str(tmp_path)
    server.arguments = ("-DTLS_USE_FIPS",)
    outcome = server.check()
    assert outcome.status == 1
    assert "unable to use FIPS mode" in outcome.stderr
    assert "start without -DTLS_USE_FIPS" in outcome.stderr
