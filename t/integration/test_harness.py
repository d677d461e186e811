# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The harness itself: it must not overlook an accident, or all other tests are worth nothing."""
import os
import signal

import pytest

from harness import ports, process
from harness.daemon import StartFailed
from harness.logs import wait_for


@pytest.mark.parametrize("number, word", ((signal.SIGSEGV, "crash"), (signal.SIGKILL, "ended")))
def test_a_session_that_dies_is_noticed(daemon, number, word):
    server = daemon()
    with server.ftps():
        pid = server.session_pids()[0]
        os.kill(pid, number)
        wait_for(lambda: not process.alive(pid), "the session's death")
    daemon.servers.remove(server)
    assert any(word in problem for problem in server.stop())


def test_a_daemon_that_dies_is_noticed(daemon):
    server = daemon()
    os.kill(server.pid, signal.SIGKILL)
    wait_for(lambda: not server.is_running(), "the daemon's death")
    daemon.servers.remove(server)
    assert "the daemon has died" in server.stop()


def test_a_sanitizer_report_is_noticed(daemon):
    server = daemon()
    (server.run / "stderr").write_text("x.cc:1:2: runtime error: shift exponent 99 is too large\n")
    daemon.servers.remove(server)
    assert any("sanitizer report" in problem for problem in server.stop())


def test_a_refused_start_says_why(daemon):
    with pytest.raises(StartFailed, match="TLSEngine: expected Boolean parameter"):
        daemon("TLSEngine maybe")


def test_a_good_run_has_no_problems(daemon):
    server = daemon()
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    daemon.servers.remove(server)
    assert server.stop() == []
    assert not process.listener(server.port)


def test_blocks_of_ports_do_not_overlap():
    blocks = [ports.reserve() for _ in range(5)]
    numbers = [port for block in blocks for port in (*block.listening, *range(*block.passive))]
    assert len(numbers) == len(set(numbers))
    for block in blocks:
        block.release()


def test_reports_carry_configuration_and_logs(daemon):
    server = daemon()
    with server.ftps():
        pass
    titles = {title for title, _ in server.report()}
    assert {"proftpd.conf", "system.log", "tls.log"} <= titles
