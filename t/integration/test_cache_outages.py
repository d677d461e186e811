# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""memcached and Redis that die, stall, lie or refuse: an outage costs one session one time-out,
is told once, and every login goes on."""
import time

import pytest

from harness import caches, settings
from harness.controls import ALLOW, ask, with_controls
from harness.logs import wait_for
from harness.resumption import DATA, first_visit, returns, write_secret
from harness.servers import Deaf, Imposter, Memcached, Redis

pytestmark = pytest.mark.differs_from_original("these are tests of our own cache modules")

# To connect, and to get an answer; a session that waits for nothing takes less than SLACK.
ONE_TIME_OUT = 2 * caches.TIMES / 1000
SLACK = 4.0 if settings.SANITIZED else 2.0
OUT = "does not answer ("
BACK = "answers again"

LINES = {"memcache": caches.memcache_lines, "redis": caches.redis_lines}
GREETED = {"memcache": b"version\r\n", "redis": b"*1\r\n$4\r\nPING\r\n"}


@pytest.fixture(params=caches.REMOTE)
def kind(request):
    return request.param


@pytest.fixture
def store(kind, run_folder):
    made = caches.make(kind, run_folder)
    yield made
    made.close()


@pytest.fixture
def hostile():
    made = []

    def keep(server):
        made.append(server)
        return server
    yield keep
    for each in made:
        each.close()


def start(daemon, kind: str, port: int, *more: str, timeout: str = ""):
    return daemon(*LINES[kind](port), *more, f"TLSSessionCache {kind}:{timeout}")


def visit(server) -> float:
    """Seconds that a client waits for its first handshake and login, and one transfer."""
    began = time.monotonic()
    with server.ftps(version="1.3") as ftp:
        assert ftp.store("visit", DATA).code == 226
        ftp.quit()
    return time.monotonic() - began


def check_one_time_out(server, out_already: bool = False, seen: list[bytes] = ()) -> None:
    """One session pays, the next do not; one line in the log says it. `seen`: what the server was
    asked, one question and then probes."""
    first = visit(server)
    assert first < SLACK + (0 if out_already else ONE_TIME_OUT)
    for _ in range(2):
        assert visit(server) < SLACK
    assert server.system_log.count(OUT) == 1
    for noise in ("error adding session", "error retrieving session"):
        assert noise not in server.tls_log and noise not in server.system_log
    assert all(request in GREETED.values() for request in seen[1:])


def test_q35_a_dead_server_costs_no_time(daemon, store, kind):
    server = start(daemon, kind, store.server.port)
    store.server.kill()
    check_one_time_out(server, out_already=True)


def test_q35_a_stalled_server_costs_one_time_out(daemon, store, kind):
    server = start(daemon, kind, store.server.port)
    visit(server)
    store.server.pause()
    try:
        check_one_time_out(server)
    finally:
        store.server.go_on()
    wait_for(lambda: visit(server) and server.system_log.count(BACK), "the server's return", 12)
    assert returns(server, *first_visit(server, "1.3"))


def test_q35_a_server_that_accepts_and_says_nothing_is_not_asked_again(daemon, hostile, kind):
    silent = hostile(Imposter())
    check_one_time_out(start(daemon, kind, silent.port), seen=silent.requests)
    assert silent.requests


def test_q35_a_host_that_drops_packets_costs_one_time_out(daemon, hostile, kind):
    check_one_time_out(start(daemon, kind, hostile(Deaf()).port))


LONG = {"memcache": b"VALUE k 0 1000000\r\n" + b"x" * 60000, "redis": b"$1000000\r\nxxxxxx"}


def test_q35_a_server_that_trickles_costs_one_time_out(daemon, hostile, kind):
    """Every byte is in time: the whole of it is not."""
    slow = hostile(Imposter(LONG[kind], pace=0.05))
    check_one_time_out(start(daemon, kind, slow.port), seen=slow.requests)


@pytest.mark.parametrize("answer", (
    b"\xff" * 70000, b"VALUE x 0 99999999999\r\n$99999999999\r\n", b"STORED\r\n+OK\r\n+OK\r\n",
    b"HTTP/1.1 400 Bad Request\r\n\r\n"), ids=("noise", "huge", "too_many", "http"))
def test_q20_a_server_that_lies_costs_no_time_and_harms_nobody(daemon, hostile, kind, answer):
    """More of them are in the unit tests of the protocols."""
    liar = hostile(Imposter(answer))
    check_one_time_out(start(daemon, kind, liar.port), out_already=True, seen=liar.requests)


FOREIGN = {"memcache": b"VALUE k 0 4\r\nabcd\r\nEND\r\n", "redis": b"$4\r\nabcd\r\n"}


def test_q20_what_is_not_ours_is_a_miss(daemon, hostile, kind):
    """A neighbour answers every question with an entry of his own."""
    server = start(daemon, kind, hostile(Imposter(FOREIGN[kind])).port)
    session, context = first_visit(server, "1.3")
    assert not returns(server, session, context)


REFUSALS = {"memcache": b"SERVER_ERROR out of memory storing object\r\n",
            "redis": b"-NOAUTH Authentication required.\r\n"}


def test_a_refusal_is_told_once_with_the_words_of_the_server(daemon, hostile, kind):
    refusing = hostile(Imposter(REFUSALS[kind]))
    server = start(daemon, kind, refusing.port)
    for _ in range(3):
        assert visit(server) < SLACK
    words = REFUSALS[kind].decode().strip()
    assert server.system_log.count(f"keeps no entries: it says '{words}'") == 1
    assert server.system_log.count(OUT) == 0


def test_a_server_that_is_restarted_is_used_again(daemon, store, kind):
    server = start(daemon, kind, store.server.port)
    visit(server)
    store.server.kill()
    visit(server)
    store.server.start()
    wait_for(lambda: visit(server) and server.system_log.count(BACK), "the server's return", 12)
    assert returns(server, *first_visit(server, "1.3"))
    assert server.system_log.count(OUT) == server.system_log.count(BACK) == 1


def test_eviction_by_the_server_is_a_miss(daemon, store, kind):
    server = start(daemon, kind, store.server.port)
    session, context = first_visit(server, "1.3")
    store.server.forget()
    assert not returns(server, session, context)
    assert returns(server, *first_visit(server, "1.3"))


def test_q63_entries_expire_on_the_server(daemon, store, kind):
    server = start(daemon, kind, store.server.port, timeout=" 100")
    now = time.time()
    first_visit(server, "1.3")
    keys = [key for key in store.server.keys() if "generation" not in key]
    assert keys
    for key in keys:
        if kind == "redis":
            life = int(store.server.ask(f"TTL {key}\nQUIT\n").split()[0].removeprefix(":"))
        else:
            life = int(key.split("exp=")[1].split()[0]) - now
        assert 0 < life <= 101


def test_a_session_too_large_for_the_server_is_counted_and_no_failure(daemon, hostile):
    small = hostile(Imposter(b"SERVER_ERROR object too large for cache\r\n"))
    server = with_controls(daemon, *caches.memcache_lines(small.port), "TLSSessionCache memcache:",
                           "TLSControlsACLs all allow user root")
    assert visit(server) < SLACK
    assert server.tls_log.count("error adding session") == 0
    assert server.system_log.count(OUT) == 0
    lines = ask(server, "sesscache", "info")
    (exceeding,) = [line for line in lines if "sessions exceeding max entry size: " in line]
    assert int(exceeding.split()[-1]) > 0


def test_two_nodes_of_memcached_and_one_dies(daemon, run_folder):
    """Sessions of the node that lives on resume; new ones go there all."""
    nodes = [Memcached(run_folder), Memcached(run_folder)]
    for node in nodes:
        node.start()
    try:
        server = daemon(*caches.memcache_lines(*(node.port for node in nodes)),
                        "TLSSessionCache memcache:")
        kept = []
        while not all(node.keys() for node in nodes):
            assert len(kept) < 20, "all sessions are on one node"
            kept.append(first_visit(server, "1.2"))
        nodes[1].kill()
        resumed = [returns(server, *each) for each in kept]
        assert any(resumed) and not all(resumed)
        for _ in range(3):
            assert visit(server) < SLACK
            assert returns(server, *first_visit(server, "1.2"))
        assert server.system_log.count(OUT) == 1
    finally:
        for node in nodes:
            node.close()


def test_a_clear_that_misses_a_server_says_which(daemon, run_folder):
    nodes = [Memcached(run_folder), Memcached(run_folder)]
    for node in nodes:
        node.start()
    try:
        server = with_controls(daemon, *caches.memcache_lines(*(node.port for node in nodes)),
                               "TLSSessionCache memcache:", "TLSControlsACLs all allow user root")
        nodes[1].kill()
        names = [f"127.0.0.1:{node.port}" for node in nodes]
        answer = ["cleared, if not marked: Memcache servers: "
                  f"{names[0]}, {names[1]} (does not answer, not cleared)"]
        for word, doing, error in (
                ("clear", "clearing", "Resource temporarily unavailable"),
                ("remove", "removing", "Input/output error")):
            assert ask(server, "sesscache", word) == [
                f"tls sesscache: error {doing} session cache: {error}",
                *answer], word
    finally:
        for node in nodes:
            node.close()


def test_without_a_shared_secret_a_notice_says_what_that_means(check_config, kind):
    title = {"memcache": "Memcache", "redis": "Redis"}[kind]
    told = f"without TLSCacheSecretFile, what is in the {title} session cache can be read by"
    lines = [line for line in LINES[kind](1) if "TLSCacheSecretFile" not in line]
    assert check_config(*lines, f"TLSSessionCache {kind}:").stderr.count(told) == 1
    assert told not in check_config(*lines, "TLSSessionCache off").stderr


def test_with_a_shared_secret_there_is_no_such_notice(check_config, kind, tmp_path):
    secret = write_secret(tmp_path / "cache.secret")
    told = check_config(*LINES[kind](1), f"TLSSessionCache {kind}:",
                        f"TLSCacheSecretFile {secret}").stderr
    assert "without TLSCacheSecretFile" not in told


@pytest.fixture
def guarded(run_folder):
    """A Redis that wants a password."""
    made = Redis(run_folder)
    made.options = ("--requirepass", "open sesame")
    made.start()
    yield made
    made.close()


def lines_with(server, password: str) -> list[str]:
    lines = [line for line in caches.redis_lines(server.port) if "RedisServer" not in line]
    return [*lines, f'RedisServer 127.0.0.1:{server.port} default "{password}" 3',
            "TLSSessionCache redis:"]


def test_redis_with_a_password_and_a_database(daemon, guarded):
    server = daemon(*lines_with(guarded, "open sesame"))
    assert returns(server, *first_visit(server, "1.3"))
    assert "KEYS" not in server.system_log and "sesame" not in server.system_log
    asked = guarded.ask('AUTH "open sesame"\nSELECT 3\nDBSIZE\nQUIT\n')
    assert int(asked.split(":")[1].split()[0]) > 0


def test_a_password_that_redis_refuses_is_told_as_such(daemon, guarded):
    server = with_controls(daemon, *lines_with(guarded, "close sesame"),
                           "TLSControlsACLs all allow user root")
    for _ in range(2):
        assert visit(server) < SLACK
    told = (f"the cache server 127.0.0.1:{guarded.port} refuses the password, and keeps no "
            "entries: it says '-WRONGPASS ")
    assert server.system_log.count(told) == 1
    assert "mend user and password in RedisServer" in server.system_log
    assert "NOAUTH" not in server.system_log and "sesame" not in server.system_log
    assert (f"Redis server: 127.0.0.1:{guarded.port} (refuses the password)"
            in ask(server, "sesscache", "info"))


@pytest.mark.parametrize("real, options, lines", (
    (Memcached, ("-s", "{path}", "-a", "777"), ("MemcacheServers {path}",)),
    (Redis, ("--unixsocket", "{path}", "--unixsocketperm", "777", "--port", "0"),
     ("RedisServer {path}",))))
def test_a_local_socket_serves_sessions_behind_their_chroot(daemon, run_folder, real, options,
                                                            lines):
    """Connected before the login; what is given after a transfer goes there, too."""
    folder = run_folder / f"sockets-{real.__name__}"
    folder.mkdir()
    folder.chmod(0o777)
    path = folder / "sock"
    server = real(run_folder)
    server.options = tuple(option.replace("{path}", str(path)) for option in options)
    server.start(lambda: path.exists())
    try:
        kind = "memcache" if real is Memcached else "redis"
        ours = daemon(*caches.load(f"mod_tls_{kind}"),
                      *(line.replace("{path}", str(path)) for line in lines),
                      f"TLSSessionCache {kind}:")
        assert returns(ours, *first_visit(ours, "1.3"))
        assert ours.system_log.count("cache server") == 0
    finally:
        server.close()


def test_beside_the_modules_of_the_host(daemon, store, kind):
    """The host's own module may be loaded, too; it handles the same directives."""
    server = daemon(*LINES[kind](store.server.port), f"TLSSessionCache {kind}:",
                    modules=({"memcache": "mod_memcache.c", "redis": "mod_redis.c"}[kind],))
    assert returns(server, *first_visit(server, "1.3"))


@pytest.mark.parametrize("use", ("TLSSessionCache", "TLSStaplingCache"))
def test_engine_off_is_told_and_served_without(daemon, kind, use):
    engine = {"memcache": "MemcacheEngine", "redis": "RedisEngine"}[kind]
    server = daemon.prepare(*caches.load(f"mod_tls_{kind}"), f"{engine} off", f"{use} {kind}:")
    told = server.check().stderr
    assert f"support disabled (see the {engine} directive)" in told
    assert f"error opening '{kind}' {use}: Operation not permitted" in told
    server.start()
    returns(server, *first_visit(server, "1.3"))


def test_json_of_the_original_is_taken(daemon, run_folder):
    made = caches.make("memcache", run_folder)
    try:
        server = daemon(*made.lines, "TLSSessionCache memcache:/json")
        assert returns(server, *first_visit(server, "1.3"))
    finally:
        made.close()


BAD = (
    ("mod_tls_memcache", "MemcacheServers 127.0.0.1:0", "'127.0.0.1:0' is no address of a server"),
    ("mod_tls_memcache", "MemcacheServers [::1", "is no address of a server"),
    ("mod_tls_memcache", "MemcacheTimeouts 1 1", "wrong number of parameters"),
    ("mod_tls_memcache", "MemcacheTimeouts 1s 1 1", "'1s' is no time-out (wanted: milliseconds"),
    ("mod_tls_memcache", "MemcacheEngine maybe", "'maybe' is neither on nor off"),
    ("mod_tls_redis", "RedisServer :1", "':1' is no address of a server"),
    ("mod_tls_redis", "RedisServer 127.0.0.1 u secretword x", "is no number of a database"),
    ("mod_tls_redis", "RedisTimeouts 1", "wrong number of parameters"),
    ("mod_tls_redis", "RedisTimeouts 70000 1", "'70000' is no time-out"),
)


@pytest.mark.parametrize("module, line, message", BAD)
def test_directives_that_cannot_be_used_stop_the_start(check_config, module, line, message):
    done = check_config(*caches.load(module), line)
    assert done.status != 0
    assert message in done.stderr
    assert line.split()[0] in done.stderr
    assert "secretword" not in done.stderr


def test_names_that_cannot_be_found_are_told_and_left_out(daemon, store, kind):
    if kind == "redis":
        return  # it has one server
    servers = f"no-such-host.invalid:1 127.0.0.1:{store.server.port}"
    server = daemon.prepare(*caches.load("mod_tls_memcache"), f"MemcacheServers {servers}",
                            "TLSSessionCache memcache:")
    told = server.check().stderr
    assert "cannot find the address of no-such-host.invalid" in told
    assert "it is left out until the next restart" in told
    server.start()
    assert returns(server, *first_visit(server, "1.3"))


def test_a_server_with_a_name_is_found_again_after_a_reload(daemon, store, kind):
    named = [line.replace("127.0.0.1", "localhost") for line in LINES[kind](store.server.port)]
    server = daemon(*named, f"TLSSessionCache {kind}:")
    session, context = first_visit(server, "1.3")
    server.reload()
    assert returns(server, session, context)
    assert server.system_log.count("cannot find") == 0


def test_a_cache_that_cannot_be_removed_stays(daemon, store, kind):
    server = with_controls(daemon, *LINES[kind](store.server.port), ALLOW,
                           f"TLSSessionCache {kind}:")
    store.server.kill()
    assert ask(server, "sesscache", "remove")[0].startswith("tls sesscache: error removing")
    assert "SSL session cache provided by" in ask(server, "sesscache", "info")[0]


def test_a_database_that_redis_does_not_have_is_not_replaced_by_another(daemon, run_folder):
    real = Redis(run_folder)
    real.start()
    try:
        lines = [line for line in caches.redis_lines(real.port) if "RedisServer" not in line]
        server = daemon(*lines, f'RedisServer 127.0.0.1:{real.port} "" "" 99',
                        "TLSSessionCache redis:")
        visit(server)
        server.system_log.wait_for("keeps no entries: it says '-ERR DB index is out of range'")
        assert real.keys() == []
    finally:
        real.close()


def test_sentinels_are_told_about(check_config):
    told = check_config(*caches.load("mod_tls_redis"), "RedisSentinel 127.0.0.1:1 master main",
                        "TLSSessionCache redis:").stderr
    assert "RedisSentinel is not followed: the cache is on RedisServer, 127.0.0.1:6379" in told
