# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Three hosts behind one name: a client's session made on one resumes on the others.

Each host has a network of its own, and a cable that can be pulled. The client goes round, as a
balancer sends it, and takes with it what it was given last. `pytest -s -m 'big or not big'` shows
the figures that doc/pool.md has.
"""
import os
import signal
import time
from dataclasses import dataclass

import pytest

from harness import ftps, process
from harness.logs import wait_for
from harness.netns import Network, possible
from harness.resumption import load, write_secret
from harness.servers import Memcached

pytestmark = [pytest.mark.needs_root("makes network namespaces"),
              pytest.mark.differs_from_original("the original shares no ticket keys")]

VERSIONS = ("1.2", "1.3")
NAMES = ("a", "b", "c")
CACHES = ("m1", "m2")
DATA = b"pool" * 500
TIMEOUT = 0.5  # seconds for a host that is not there


@dataclass
class Figures:
    """How a client has fared on its round."""

    visits: int = 0
    resumed: int = 0
    full: int = 0
    unreachable: int = 0


@pytest.fixture(scope="module")
def network():
    if not possible():
        pytest.skip("no networks of one's own here, as in a chroot")
    net = Network("client", *NAMES, *CACHES)
    yield net
    net.remove()


class Node(Memcached):
    """A memcached on a host of its own."""

    def __init__(self, folder, host) -> None:
        super().__init__(folder)
        self.host, self.address = host, host.address

    def start(self) -> None:
        with self.host.inside():
            super().start()


@pytest.fixture
def nodes(network, run_folder):
    """Two nodes that run."""
    made = [Node(run_folder, network.hosts[name]) for name in CACHES]
    for node in made:
        node.start()
    yield made
    for node in made:
        node.close()


def shared_keys(folder, _nodes) -> tuple[str, ...]:
    """Ticket keys from one secret."""
    secret = write_secret(folder / f"pool-{os.urandom(4).hex()}")
    return ("TLSSessionTickets on", f"TLSSessionTicketKeys file {secret}")


def shared_cache(folder, nodes) -> tuple[str, ...]:
    """Sessions on two memcached, sealed with one secret."""
    secret = write_secret(folder / f"pool-{os.urandom(4).hex()}")
    return (*load("mod_tls_memcache"), "MemcacheEngine on",
            "MemcacheServers " + " ".join(f"{node.address}:{node.port}" for node in nodes),
            f"TLSCacheSecretFile {secret}", "TLSSessionCache memcache: 3600")


SHARED = {"ticket keys": shared_keys, "memcached": shared_cache}


class Pool:
    """The hosts, and a client that goes round them."""

    def __init__(self, daemon, network, version: str, directives) -> None:
        self.network, self.version = network, version
        self.servers = {}
        for name in NAMES:
            host = network.hosts[name]
            with host.inside():
                self.servers[name] = daemon(*directives, address=host.address)
        self.context = ftps.make_context(next(iter(self.servers.values())).pki.ca, version)
        self.session = None

    def visit(self, name: str, figures: Figures) -> None:
        """One control connection and one upload, as of a client that comes back."""
        figures.visits += 1
        with self.network.hosts["client"].inside():
            try:
                ftp = self.servers[name].ftp(context=self.context)
            except OSError:
                figures.unreachable += 1
                return
            with ftp:
                ftp.auth(session=self.session)
                if ftp.stream.resumed:
                    figures.resumed += 1
                else:
                    figures.full += 1
                ftp.login()
                ftp.protect()
                assert ftp.store("file", DATA).code == 226
                assert ftp.retrieve("file") == DATA
                self.session = ftp.sessions[-1]

    def rounds(self, count: int) -> Figures:
        figures = Figures()
        for _ in range(count):
            for name in NAMES:
                self.visit(name, figures)
        print(f"\n{self.version}: {figures}")
        return figures


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    monkeypatch.setattr(ftps, "TIMEOUT", TIMEOUT * 10)


@pytest.fixture(params=SHARED)
def pool(request, daemon, network, nodes, run_folder):
    """pool("1.3") -> three hosts that have something in common."""
    def start(version: str) -> Pool:
        print(f"\n{request.param}:")
        return Pool(daemon, network, version, SHARED[request.param](run_folder, nodes))
    return start


def kill(server) -> None:
    """The machine has gone: nothing is tidied up."""
    pids = [server.pid, *server.session_pids()]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(process.alive(pid) for pid in pids), "the end of the host")
    (server.run / "pid").unlink()
    server.pid = 0


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_resume_on_every_host_while_one_comes_and_goes(pool, version):
    pool = pool(version)
    before = pool.rounds(3)
    assert (before.resumed, before.full, before.unreachable) == (8, 1, 0)
    kill(pool.servers["b"])
    during = pool.rounds(3)
    assert (during.resumed, during.full, during.unreachable) == (6, 0, 3)
    with pool.network.hosts["b"].inside():
        pool.servers["b"].start()
    after = pool.rounds(3)
    assert (after.resumed, after.full, after.unreachable) == (9, 0, 0)


@pytest.mark.big
@pytest.mark.parametrize("version", VERSIONS)
def test_a_pulled_cable_costs_the_client_a_timeout_and_nothing_else(pool, version, monkeypatch):
    monkeypatch.setattr(ftps, "TIMEOUT", TIMEOUT)
    pool = pool(version)
    assert pool.rounds(1).full == 1
    pool.network.plug("c", False)
    try:
        during = pool.rounds(2)
    finally:
        pool.network.plug("c", True)
    assert (during.resumed, during.full, during.unreachable) == (4, 0, 2)
    monkeypatch.setattr(ftps, "TIMEOUT", TIMEOUT * 10)
    after = pool.rounds(2)
    assert (after.resumed, after.full, after.unreachable) == (6, 0, 0)


@pytest.mark.big
@pytest.mark.parametrize("version", VERSIONS)
def test_a_node_of_the_cache_comes_and_goes(daemon, network, nodes, run_folder, version):
    """What it had is lost and made anew; nobody waits for it, and nobody is refused."""
    pool = Pool(daemon, network, version, shared_cache(run_folder, nodes))
    before = pool.rounds(3)
    assert (before.resumed, before.full, before.unreachable) == (8, 1, 0)
    nodes[0].kill()
    began = time.monotonic()
    during = pool.rounds(3)
    assert during.unreachable == 0 and during.full <= len(NAMES)  # each host learns it once
    assert time.monotonic() - began < 5
    nodes[0].start()
    back = [server.system_log for server in pool.servers.values()]
    known = [log for log in back if "does not answer" in log]
    for _ in range(20):
        if all("answers again" in log for log in known):
            break
        pool.rounds(1)
        time.sleep(0.5)
    after = pool.rounds(3)
    assert after.unreachable == 0 and after.full <= 1


@pytest.mark.big
@pytest.mark.parametrize("version", VERSIONS)
def test_hosts_with_nothing_in_common_make_full_handshakes(daemon, network, version):
    """What the pool is for."""
    figures = Pool(daemon, network, version, ("TLSSessionTickets on",)).rounds(2)
    assert (figures.resumed, figures.full) == (0, 6)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_of_one_host_is_no_key_to_data_on_another(pool, version):
    """Resumption is shared; the data connections of a control connection are its own."""
    pool = pool(version)
    with pool.network.hosts["client"].inside():
        with pool.servers["a"].ftps(context=pool.context) as mine:
            with pool.servers["b"].ftps(context=pool.context) as theirs:
                assert theirs.store("stolen", DATA, session=mine.sessions[-1]).code == 425
                assert theirs.store("own", DATA).code == 226
            assert mine.store("own", DATA).code == 226
