# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""mod_tls_shmcache: sessions in shared memory, on a real server."""
import os
import re
import signal
import subprocess

import pytest

from harness import process, settings
from harness.logs import wait_for
from harness.resumption import DATA, first_visit, load, returns, write_secret

VERSIONS = ("1.2", "1.3")
SHM = (*load("mod_tls_shmcache"), "TLSSessionCache shm:/file={dir}/run/sessions")

pytestmark = pytest.mark.differs_from_original("these are tests of our own cache module")


def segments() -> dict[int, list[str]]:
    """The shared memory segments of the machine: id -> columns of /proc/sysvipc/shm."""
    with open("/proc/sysvipc/shm", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return {int(row[1]): row for row in rows}


def segments_of(pid: int) -> list[int]:
    """Those that a process has attached."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        return [int(match[1]) for match in re.finditer(r" (\d+) +/SYSV", maps.read())]


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon(*SHM)


@pytest.mark.parametrize("version", VERSIONS)
def test_q50_sessions_outlive_their_connection(server, version):
    session, context = first_visit(server, version)
    for _ in range(3):
        assert returns(server, session, context)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_client_with_a_certificate_chain_of_names_is_kept_whole(server, version):
    """Every resumption is of the same session: nothing is cut off (Q19)."""
    session, context = first_visit(server, version)
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        assert ftp.stream.resumed
        assert ftp.stream.version == f"TLSv{version}"


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_expire(daemon, version):
    server = daemon(*SHM[:-1], SHM[-1] + " 2")
    session, context = first_visit(server, version)
    wait_for(lambda: not returns(server, session, context), "the end of the session", 15)


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_outlive_a_sighup(daemon, version):
    server = daemon(*SHM)
    session, context = first_visit(server, version)
    before = segments_of(server.pid)
    for _ in range(2):
        server.reload()
        assert segments_of(server.pid) == before  # Q38: not attached twice
        assert returns(server, session, context)


def test_q38_another_file_and_size_after_sighup(daemon):
    server = daemon(*SHM)
    before = segments_of(server.pid)
    server.rewrite(lambda text: text.replace("run/sessions", "run/others&size=65536"))
    server.reload()
    after = segments_of(server.pid)
    assert len(after) == 1 and after != before
    assert not set(before) & set(segments())
    assert segments()[after[0]][3] == "65536"
    session, context = first_visit(server, "1.3")
    assert returns(server, session, context)


@pytest.mark.parametrize("other", ("off", "fs:/path={cache}"))
def test_q38_a_cache_that_is_used_no_more_is_let_go_of_after_sighup(daemon, other):
    server = daemon(*SHM, *load("mod_tls_fscache"))
    (segment,) = segments_of(server.pid)
    session, context = first_visit(server, "1.2")
    (server.folder / "cache").mkdir(mode=0o700)
    directive = f"TLSSessionCache shm:/file={server.run}/sessions"
    instead = "TLSSessionCache " + other.format(cache=server.folder / "cache")
    server.rewrite(lambda text: text.replace(directive, instead))
    server.reload()
    assert not segments_of(server.pid)
    assert not returns(server, session, context)
    server.rewrite(lambda text: text.replace(instead, directive))
    server.reload()
    assert segments_of(server.pid) == [segment]
    assert returns(server, session, context)
    server.rewrite(lambda text: text.replace(directive, instead))
    server.reload()
    assert process.end(server.pid)
    wait_for(lambda: segment not in segments(), "the end of the segment", 5)
    server.pid = 0


def test_segment_goes_with_the_daemon_and_is_for_root_alone(daemon):
    server = daemon(*SHM)
    (segment,) = segments_of(server.pid)
    assert segments()[segment][2] == "600"
    assert (server.run / "sessions").stat().st_mode & 0o777 == 0o600
    server.check()  # proftpd -t on the same configuration leaves it alone
    assert segment in segments()
    assert process.end(server.pid)
    wait_for(lambda: segment not in segments(), "the end of the segment", 5)
    server.pid = 0


@pytest.mark.parametrize("version", VERSIONS)
def test_r30_a_session_of_one_daemon_resumes_on_another(daemon, run_folder, version):
    secret = write_secret(run_folder / "secret")
    shared = (*load("mod_tls_shmcache"), f"TLSCacheSecretFile {secret}",
              f"TLSSessionCache shm:/file={run_folder}/shared-{version}")
    one, two = daemon(*shared), daemon(*shared)
    session, context = first_visit(one, version)
    assert returns(two, session, context)
    assert returns(one, session, context)


def test_without_a_common_secret_entries_of_another_daemon_are_refused(daemon, run_folder):
    shared = (*load("mod_tls_shmcache"), f"TLSSessionCache shm:/file={run_folder}/apart")
    one, two = daemon(*shared), daemon(*shared)
    session, context = first_visit(one, "1.3")
    assert not returns(two, session, context)


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_killed_at_any_moment_leave_the_cache_working(daemon, version):
    server = daemon(*SHM)
    for _ in range(6):
        with server.ftps(version=version) as ftp:
            assert ftp.store("killed", DATA).code == 226
            for pid in server.session_pids():
                os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not server.session_pids(), "the end of the sessions")
    session, context = first_visit(server, version)
    assert returns(server, session, context)
    log = server.system_log.path  # the sessions were meant to die
    log.write_text(re.sub(r"^.*FTP session opened.*\n", "", log.read_text(), flags=re.M))


@pytest.mark.parametrize("version", VERSIONS)
def test_segment_of_a_killed_daemon_is_used_again(daemon, run_folder, version):
    secret = write_secret(run_folder / "secret")
    shared = (*load("mod_tls_shmcache"), f"TLSCacheSecretFile {secret}",
              f"TLSSessionCache shm:/file={run_folder}/crashed-{version}")
    one = daemon(*shared)
    session, context = first_visit(one, version)
    (segment,) = segments_of(one.pid)
    os.kill(one.pid, signal.SIGKILL)
    wait_for(lambda: not process.alive(one.pid), "the end of the daemon")
    one.pid = 0
    two = daemon(*shared)
    assert segments_of(two.pid) == [segment]
    assert returns(two, session, context)


def test_a_foreign_segment_is_replaced(daemon, run_folder):
    path = run_folder / "foreign"
    path.write_text("")
    path.chmod(0o600)
    stat = path.stat()
    key = (stat.st_ino & 0xFFFF) | ((stat.st_dev & 0xFF) << 16) | (247 << 24)
    made = subprocess.run(
        ["/usr/bin/python3", "-c",
         "import ctypes, sys; libc = ctypes.CDLL(None, use_errno=True);"
         f"print(libc.shmget(ctypes.c_int({key:#x}), ctypes.c_size_t(40000), 0o1600))"],
        capture_output=True, text=True, check=True)
    foreign = int(made.stdout)
    assert foreign in segments()
    server = daemon(*load("mod_tls_shmcache"), f"TLSSessionCache shm:/file={path}")
    assert foreign not in segments()
    session, context = first_visit(server, "1.3")
    assert returns(server, session, context)


BAD = (
    ("shm:nonsense", "badly formatted info 'nonsense', unable to open shmcache"),
    ("shm:/file=relative", "file 'relative' not an absolute path"),
    ("shm:/file=/nonexistent/file", "unable to open file '/nonexistent/file'"),
    ("shm:/file={dir}/home", "unable to open file"),
    ("shm:/file={dir}/link", "it is a symbolic link"),
)


@pytest.mark.parametrize("value, message", BAD)
def test_q74_what_cannot_be_opened_is_told_and_served_without(daemon, value, message):
    server = daemon.prepare(*load("mod_tls_shmcache"), f"TLSSessionCache {value}")
    (server.folder / "link").symlink_to("/etc/hostname")
    told = server.check()
    assert told.status == 0
    assert message in told.stderr
    assert "error opening 'shm' TLSSessionCache: " in told.stderr
    server.start()
    session, context = first_visit(server, "1.3")
    returns(server, session, context)


def test_size_that_is_too_small_is_ignored(daemon):
    server = daemon.prepare(*load("mod_tls_shmcache"),
                            "TLSSessionCache shm:/file={dir}/run/small&size=100")
    assert "ignoring shmcache 'size=100'" in server.check().stderr


@pytest.mark.parametrize("mode, message", ((0o644, "others can use it"), (None, "No such file")))
def test_secret_file_that_is_none_stops_the_start(check_config, run_folder, mode, message):
    path = run_folder / f"secret-{mode}"
    if mode:
        write_secret(path).chmod(mode)
    done = check_config(f"TLSCacheSecretFile {path}", *SHM)
    assert done.status != 0
    assert message in done.stderr
    assert str(path) in done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_our_module_serves_the_original_mod_tls(daemon, version):
    """The other way round: the interface is that of the distribution."""
    server = daemon.prepare(*SHM)
    server.rewrite(lambda text: text.replace(
        f"ModulePath {settings.module_dir()}\nLoadModule mod_tls.c",
        f"ModulePath {settings.HOST_MODULES}\nLoadModule mod_tls.c\n"
        f"ModulePath {settings.module_dir()}"))
    server.start()
    assert segments_of(server.pid)
    session, context = first_visit(server, version)
    returns(server, session, context)
