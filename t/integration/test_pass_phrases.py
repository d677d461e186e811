# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Keys with pass phrases: asked of a program or of a person, remembered, and never told."""
import os
import pty
import select
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from harness import process, settings
from harness.pki import Credential, der
from make_pki import openssl

SECRET = "open sesame 42"
pytestmark = pytest.mark.needs_root("the daemon drops root and must still open keys")


def encrypt(source: Path, target: Path, secret: str = SECRET) -> None:
    openssl("pkey", "-in", str(source), "-aes256", "-passout", f"pass:{secret}", "-out",
            str(target))
    target.chmod(0o600)


def export(credential: Credential, target: Path, *args: str, secret: str = SECRET) -> None:
    openssl("pkcs12", "-export", "-in", str(credential.certificate), "-inkey",
            str(credential.key), "-passout", f"pass:{secret}", "-out", str(target), *args)
    target.chmod(0o600)


@pytest.fixture
def private(run_folder, request) -> Path:
    """A folder that only root can look into."""
    folder = run_folder / f"private-{abs(hash(request.node.name))}"
    folder.mkdir()
    folder.chmod(0o700)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def provider(private):
    """Makes a TLSPassPhraseProvider that notes each call in `private`/calls."""
    def make(script: str = f"echo '{SECRET}'") -> Path:
        path = private / "provider"
        path.write_text(f"#!/bin/sh\necho \"$#:$1:$2\" >> {private}/calls\n{script}\n")
        path.chmod(0o700)
        return path
    return make


def calls(private: Path) -> list[str]:
    path = private / "calls"
    return path.read_text().splitlines() if path.exists() else []


def secured(pki, private: Path, kind: str = "EC", name: str = "ec") -> Credential:
    credential = getattr(pki, name)
    key = private / f"{name}.key"
    encrypt(credential.key, key)
    return Credential(kind, credential.certificate, key)


def secrets_told(server) -> bool:
    return any(SECRET in path.read_text(errors="replace") for path in server.run.glob("*.log"))


# --- a program ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_r22_unattended_start_and_reload(daemon, pki, private, provider, version):
    server = daemon(f"TLSPassPhraseProvider {provider()}", certificate=secured(pki, private))
    assert calls(private) == [f"2:main server:{server.port}:EC"]
    with server.ftps(version=version) as ftp:
        assert ftp.store("a", b"text").code == 226
    server.reload()
    with server.ftps(version=version) as ftp:
        assert ftp.retrieve("a") == b"text"
    assert len(calls(private)) == 1  # nobody is asked again
    assert not secrets_told(server)


@pytest.mark.parametrize("kind, name, word", (
    ("RSA", "rsa", "RSA"), ("EC", "ec", "EC"),
    pytest.param("", "ed25519", "ED25519",
                 marks=pytest.mark.differs_from_original("a directive of ours"))))
def test_the_program_is_told_the_type(daemon, pki, private, provider, kind, name, word):
    server = daemon(f"TLSPassPhraseProvider {provider()}",
                    certificate=secured(pki, private, kind, name))
    with server.ftps() as ftp:
        assert ftp.store("a", b"text").code == 226
    assert calls(private)[0].endswith(f":{word}")


@pytest.mark.differs_from_original("quirk Q24: what comes first is all there")
def test_q24_a_pass_phrase_in_pieces_is_read_to_its_end(check_config, pki, private, provider):
    program = provider(f"printf '{SECRET[:3]}'; sleep 0.3; printf '{SECRET[3:]}\\n'")
    assert check_config(f"TLSPassPhraseProvider {program}",
                        certificate=secured(pki, private)).status == 0


@pytest.mark.parametrize("end", ("printf '%s'", "printf '%s\\n'", "printf '%s\\r\\n\\r\\n'"))
def test_the_end_of_the_line_is_no_part_of_it(check_config, pki, private, provider, end):
    program = provider(f"{end} '{SECRET}'")
    assert check_config(f"TLSPassPhraseProvider {program}",
                        certificate=secured(pki, private)).status == 0


def test_a_second_key_after_a_reload_is_asked_for_alone(daemon, pki, private, provider):
    first, second = secured(pki, private), secured(pki, private, "RSA", "rsa")
    server = daemon(f"TLSPassPhraseProvider {provider()}", certificate=first)
    server.rewrite(lambda text: text + second.directives() + "\n")
    server.reload()
    assert [call.rpartition(":")[2] for call in calls(private)] == ["EC", "RSA"]
    for algorithms in ("ECDSA+SHA256", "rsa_pss_rsae_sha256"):
        assert "Verify return code: 0" in server.s_client("-sigalgs", algorithms).ok().stdout


@pytest.mark.differs_from_original("there keys with pass phrases need a restart")
def test_a_renewed_key_with_the_same_pass_phrase_is_served(daemon, pki, private, provider):
    current = secured(pki, private)
    certificate = private / "ec.crt"
    shutil.copy(current.certificate, certificate)
    server = daemon(f"TLSPassPhraseProvider {provider()}",
                    certificate=replace(current, certificate=certificate))
    encrypt(pki.ec2.key, current.key)
    shutil.copy(pki.ec2.certificate, certificate)
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec2.certificate)
    server.reload()
    encrypt(pki.ec.key, current.key, "another one")  # cannot be opened: the last good one stays
    shutil.copy(pki.ec.certificate, certificate)
    server.reload()
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec2.certificate)
    server.system_log.wait_for("it is protected by another pass phrase than before")


FAULTS = (
    (f"echo '{SECRET}'; exit 3", "ended with status 3"),
    (f"echo '{SECRET}'; kill -9 $$", "died from signal 9"),
    ("echo wrong", "the pass phrase is wrong (given 3 times)"),
    ("true", "did not write a pass phrase"),
    ("printf '\\n'", "did not write a pass phrase"),
    ("head -c 100000 /dev/zero | tr '\\0' x", "cannot be a pass phrase"),
    ("head -c 100 /dev/zero", "cannot be a pass phrase"),
)


@pytest.mark.differs_from_original("there its status is ignored, and that of the start is 0")
@pytest.mark.parametrize("script, message", FAULTS)
def test_q24_a_program_that_fails_stops_the_start(check_config, pki, private, provider, script,
                                                  message):
    credential = secured(pki, private)
    result = check_config(f"TLSPassPhraseProvider {provider(script)}", certificate=credential)
    assert result.status == 1
    assert message in result.stderr
    assert f"TLSECCertificateKeyFile '{credential.key}'" in result.stderr
    assert SECRET not in result.stderr


@pytest.mark.differs_from_original("there it inherits environment and descriptors")
def test_q24_a_program_has_a_clean_environment(daemon, pki, private, provider):
    program = provider(f"env > {private}/env; ls -l /proc/$$/fd > {private}/fds; id -u > "
                       f"{private}/id; echo '{SECRET}'")
    daemon(f"TLSPassPhraseProvider {program}", certificate=secured(pki, private))
    names = {line.split("=")[0] for line in (private / "env").read_text().splitlines()}
    assert names <= {"PATH", "PWD", "_", "SHLVL", "OLDPWD"}
    targets = dict(line.split()[-3::2] for line in (private / "fds").read_text().splitlines()
                   if " -> " in line)
    assert targets.pop("0") == "/dev/null"
    assert targets.pop("1").startswith(str(private)) and targets.pop("2").startswith("pipe:")
    shells_own = (str(private), "pipe:", "/dev/null")  # its script, and standard output put aside
    assert all(target.startswith(shells_own) for target in targets.values()), targets
    assert sum(target.startswith("pipe:") for target in targets.values()) <= 1
    assert (private / "id").read_text().strip() == "0"


@pytest.mark.differs_from_original("there a program that hangs is waited for three times")
def test_q24_a_program_that_hangs_is_ended(check_config, pki, private, provider):
    program = provider(f"echo $$ > {private}/pid; trap '' TERM; sleep 100; sleep 100")
    begin = time.monotonic()
    result = check_config(f"TLSPassPhraseProvider {program}", certificate=secured(pki, private))
    assert result.status == 1
    assert "did not answer within 10 seconds" in result.stderr
    assert 9 < time.monotonic() - begin < 30
    assert not Path(f"/proc/{(private / 'pid').read_text().strip()}").exists()


def test_what_the_program_complains_about_is_in_the_debug_log(daemon, pki, private, provider):
    program = provider(f"echo 'safe is open' >&2; echo '{SECRET}'")
    server = daemon.prepare(f"TLSPassPhraseProvider {program}", certificate=secured(pki, private))
    result = subprocess.run([settings.PROFTPD, "-t", "-d5", "-c", str(server.config_file)],
                            capture_output=True, text=True, timeout=30, check=False,
                            env=settings.daemon_environment(server.run), start_new_session=True)
    assert f"stderr from '{program}': safe is open" in result.stderr
    assert SECRET not in result.stderr


@pytest.mark.parametrize("path, message", (
    ("provider", "must be a full path: 'provider'"),
    ("{dir}/missing", "error checking '{dir}/missing': No such file or directory"),
    ("{dir}", "unable to use '{dir}': Not a regular file")))
def test_q77_programs_that_cannot_be_meant(check_config, daemon, path, message):
    result = check_config(f"TLSPassPhraseProvider {path}")
    message = message.replace("{dir}", str(daemon.servers[-1].folder))
    assert result.status == 1
    assert "TLSPassPhraseProvider: " in result.stderr and message in result.stderr


@pytest.mark.differs_from_original("the original checks neither")
@pytest.mark.parametrize("mode, message", ((0o777, "users other than root can change it"),
                                           (0o600, "not executable")))
def test_q23_a_program_that_others_can_change_is_refused(check_config, provider, mode, message):
    program = provider()
    program.chmod(mode)
    result = check_config(f"TLSPassPhraseProvider {program}")
    assert result.status == 1
    assert message in result.stderr


def test_a_program_belongs_to_the_whole_daemon(check_config, provider):
    result = check_config("<Global>", f"TLSPassPhraseProvider {provider()}", "</Global>")
    assert result.status == 1
    assert "directive not allowed in <Global> context" in result.stderr


@pytest.mark.differs_from_original("they stay in the memory of a session until its end")
@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has a memory of its own")
def test_q25_sessions_forget_the_pass_phrase(daemon, pki, private, provider):
    """In the daemon it stays, for the next reload; in a session it goes with the handshake."""
    server = daemon(f"TLSPassPhraseProvider {provider()}", certificate=secured(pki, private))
    assert process.holds(server.pid, SECRET.encode())
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
        assert not any(process.holds(pid, SECRET.encode()) for pid in server.session_pids())


# --- a person -------------------------------------------------------------------------------------


class Console:
    """A terminal that proftpd is started from."""

    def __init__(self, server) -> None:
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(settings.PROFTPD, [settings.PROFTPD, "-t", "-c", str(server.config_file)],
                      settings.daemon_environment(server.run))

    def wait_for(self, text: str, count: int = 1) -> None:
        end = time.monotonic() + 30
        while self.text.count(text) < count:
            assert time.monotonic() < end, f"no {text!r} in {self.text!r}"
            if not select.select([self.fd], [], [], 1)[0]:
                continue
            try:
                self.text += os.read(self.fd, 4096).decode()
            except OSError:
                assert self.text.count(text) >= count, f"no {text!r} in {self.text!r}"

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def status(self) -> int:
        """Of proftpd, when it has ended; what it said until then is in `text`."""
        while True:
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                break
            if not data:
                break
            self.text += data.decode(errors="replace")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def test_a_person_is_asked_twice_at_the_terminal(daemon, pki, private):
    server = daemon.prepare(certificate=secured(pki, private))
    console = Console(server)
    prompt = f"EC key for the 127.0.0.1#{server.port} (main server) server: "
    console.wait_for("Please provide passphrases for these encrypted certificate keys:")
    console.wait_for(prompt)
    console.type(SECRET + "x\x7f\n")
    console.wait_for(prompt, 2)
    console.type(SECRET + "\n")
    assert console.status() == 0, console.text
    assert SECRET not in console.text  # no echo


@pytest.mark.differs_from_original("its prompts are the same, its exit status is 0")
def test_mistakes_at_the_terminal(daemon, pki, private):
    server = daemon.prepare(certificate=secured(pki, private))
    console = Console(server)
    for number, typed in enumerate(("", "one", "another", "wrong", "wrong", SECRET, SECRET), 1):
        console.wait_for(" server: ", number)
        console.type(typed + "\n")
    assert console.status() == 0, console.text
    assert "Error: passphrase must be at least one character" in console.text
    assert "Passphrases do not match.  Please try again." in console.text
    assert "Wrong passphrase for this key.  Please try again." in console.text


@pytest.mark.differs_from_original("there the status is 0")
@pytest.mark.parametrize("typed", ("\x03", "\x04"))
def test_q32_giving_up_at_the_terminal_ends_the_start(daemon, pki, private, typed):
    server = daemon.prepare(certificate=secured(pki, private))
    console = Console(server)
    console.wait_for(" server: ")
    console.type(typed)
    assert console.status() == 1
    assert "nobody gave the pass phrase at the terminal" in console.text


def test_without_terminal_and_program_the_start_says_what_to_do(check_config, pki, private):
    result = check_config(certificate=secured(pki, private))
    assert result.status == 1
    assert "set TLSPassPhraseProvider" in result.stderr


# --- PKCS#12 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ("1.2", "1.3"))
@pytest.mark.parametrize("name", ("rsa", "ec"))
def test_pkcs12_with_a_password(daemon, pki, private, provider, name, version):
    credential = getattr(pki, name)
    export(credential, private / "server.p12")
    server = daemon(f"TLSPassPhraseProvider {provider()}",
                    f"TLSPKCS12File {private}/server.p12", certificate=None)
    with server.ftps(version=version) as ftp:
        assert ftp.stream.peer_certificate == der(credential.certificate)
        assert ftp.store("a", b"text").code == 226
    server.reload()
    with server.ftps(version=version) as ftp:
        assert ftp.retrieve("a") == b"text"
    assert calls(private) == [f"2:main server:{server.port}:PKCS12"]


def test_pkcs12_without_a_password_beside_a_pair(daemon, pki, private):
    export(pki.ec, private / "server.p12", secret="")
    server = daemon(f"TLSPKCS12File {private}/server.p12", certificate="rsa")
    for algorithms in ("ECDSA+SHA256", "rsa_pss_rsae_sha256"):
        assert "Verify return code: 0" in server.s_client("-sigalgs", algorithms).ok().stdout


@pytest.mark.differs_from_original("the original sends the certificate alone")
def test_pkcs12_brings_its_chain(daemon, pki, private):
    export(pki.ec_chained, private / "server.p12", "-certfile", str(pki.chain_file), secret="")
    server = daemon(f"TLSPKCS12File {private}/server.p12", certificate=None)
    with server.ftps() as ftp:  # the client knows the root only
        assert ftp.store("a", b"text").code == 226


def test_pkcs12_is_renewed_without_a_reload(daemon, pki, private):
    path = private / "server.p12"
    export(pki.ec, path, secret="")
    server = daemon(f"TLSPKCS12File {path}", certificate=None)
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
    export(pki.rsa, path, secret="")
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)


@pytest.mark.differs_from_original("there the status is 0")
@pytest.mark.parametrize("secret, message", (
    ("wrong", "the pass phrase is wrong (given 3 times)"), ("", "did not write a pass phrase")))
def test_q32_pkcs12_that_does_not_open(check_config, pki, private, provider, secret, message):
    export(pki.ec, private / "server.p12")
    result = check_config(f"TLSPassPhraseProvider {provider(f'echo {secret}')}",
                          f"TLSPKCS12File {private}/server.p12", certificate=None)
    assert result.status == 1
    assert f"TLSPKCS12File '{private}/server.p12': {''}" in result.stderr
    assert message in result.stderr


@pytest.mark.parametrize("content", (b"", b"\0" * 1000, b"noise" * 2_000_000, "cut", "a folder",
                                     "nothing", "pem"),
                         ids=("empty", "zeros", "10MB", "cut", "folder", "nothing", "pem"))
def test_pkcs12_that_is_none(check_config, pki, tmp_path, content):
    path = tmp_path / "server.p12"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "cut":
        export(pki.ec, path)
        path.write_bytes(path.read_bytes()[:-100])
    elif content == "a folder":
        path.mkdir()
    elif content == "pem":
        shutil.copy(pki.ec.certificate, path)
    result = check_config(f"TLSPKCS12File {path}", certificate=None)
    if settings.ORIGINAL and content != "nothing":
        return  # it looks at the contents later, and ends with status 0
    assert result.status == 1
    assert "TLSPKCS12File: " in result.stderr and f"'{path}'" in result.stderr


# --- keys by URI ------------------------------------------------------------------------------

by_uri = pytest.mark.differs_from_original("the packaged original knows no URIs")


@by_uri
@pytest.mark.parametrize("version", ("1.2", "1.3"))
@pytest.mark.parametrize("kind, name", (("RSA", "rsa"), ("EC", "ec"), ("", "ed25519")))
def test_a_key_by_uri(daemon, pki, kind, name, version):
    credential = getattr(pki, name)
    server = daemon(f"TLS{kind}CertificateFile {credential.certificate}",
                    f"TLS{kind}CertificateKeyFile file:{credential.key}", certificate=None)
    with server.ftps(version=version) as ftp:
        assert ftp.stream.peer_certificate == der(credential.certificate)
        assert ftp.store("a", b"text").code == 226


@by_uri
def test_an_encrypted_key_by_uri(daemon, pki, private, provider):
    credential = secured(pki, private)
    server = daemon(f"TLSPassPhraseProvider {provider()}",
                    f"TLSECCertificateFile {credential.certificate}",
                    f"TLSECCertificateKeyFile file://{credential.key}", certificate=None)
    server.reload()
    with server.ftps() as ftp:
        assert ftp.store("a", b"text").code == 226
    assert calls(private) == [f"2:main server:{server.port}:EC"]


@by_uri
def test_a_key_by_uri_is_renewed_without_a_reload(daemon, pki, private):
    for source, target in ((pki.ec.key, "key"), (pki.ec.certificate, "crt")):
        shutil.copy(source, private / target)
    server = daemon(f"TLSECCertificateFile {private}/crt",
                    f"TLSECCertificateKeyFile file:{private}/key", certificate=None)
    for source, target in ((pki.ec2.key, "key"), (pki.ec2.certificate, "crt")):
        shutil.copy(source, private / target)
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec2.certificate)


@by_uri
@pytest.mark.parametrize("uri, message", (
    ("no-such-scheme:key", "error loading TLSECCertificateKeyFile 'no-such-scheme:key'"),
    ("file:/no/such/key", "unable to use 'file:/no/such/key': No such file or directory"),
    ("file://elsewhere/key", "a file URI names an absolute path on this host"),
    ("file:/dev/null", "unable to use 'file:/dev/null': not a regular file")))
def test_uris_without_a_key(check_config, pki, uri, message):
    result = check_config(f"TLSECCertificateFile {pki.ec.certificate}",
                          f"TLSECCertificateKeyFile {uri}", certificate=None)
    assert result.status == 1
    assert "TLSECCertificateKeyFile" in result.stderr and message in result.stderr
