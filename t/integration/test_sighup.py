# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""SIGHUP: the module is unloaded and loaded again by the host, and nobody notices but the admin.

New settings and certificates count from then on, running sessions keep what they have, and a
daemon that was reloaded many times is as good as new.
"""

import pytest

from harness import process
from harness.logs import wait_for
from harness.pki import der

DATA = b"data" * 5000


def test_five_reloads(daemon):
    server = daemon("TLSRequired on")
    for i in range(5):
        server.reload()
        with server.ftps() as ftp:
            assert ftp.store(f"after-{i}", DATA).code == 226
            assert ftp.retrieve(f"after-{i}") == DATA
    assert server.is_running()


@pytest.mark.needs_root("descriptors of the server's processes")
def test_upstream_770_nothing_leaks_from_reload_to_reload(daemon):
    server = daemon("TLSRequired on")
    server.reload()
    before = server.descriptors(server.pid)
    for _ in range(4):
        server.reload()
    assert server.descriptors(server.pid) == before


def test_a_running_session_survives(daemon):
    server = daemon()
    with server.ftps() as ftp:
        assert ftp.store("before", DATA).code == 226
        transfer = ftp.begin("STOR during")
        transfer.write(DATA)
        server.reload()
        transfer.write(DATA)
        assert transfer.finish().code == 226
        assert ftp.store("after", DATA).code == 226
        assert ftp.retrieve("during") == DATA + DATA


def test_new_directives_count_after_the_reload(daemon, pki):
    server = daemon("TLSRequired off", "TLSProtocol TLSv1.2")
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 331
    server.configure(daemon.text("TLSRequired on", "TLSProtocol TLSv1.3", certificate=pki.rsa2))
    server.reload()
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 550
    with server.ftps() as ftp:
        assert ftp.stream.version == "TLSv1.3"
        assert ftp.stream.peer_certificate == der(pki.rsa2.certificate)


def test_engine_switched_off_and_on(daemon):
    server = daemon()
    for engine, code in ((False, 500), (True, 234), (False, 500), (True, 234)):
        server.configure(daemon.text(engine=engine))
        server.reload()
        with server.ftp() as ftp:
            assert ftp.cmd("AUTH TLS").code == code


def test_a_broken_configuration_ends_the_daemon(daemon):
    """As the host has it for every directive; `proftpd -t` would have told before."""
    server = daemon()
    server.configure(daemon.text("TLSRequired nonsense"))
    assert server.check().status == 1
    server.hangup()
    wait_for(lambda: not server.is_running(), "the end of the daemon")
    server.pid = 0


def test_a_key_that_does_not_match_any_more(daemon, pki, run_folder):
    """What happens to a half-done renewal at the moment of a reload: the daemon lives on."""
    credential = pki.ec.copy_to(run_folder / "half-done")
    server = daemon(certificate=credential)
    credential.certificate.write_bytes(pki.ec2.certificate.read_bytes())
    server.reload()
    assert server.is_running()
    credential.key.write_bytes(pki.ec2.key.read_bytes())
    server.reload()
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec2.certificate)


def test_reload_under_load(daemon):
    """Connections that are made while the daemon restarts are served before or after."""
    server = daemon()
    clients = [server.ftps() for _ in range(3)]
    server.hangup()
    clients += [server.ftps() for _ in range(2)]
    for i, ftp in enumerate(clients):
        assert ftp.store(f"load-{i}", DATA).code == 226
        ftp.close()
    assert process.alive(server.pid)


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_a_session_from_before_does_no_harm_after(daemon, version):
    server = daemon()
    with server.ftps(version=version) as ftp:
        session, context = ftp.sessions[-1], ftp.context
    server.reload()
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        ftp.login()
        ftp.protect()
        assert ftp.store("old-session", DATA).code == 226
