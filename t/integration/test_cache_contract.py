# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What every session cache does, whatever it keeps its entries in.

TLS 1.2 clients come back with a session id, TLS 1.3 clients with the name of a session that the
server keeps (tickets are off).
"""
import os

import pytest

from harness import caches, process, settings
from harness.controls import (ALLOW, HEADS, SHM_SESSIONS, ask, assert_reads,
                              start_with_controls, with_controls)
from harness.logs import wait_for
from harness.resumption import DATA, first_visit, returns, write_secret

VERSIONS = ("1.2", "1.3")

COUNTERS = SHM_SESSIONS[SHM_SESSIONS.index("Cache lifetime hits"):].replace("hits: 2", "hits: 1")

pytestmark = pytest.mark.differs_from_original("these are tests of our own cache modules")


@pytest.fixture(params=caches.KINDS)
def cache(request, run_folder):
    made = caches.make(request.param, run_folder)
    yield made
    made.close()


def with_secret(cache, run_folder) -> tuple[str, ...]:
    secret = run_folder / "secret-of-all"
    if not secret.exists():
        write_secret(secret)
    return cache.directives(f"TLSCacheSecretFile {secret}")


@pytest.mark.parametrize("version", VERSIONS)
def test_q50_sessions_outlive_their_connection(daemon, cache, version):
    server = daemon(*cache.directives())
    session, context = first_visit(server, version, cache.which)
    for _ in range(2):
        assert returns(server, session, context)


@pytest.mark.parametrize("version", VERSIONS)
def test_r30_a_session_of_one_daemon_resumes_on_another(daemon, cache, run_folder, version):
    lines = with_secret(cache, run_folder)
    one, two = daemon(*lines), daemon(*lines)
    session, context = first_visit(one, version, cache.which)
    assert returns(two, session, context)
    assert returns(one, session, context)


def test_without_a_common_secret_entries_of_another_daemon_are_refused(daemon, cache):
    one, two = daemon(*cache.directives()), daemon(*cache.directives())
    session, context = first_visit(one, "1.3", cache.which)
    assert not returns(two, session, context)
    assert returns(one, *first_visit(one, "1.3", cache.which))


def test_sessions_outlive_the_end_of_their_daemon(daemon, cache, run_folder):
    """Shared memory lives as long as one daemon uses it; files and servers longer."""
    lines = with_secret(cache, run_folder)
    other = daemon(*lines) if cache.name == "shm" else None
    one = daemon(*lines)
    session, context = first_visit(one, "1.3", cache.which)
    assert process.end(one.pid)
    one.pid = 0
    assert returns(other or daemon(*lines), session, context)


def test_q38_sessions_outlive_a_sighup(daemon, cache):
    server = daemon(*cache.directives())
    session, context = first_visit(server, "1.3", cache.which)
    held = server.descriptors(server.pid)
    for _ in range(2):
        server.reload()
        assert returns(server, session, context)
    assert server.descriptors(server.pid) <= held + 1


def test_sessions_expire(daemon, cache):
    server = daemon(*cache.directives(timeout=1))
    session, context = first_visit(server, "1.2", cache.which)
    wait_for(lambda: not returns(server, session, context), "the end of the session", 8)


def test_q63_counters_count(daemon, cache):
    server = with_controls(daemon, *cache.directives(), "TLSControlsACLs all allow user root")
    session, context = first_visit(server, "1.2", cache.which)
    assert returns(server, session, context)
    lines = ask(server, "sesscache", "info")
    head = HEADS.get(cache.name)
    wanted = f"{head}\n{COUNTERS}" if head else SHM_SESSIONS.replace("hits: 2", "hits: 1")
    assert_reads(lines, wanted.replace("stored: 1", r"stored: [1-9]\d*")
                 .replace("cached: 1", r"cached: [1-9]\d*"))


def test_q40_clear_and_remove_reach_every_entry(daemon, cache):
    server = with_controls(daemon, *cache.directives(), "TLSControlsACLs all allow user root")
    session, context = first_visit(server, "1.2", cache.which)
    (answer,) = ask(server, "sesscache", "clear")
    assert answer == f"tls sesscache: cleared 1 session from '{cache.name}' session cache"
    assert not returns(server, session, context)
    session, context = first_visit(server, "1.2", cache.which)
    assert returns(server, session, context)
    (answer,) = ask(server, "sesscache", "remove")
    assert answer == f"tls sesscache: removed '{cache.name}' session cache"
    assert not returns(server, session, context)
    # Q18: what was removed can be asked for, and the daemon lives
    ask(server, "sesscache", "info")
    assert server.is_running()


@pytest.mark.parametrize("version", VERSIONS)
def test_q69_sessions_of_data_connections_stay_out(daemon, cache, version):
    server = with_controls(daemon, *cache.directives(), "TLSOptions NoSessionReuseRequired",
                           "TLSControlsACLs all allow user root")
    with server.ftps(version=version) as ftp:
        for _ in range(3):
            assert ftp.store("fresh", DATA, session="none").code == 226
        ftp.quit()
    lines = ask(server, "sesscache", "info")
    stored = next(line for line in lines if line.startswith("Cache lifetime sessions stored: "))
    # TLS 1.3: two with the handshake, one more after each transfer
    assert int(stored.split()[-1]) <= (1 if version == "1.2" else 5)


def test_q19_nothing_of_a_session_can_be_read_where_it_is_kept(daemon, cache):
    if cache.name == "shm":
        return  # only root can attach
    server = daemon(*cache.directives())
    first_visit(server, "1.2", cache.which)
    if cache.server:
        (kept,) = [key for key in cache.server.keys() if "generation" not in key]
        assert "mod_tls" in kept
        return
    folder = cache.info.removeprefix("/path=")
    for name in os.listdir(folder):
        with open(f"{folder}/{name}", "rb") as entry:
            data = entry.read()
        assert data.startswith(b"mtls")
        assert b"FTPS" not in data and b"0\x82" not in data[:40]


def test_our_modules_serve_the_original_mod_tls(daemon, cache):
    """The other way round: the interface is that of the distribution, which hands out tickets as
    long as TLS 1.3 is enabled."""
    server = daemon.prepare(*cache.directives(), ALLOW, "TLSProtocol TLSv1.2")
    server.rewrite(lambda text: text.replace(
        f"ModulePath {settings.module_dir()}\nLoadModule mod_tls.c",
        f"ModulePath {settings.HOST_MODULES}\nLoadModule mod_tls.c\n"
        f"ModulePath {settings.module_dir()}"))
    start_with_controls(server)
    first_visit(server, "1.2", cache.which)
    stored = next(line for line in ask(server, "sesscache", "info")
                  if line.startswith("Cache lifetime sessions stored: "))
    assert int(stored.split()[-1]) >= 1
