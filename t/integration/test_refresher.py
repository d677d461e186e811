# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The process that asks OCSP responders: what it reads is hostile, so it has nothing to lose."""
import grp
import hashlib
import hmac
import os
import pwd
import re
import subprocess
from pathlib import Path

import pytest

from harness import process, settings
from harness.controls import ALLOW, start_with_controls
from harness.logs import wait_for
from harness.resumption import load, write_secret
from harness.stapling import (asking, authority, credential,  # noqa: F401
                              responder, stapled, wait_stapled)

pytestmark = [
    pytest.mark.needs_root("looks into processes of other users"),
    pytest.mark.differs_from_original("the original asks responders in each session, as root"),
]


def title_of(pid: int) -> bytes:
    """Empty if the process, a session, has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def refresher_of(server) -> int:
    """The process, when it has settled."""
    def found() -> list[int]:
        return [pid for pid in server.session_pids() if b"fetching OCSP" in title_of(pid)]
    wait_for(lambda: len(found()) == 1, "the refresher")
    return found()[0]


@pytest.fixture
def serving(daemon, authority, responder):
    def start(*directives, serial=70):
        made = credential(authority, serial, asking(responder))
        return daemon.prepare("TLSStapling on", *directives, certificate=made)
    return start


def test_it_has_given_up_root_for_good(serving):
    server = serving()
    server.start()
    wait_stapled(server)
    now = process.status(refresher_of(server))
    user, group = pwd.getpwnam("proftpd"), grp.getgrnam("nogroup")
    assert now["Uid"] == [str(user.pw_uid)] * 4
    assert now["Gid"] == [str(group.gr_gid)] * 4
    assert set(now["Groups"]) <= {str(gid) for gid in os.getgrouplist("proftpd", group.gr_gid)}
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(now[kind][0], 16) == 0, kind
    assert now["NoNewPrivs"] == ["1"]


def test_it_ends_with_a_killed_daemon_all_the_same(serving):
    """A change of ids takes back what the kernel was asked for before."""
    server = serving()
    server.start()
    wait_stapled(server)
    others = server.session_pids()
    os.kill(server.pid, 9)
    wait_for(lambda: not any(process.alive(pid) for pid in (*others, server.pid)), "its end", 5)
    server.pid = 0


def inode_of(server, name: str) -> list[str]:
    """The sockets that listen on a path."""
    rows = Path("/proc/net/unix").read_text().splitlines()
    return [row.split()[6] for row in rows if row.endswith(f"{server.run}/{name}")]


def test_it_holds_no_sockets_of_the_daemon(serving):
    server = start_with_controls(serving(ALLOW))
    with server.ftp() as ftp:  # whose connection is that of a session
        server.reload()  # and so the refresher is a new one
        wait_stapled(server)
        listening = {process.listener(server.port), *inode_of(server, "ctrls.sock")}
        assert len(listening) >= 2
        held = set(process.open_files(server.pid).values())
        assert {f"socket:[{inode}]" for inode in listening} <= held
        mine = set(process.open_files(refresher_of(server)).values())
        assert not {f"socket:[{inode}]" for inode in listening} & mine
        wait_for(lambda: len(server.session_pids()) == 2, "the end of other sessions")
        session, = set(server.session_pids()) - {refresher_of(server)}
        theirs = {name for name in process.open_files(session).values() if "socket:" in name}
        assert not theirs - held & mine
        ftp.expect("NOOP", 200)


def numbers_of(key: Path, *names: str) -> list[bytes]:
    """Secret numbers of a private key, as the library has them in memory."""
    text = subprocess.run(["openssl", "pkey", "-in", str(key), "-noout", "-text"], check=True,
                          capture_output=True, text=True).stdout
    found = []
    for name in names:
        block, = re.findall(rf"^{name}:\n((?:    .*\n)+)", text, re.M)
        number = bytes.fromhex(re.sub(r"[\s:]", "", block)).lstrip(b"\0")
        found.append(number[::-1])
    return found


def cache_key(secret: bytes, purpose: bytes) -> bytes:
    """HKDF-SHA256 without salt (RFC 5869), one block."""
    extracted = hmac.digest(bytes(32), secret, hashlib.sha256)
    return hmac.digest(extracted, purpose + b"\x01", hashlib.sha256)


@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has a memory of its own")
def test_it_has_forgotten_the_secrets_of_the_daemon(serving, pki, run_folder):
    """Private keys, what ticket keys are made from, and what opens sessions of the cache; it keeps
    what seals its own responses."""
    ring, sealing = run_folder / "ticket-secret", write_secret(run_folder / "cache-secret", 7)
    ring.write_bytes(hashlib.sha512(b"ticket keys").digest())
    ring.chmod(0o600)
    server = serving(*load("mod_tls_shmcache"), f"TLSRSACertificateFile {pki.rsa.certificate}",
                     f"TLSRSACertificateKeyFile {pki.rsa.key}", f"TLSCacheSecretFile {sealing}",
                     f"TLSSessionTicketKeys file {ring}",
                     f"TLSSessionCache shm:/file={run_folder}/refresher-sessions",
                     f"TLSStaplingCache shm:/file={run_folder}/refresher-responses", serial=71)
    server.start()
    wait_stapled(server)
    refresher = refresher_of(server)
    secrets = {
        "RSA": numbers_of(pki.rsa.key, "prime1")[0],
        "tickets": ring.read_bytes(),
        "sessions": cache_key(sealing.read_bytes(), b"mod_tls cache entry 1"),
    }
    for name, secret in secrets.items():
        assert process.holds(server.pid, secret), name
        assert not process.holds(refresher, secret), name
    assert not process.holds(refresher, sealing.read_bytes())  # both keys come from it
    assert process.holds(refresher, cache_key(sealing.read_bytes(), b"mod_tls cache response 1"))


@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has a memory of its own")
def test_it_has_forgotten_the_key_of_its_certificate(daemon, authority, responder):
    made = credential(authority, 72, asking(responder))
    server = daemon("TLSStapling on", certificate=made)
    wait_stapled(server)
    number, = numbers_of(made.key, "priv")
    assert process.holds(server.pid, number)
    line = made.key.read_bytes().splitlines()[2]
    for form in (number, number[::-1], line):  # in memory, in DER, in PEM
        assert not process.holds(refresher_of(server), form)


def test_it_has_no_sessions_of_the_cache(serving, run_folder):
    server = serving(*load("mod_tls_shmcache"),
                     f"TLSSessionCache shm:/file={run_folder}/refresher-none")
    server.start()
    wait_stapled(server)
    def segments(pid: int) -> list[str]:
        return re.findall(r" (\d+) +/SYSV", Path(f"/proc/{pid}/maps").read_text())
    assert len(segments(server.pid)) == 1
    assert not segments(refresher_of(server))


def test_a_directory_that_it_cannot_write_to_is_told(serving, run_folder):
    folder = run_folder / "refresher-entries"
    folder.mkdir(mode=0o700)
    server = serving(*load("mod_tls_fscache"), f"TLSStaplingCache fs:/path={folder}")
    assert f"OCSP responses are not kept in '{folder}'" in server.check().stderr
    server.start()
    wait_stapled(server)
    assert not list(folder.iterdir())
    os.chown(folder, pwd.getpwnam("proftpd").pw_uid, -1)
    assert "are not kept" not in server.check().stderr
    server.reload()
    wait_for(lambda: list(folder.iterdir()), "a response in the directory", 10)
    assert stapled(server) == "good"
