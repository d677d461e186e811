# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLSStaplingCache: responses that outlive the daemon, and what ftpdctl says of them."""
import json
import os
import re
import signal
import time

import pytest

from harness import caches, process
from harness.controls import (ALLOW, HEADS, SHM_RESPONSES, any_counts, ask, assert_reads,
                              with_controls)
from harness.logs import wait_for
from harness.resumption import load, write_secret
from harness.stapling import (VERSIONS, asking, authority, credential,  # noqa: F401
                              responder, stapled, wait_stapled)

@pytest.fixture
def keeping(daemon, authority, responder, run_folder):
    """keeping(serial) -> a server with our cache of responses; the next one finds what it left."""
    secret = write_secret(run_folder / f"secret-{os.urandom(4).hex()}")
    lines = (*load("mod_tls_shmcache"), f"TLSCacheSecretFile {secret}",
             f"TLSStaplingCache shm:/file={secret}-responses")

    certificates = {}

    def start(serial: int):
        if serial not in certificates:
            certificates[serial] = credential(authority, serial, asking(responder))
        return with_controls(daemon, *lines, ALLOW, certificate=certificates[serial])
    return start


def kill(server) -> None:
    """As a machine that fails: nothing is tidied up."""
    others = server.session_pids()
    for pid in (server.pid, *others):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(process.alive(pid) for pid in (server.pid, *others)), "their end")
    server.pid = 0


def kept(server) -> int:
    """How many responses the cache has."""
    line, = (line for line in ask(server, "ocspcache", "info")
             if line.startswith("Current response cache size: "))
    return int(line.rpartition(" ")[2])


@pytest.mark.needs_root("kills the daemon")
@pytest.mark.differs_from_original("these are tests of our own cache module")
def test_q58_the_cache_switches_stapling_on_and_outlives_the_daemon(keeping, responder):
    first = keeping(20)
    wait_stapled(first)
    wait_for(lambda: kept(first) == 1, "the response in the cache")
    kill(first)
    responder.behaviour = "garbage"
    asked = responder.requests
    second = keeping(20)
    wait_stapled(second)
    assert [stapled(second, version) for version in VERSIONS] == ["good", "good"]
    assert responder.requests == asked  # it is good for some minutes yet


@pytest.mark.needs_root("kills the daemon")
@pytest.mark.differs_from_original("these are tests of our own cache module")
def test_a_kept_response_past_its_end_is_not_stapled(keeping, responder):
    responder.seconds = 4
    first = keeping(21)
    wait_stapled(first)
    wait_for(lambda: kept(first) == 1, "the response in the cache")
    kill(first)
    responder.behaviour = "garbage"
    time.sleep(4.5)
    second = keeping(21)
    second.system_log.wait_for("no OCSP response to staple")
    assert stapled(second) == "trylater"


@pytest.mark.needs_root("ftpdctl asks as root")
@pytest.mark.differs_from_original("these are tests of our own cache module")
def test_r32_the_cache_of_responses(keeping, responder):
    """Recipe: ftpdctl tls ocspcache info, clear and remove."""
    server = keeping(22)
    wait_stapled(server)
    wait_for(lambda: kept(server) == 1, "the response in the cache")
    lines = ask(server, "ocspcache", "info")
    assert_reads(lines, any_counts(SHM_RESPONSES))
    assert ask(server, "ocspcache", "info", "-v") == lines
    server.reload()
    assert kept(server) == 1  # as the documentation has it: responses outlive a restart
    assert ask(server, "ocspcache", "clear") == [
        "tls ocspcache: cleared 1 response from 'shm' OCSP cache"]
    assert kept(server) == 0
    assert ask(server, "ocspcache", "remove") == ["tls sesscache: removed 'shm' OCSP cache"]
    assert ask(server, "ocspcache", "info") == ["No TLSStaplingCache configured"]
    assert stapled(server) == "good"  # what is pinned up is no cache
    assert server.is_running() and responder.requests >= 1


@pytest.mark.needs_root("ftpdctl asks as root")
@pytest.mark.differs_from_original("these are tests of our own cache modules")
@pytest.mark.parametrize("kind", HEADS)
def test_r32_the_responses_of_each_cache(daemon, authority, responder, run_folder, kind):
    """Each line of ftpdctl tls ocspcache, of caches that are not in shared memory."""
    cache = caches.make(kind, run_folder).owned_by("proftpd")
    try:
        server = with_controls(daemon, *cache.directives(use="TLSStaplingCache"), ALLOW,
                               certificate=credential(authority, 24, asking(responder)))
        wait_stapled(server)
        stored = "Cache lifetime responses stored: 1"
        wait_for(lambda: stored in ask(server, "ocspcache", "info"), "the response in the cache")
        head = HEADS[kind].replace("SSL session", "OCSP response")
        counters = "Cache lifetime hits" + SHM_RESPONSES.split("Cache lifetime hits")[1]
        counters = counters.replace("hits: 2", "hits: 0").replace("misses: 0", "misses: 1")
        assert_reads(ask(server, "ocspcache", "info"), f"{head}\n{counters}")
        assert ask(server, "ocspcache", "clear") == [
            f"tls ocspcache: cleared 1 response from '{kind}' OCSP cache"]
        assert ask(server, "ocspcache", "clear") == [
            f"tls ocspcache: cleared 0 responses from '{kind}' OCSP cache"]
        assert ask(server, "ocspcache", "remove") == [
            f"tls sesscache: removed '{kind}' OCSP cache"]
        assert ask(server, "ocspcache", "info") == ["No TLSStaplingCache configured"]
    finally:
        cache.close()


@pytest.mark.needs_root("ftpdctl asks as root")
@pytest.mark.differs_from_original("the original has no such action")
def test_info_tells_the_age_of_what_is_stapled(keeping, responder):
    responder.minutes = 20
    server = keeping(23)
    wait_stapled(server)
    certificate, = json.loads("\n".join(ask(server, "info", "--json")))["servers"][0][
        "certificates"]
    assert 0 <= certificate["staple_age"] < 60
    assert 1100 < certificate["staple_left"] <= 1200
    assert any(re.fullmatch(r"    OCSP response: \d+ s old, good for (19|20) min \d+ s", line)
               for line in ask(server, "info"))
