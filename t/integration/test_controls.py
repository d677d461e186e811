# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""ftpdctl tls ...: what the daemon answers, and to whom."""
import json
import subprocess

import pytest

pytestmark = pytest.mark.needs_root("ftpdctl asks as root, and as somebody else")

CTRLS_OFF = "ControlsEngine off"
CTRLS_ON = """ControlsEngine on
  ControlsSocket {dir}/run/ctrls.sock
  ControlsInterval 1
  ControlsACLs all allow user root
  ControlsSocketACL allow user *
  ControlsSocketOwner root root"""

REFUSED = [
    ([], "missing required parameters"),
    (["sesscache"], "tls sesscache: missing required parameters"),
    (["ocspcache"], "tls ocspcache: missing required parameters"),
    (["sesscache", "burn"], "tls sesscache: unknown sesscache action: 'burn'"),
    (["ocspcache", "burn"], "tls ocspcache: unknown ocspcache action: 'burn'"),
    (["sesscache", "info", "-x"], "tls sesscache: unsupported parameter: '-x'"),
    (["certs"], "unknown tls action: 'certs'"),
    (["sesscache", "info"], "No TLSSessionCache configured"),
    (["ocspcache", "info"], "No TLSStaplingCache configured"),
    (["sesscache", "clear"],
     "tls sesscache: error clearing session cache: Function not implemented"),
    (["sesscache", "remove"],
     "tls sesscache: error removing session cache: Function not implemented"),
    (["ocspcache", "clear"], "tls ocspcache: error clearing OCSP cache: Function not implemented"),
    (["ocspcache", "remove"],
     "tls ocspcache: error removing OCSP cache: Function not implemented"),
]


def with_controls(daemon, *directives, **options):
    server = daemon.prepare(*directives, **options)
    block = CTRLS_ON.replace("{dir}", str(server.folder))
    server.rewrite(lambda text: text.replace(CTRLS_OFF, block))
    server.start()
    return server


def ask(server, *words, user=None) -> list[str]:
    done = subprocess.run(["/usr/bin/ftpdctl", "-s", f"{server.run}/ctrls.sock", "tls", *words],
                          capture_output=True, text=True, timeout=30, check=False, user=user)
    return [line.removeprefix("ftpdctl: ") for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def allowing(shared_daemon):
    return with_controls(shared_daemon, "TLSRequired on", "TLSControlsACLs all allow user root")


@pytest.mark.parametrize("words,answer", REFUSED, ids=lambda value: "_".join(value) or "nothing"
                         if isinstance(value, list) else "")
def test_answers_of_one_line(allowing, words, answer):
    assert ask(allowing, *words) == [answer]


def test_info_names_servers_policies_and_certificates(allowing):
    lines = ask(allowing, "info")
    assert lines[0].startswith("mod_tls/3.0.0 using OpenSSL 3")
    assert f"Server 'main server', 127.0.0.1:{allowing.port}" in lines
    assert any(line.startswith("  Certificate: EC, ") and "days left)" in line for line in lines)
    assert "  TLSRequired on" in lines
    assert "TLSSessionCache: none" in lines


def test_info_as_json(allowing):
    report = json.loads("\n".join(ask(allowing, "info", "--json")))
    server, = report["servers"]
    assert server["name"] == "main server" and server["engine"] is True
    assert server["policy"]["TLSRequired"] == "on"
    certificate, = server["certificates"]
    assert certificate["type"] == "EC" and certificate["days_left"] >= 0
    assert [cache["directive"] for cache in report["caches"]] == ["TLSSessionCache",
                                                                  "TLSStaplingCache"]


@pytest.mark.parametrize("words", [[], ["sesscache", "info"], ["info"], ["sesscache", "burn"]])
def test_nobody_may_anything_by_default(daemon, words):
    server = with_controls(daemon, "TLSRequired on")
    assert ask(server, *words) == (["access denied"] if words else ["missing required parameters"])


def test_permissions_are_by_action_and_user(daemon):
    server = with_controls(daemon, "TLSControlsACLs sesscache,info allow user root",
                           "TLSControlsACLs ocspcache clear allow user root")
    assert ask(server, "sesscache", "info") == ["No TLSSessionCache configured"]
    assert ask(server, "sesscache", "clear") == ["access denied"]
    assert ask(server, "ocspcache", "clear")[0].startswith("tls ocspcache: error clearing")
    assert ask(server, "ocspcache", "info") == ["access denied"]
    assert ask(server, "info", user="nobody") == ["access denied"]


def test_q17_remove_can_be_granted(daemon):
    server = with_controls(daemon, "TLSControlsACLs sesscache,remove allow user root")
    assert ask(server, "sesscache", "remove")[0].startswith("tls sesscache: error removing")


def test_permissions_are_those_of_the_last_reading(daemon):
    server = with_controls(daemon, "TLSControlsACLs all allow user root")
    assert ask(server, "sesscache", "info") == ["No TLSSessionCache configured"]
    server.rewrite(lambda text: text.replace("ACLs all allow", "ACLs all deny"))
    server.reload()
    assert ask(server, "sesscache", "info") == ["access denied"]


def test_a_refused_directive(check_config):
    result = check_config("TLSControlsACLs all allow nobody root")
    assert result.status == 1
    assert "third parameter must be 'user' or 'group'" in result.stderr


def test_q18_a_cache_of_another_module_is_removed_once(daemon):
    """Debian's own provider keeps stale pointers then: it is asked for nothing any more."""
    server = with_controls(daemon, "TLSControlsACLs all allow user root",
                           "TLSSessionCache shm:/file={dir}/run/sesscache",
                           modules=("mod_tls_shmcache.c",))
    first = ask(server, "sesscache", "info")[0]
    assert first.startswith("Shared memory (shm) SSL session cache provided by mod_tls_shmcache/")
    with server.ftps():
        pass
    assert ask(server, "sesscache", "clear")[0].startswith("tls sesscache: cleared ")
    assert ask(server, "sesscache", "remove") == ["tls sesscache: removed 'shm' session cache"]
    assert ask(server, "sesscache", "info") == ["No TLSSessionCache configured"]
    with server.ftps() as ftp:
        assert ftp.store("after", b"data").code == 226
    assert server.is_running()
