# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLSSessionCache with a provider: sessions outlive the process that made them.

The providers here are those of the distribution, which are loaded into the tested mod_tls through
the C interface of mod_tls.h. test_shmcache.py and its neighbours have the project's own.
"""
import pytest

from harness import settings
from harness.resumption import DATA, first_visit, returns
from harness.servers import Memcached, Redis

VERSIONS = ("1.2", "1.3")
SHM = ("LoadModule mod_tls_shmcache.c", "TLSSessionCache shm:/file={dir}/run/shm.cache")

pytestmark = pytest.mark.skipif(
    not (settings.HOST_MODULES / "mod_tls_shmcache.so").exists(), reason="proftpd-mod-crypto")


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon("ModulePath /usr/lib/proftpd", *SHM)


@pytest.mark.differs_from_original("there the session goes with the process that made it (Q50)")
@pytest.mark.parametrize("version", VERSIONS)
def test_q50_sessions_outlive_their_connection(server, version):
    session, context = first_visit(server, version)
    assert returns(server, session, context)
    assert returns(server, session, context)


@pytest.mark.differs_from_original("TLS 1.3 has tickets there, always")
def test_tls13_sessions_are_kept_by_the_server(server):
    """What the client holds is a name of 32 bytes, not the session."""
    done = server.s_client("-tls1_3")
    assert done.stdout.count("TLS session ticket:") in (1, 2)
    ticket = done.stdout.partition("TLS session ticket:")[2].partition("\n\n")[0]
    assert len(ticket.strip().splitlines()) == 2


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.differs_from_original("there everything is asked of the cache")
def test_many_transfers_with_the_first_session(server, version):
    """A process keeps fewer sessions than it issues in a long connection."""
    with server.ftps(version=version) as ftp:
        session = ftp.sessions[0]
        for _ in range(80):
            assert ftp.store("many", b"x", session=session).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_of_another_connection_is_refused_for_data(server, version):
    with server.ftps(version=version) as mine:
        with server.ftps(context=mine.context) as theirs:
            assert mine.store("stolen", DATA, session=theirs.sessions[-1]).code == 425
            assert mine.store("honest", DATA).code == 226


@pytest.mark.differs_from_original("there data connections ask the cache, too")
@pytest.mark.parametrize("version", VERSIONS)
def test_q69_data_connections_add_nothing_to_the_cache(daemon, version):
    server = daemon("ModulePath /usr/lib/proftpd", *SHM, "TLSOptions NoSessionReuseRequired")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("NLST", session=None)
        transfer.read_all()
        session = transfer.stream.tls.session
        assert transfer.finish().code == 226
        context = ftp.context
        ftp.quit()
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session if session is not None and session.id else None)
        assert not ftp.stream.resumed


@pytest.mark.parametrize("version", VERSIONS)
def test_q1_a_session_of_a_server_with_other_rules_is_a_full_handshake(daemon, version):
    """The cache is the daemon's; the sessions are the server's."""
    server = daemon("ModulePath /usr/lib/proftpd", *SHM, after="""
<VirtualHost {address}>
  Port {port1}
  TLSEngine on
  TLSECCertificateFile {certificate}
  TLSECCertificateKeyFile {key}
  TLSProtocol TLSv1.2 TLSv1.3
  TLSVerifyDepth 3
</VirtualHost>
""")
    session, context = first_visit(server, version)
    with server.ftp(context=context, port=server.ports.listening[1]) as ftp:
        ftp.auth(session=session)
        assert not ftp.stream.resumed
    assert returns(server, session, context)


def test_unknown_provider_stops_the_start(check_config):
    done = check_config("TLSSessionCache shn:/file=/x")
    assert done.status != 0
    assert "TLSSessionCache" in done.stderr
    assert "session cache type 'shn' not available" in done.stderr


def test_provider_loaded_too_late_is_told(check_config):
    done = check_config("TLSSessionCache shm:/file={dir}/x", "ModulePath /usr/lib/proftpd",
                        "LoadModule mod_tls_shmcache.c")
    assert done.status != 0
    assert "session cache type 'shm' not available" in done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_q74_cache_that_cannot_be_opened_is_as_none(daemon, version):
    server = daemon("ModulePath /usr/lib/proftpd", SHM[0], "TLSSessionCache shm:nonsense")
    assert "error opening 'shm' TLSSessionCache: Invalid argument" in server.check().stderr
    session, context = first_visit(server, version)
    returns(server, session, context)


@pytest.mark.parametrize("version", VERSIONS)
def test_sighup_keeps_serving(daemon, version):
    server = daemon("ModulePath /usr/lib/proftpd", *SHM)
    for _ in range(2):
        session, context = first_visit(server, version)
        server.reload()
        returns(server, session, context)
    session, context = first_visit(server, version)
    assert returns(server, session, context)


@pytest.mark.parametrize("module", ("shmcache", "memcache", "redis", "fscache"))
def test_every_provider_of_the_distribution_loads(check_config, module):
    done = check_config("ModulePath /usr/lib/proftpd", f"LoadModule mod_tls_{module}.c")
    assert done.status == 0, done.stderr


@pytest.fixture(params=("memcache", "redis"))
def distribution_cache(request, run_folder):
    """The lines for a cache module of the distribution, whose server runs."""
    kind = {"memcache": Memcached, "redis": Redis}[request.param]
    server = kind(run_folder)
    server.start()
    address = f"127.0.0.1:{server.port}"
    yield ("ModulePath /usr/lib/proftpd", f"LoadModule mod_{request.param}.c",
           f"LoadModule mod_tls_{request.param}.c", f"{request.param.title()}Engine on",
           f"MemcacheServers {address}" if kind is Memcached else f"RedisServer {address}",
           f"TLSSessionCache {request.param}:")
    server.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_servers_of_the_distribution_keep_sessions(daemon, distribution_cache, version):
    server = daemon(*distribution_cache)
    session, context = first_visit(server, version)
    assert returns(server, session, context)
