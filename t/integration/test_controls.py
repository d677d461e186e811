# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""ftpdctl tls ...: what the daemon answers, and to whom."""
import json
import re

import pytest

from harness.controls import (ALLOW, LISTED_SESSION, SHM_SESSIONS, any_counts, ask,
                              assert_reads, status_of, with_controls)
from harness.resumption import first_visit, load, returns

pytestmark = pytest.mark.needs_root("ftpdctl asks as root, and as somebody else")

BEGIN = "  -----BEGIN SSL SESSION PARAMETERS-----"
REFUSED = [
    ([], "missing required parameters", 3),
    (["sesscache"], "tls sesscache: missing required parameters", 3),
    (["ocspcache"], "tls ocspcache: missing required parameters", 3),
    (["sesscache", "burn"], "tls sesscache: unknown sesscache action: 'burn'", 7),
    (["ocspcache", "burn"], "tls ocspcache: unknown ocspcache action: 'burn'", 7),
    (["sesscache", "info", "-x"], "tls sesscache: unsupported parameter: '-x'", 3),
    (["ocspcache", "info", "-x"], "tls ocspcache: unsupported parameter: '-x'", 3),
    (["certs"], "unknown tls action: 'certs'", 7),
    (["sesscache", "info"], "No TLSSessionCache configured", 0),
    (["ocspcache", "info"], "No TLSStaplingCache configured", 0),
    (["sesscache", "clear"],
     "tls sesscache: error clearing session cache: Function not implemented", 8),
    (["sesscache", "remove"],
     "tls sesscache: error removing session cache: Function not implemented", 8),
    (["ocspcache", "clear"],
     "tls ocspcache: error clearing OCSP cache: Function not implemented", 8),
    (["ocspcache", "remove"],
     "tls ocspcache: error removing OCSP cache: Function not implemented", 8),
]


@pytest.fixture(scope="module")
def allowing(shared_daemon):
    return with_controls(shared_daemon, "TLSRequired on", "TLSControlsACLs all allow user root")


@pytest.mark.parametrize("words,answer,status", REFUSED, ids=lambda value: "_".join(value) or
                         "nothing" if isinstance(value, list) else "")
def test_answers_of_one_line(allowing, words, answer, status):
    """ftpdctl itself ends with 0 whatever the answer until 1.3.8, and with this status later."""
    assert ask(allowing, *words) == [answer]
    assert -status_of(allowing, *words) == status


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
    assert -status_of(server, *words) == (2 if words else 3)


def test_permissions_are_by_action_and_user(daemon):
    server = with_controls(daemon, "TLSControlsACLs sesscache,info allow user root",
                           "TLSControlsACLs ocspcache clear allow user root")
    assert ask(server, "sesscache", "info") == ["No TLSSessionCache configured"]
    assert ask(server, "sesscache", "clear") == ["access denied"]
    assert ask(server, "ocspcache", "clear")[0].startswith("tls ocspcache: error clearing")
    assert ask(server, "ocspcache", "info") == ["access denied"]
    assert ask(server, "info", user="nobody") == ["access denied"]


def test_what_is_denied_as_a_pair_is_denied(daemon):
    server = with_controls(daemon, "TLSControlsACLs all allow user root",
                           "TLSControlsACLs sesscache remove deny user root")
    assert ask(server, "sesscache", "remove") == ["access denied"]
    assert ask(server, "sesscache", "info") == ["No TLSSessionCache configured"]
    assert ask(server, "ocspcache", "remove")[0].startswith("tls ocspcache: error removing")


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


# --- caches in shared memory ----------------------------------------------------------------------


@pytest.fixture
def with_shm(daemon):
    """with_shm("directive", ...) -> a server with our cache of sessions."""
    def start(*directives: str):
        return with_controls(daemon, *load("mod_tls_shmcache"), ALLOW,
                             "TLSSessionCache shm:/file={dir}/run/sessions", *directives)
    return start


@pytest.mark.differs_from_original("no slots: the size of the table is in bytes")
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_r32_control_actions(with_shm, version):
    """Recipe: info, info -v, clear and remove, each line as the documentation has it."""
    server = with_shm()
    session, context = first_visit(server, version)
    assert returns(server, session, context) and returns(server, session, context)
    one = version == "1.2"  # with TLS 1.3 each ticket is a session
    status = SHM_SESSIONS if one else any_counts(SHM_SESSIONS)
    block = LISTED_SESSION.replace("VERSION", f"TLSv{version}")
    assert_reads(ask(server, "sesscache", "info"), status)
    listed = ask(server, "sesscache", "info", "-v")
    count = listed.count(BEGIN)
    assert count == 1 if one else count > 1
    assert_reads(listed, status + "\n\nCached sessions:\n" + "\n".join([block] * count))
    cleared, = ask(server, "sesscache", "clear")
    assert re.fullmatch(f"tls sesscache: cleared {'1 session' if one else '[0-9]+ sessions'} "
                        "from 'shm' session cache", cleared)
    assert not returns(server, session, context)  # which is a new one in the cache
    ask(server, "sesscache", "clear")
    assert ask(server, "sesscache", "clear") == [
        "tls sesscache: cleared 0 sessions from 'shm' session cache"]
    assert ask(server, "sesscache", "info", "-v")[-3:] == ["", "Cached sessions:", "  (none)"]
    assert ask(server, "sesscache", "remove") == ["tls sesscache: removed 'shm' session cache"]
    assert ask(server, "sesscache", "info") == ["No TLSSessionCache configured"]
    assert ask(server, "sesscache", "clear") == [
        "tls sesscache: error clearing session cache: Function not implemented"]
    assert not (server.run / "sessions").exists()
    returns(server, session, context)
    assert server.is_running()


def test_a_listing_of_many_sessions_is_limited(with_shm):
    server = with_shm()
    with server.ftps(version="1.3") as ftp:  # a ticket and its session after each transfer
        for _ in range(120):
            assert ftp.store("file", b"x").code == 226
    lines = ask(server, "sesscache", "info", "-v")
    assert lines.count(BEGIN) == 100
    entries, = (int(line.rpartition(" ")[2]) for line in lines if line.startswith("Current sess"))
    assert entries > 120 and lines[-1] == f"  (and {entries - 100} more)"


@pytest.mark.differs_from_original("the original's daemon crashes here")
def test_q18_a_sighup_brings_back_what_was_removed(with_shm):
    server = with_shm()
    assert ask(server, "sesscache", "remove") == ["tls sesscache: removed 'shm' session cache"]
    assert ask(server, "sesscache", "remove")[0].startswith("tls sesscache: error removing")
    server.reload()
    session, context = first_visit(server, "1.2")
    assert returns(server, session, context)
    assert "Current session cache size: 1" in ask(server, "sesscache", "info")


# --- the report -----------------------------------------------------------------------------------


@pytest.mark.differs_from_original("the original has no such action")
def test_info_has_the_counters_of_each_cache(with_shm):
    server = with_shm()
    session, context = first_visit(server, "1.3")
    assert returns(server, session, context)
    report = json.loads("\n".join(ask(server, "info", "--json")))
    sessions, responses = report["caches"]
    assert sessions["provider"] == "shm"
    assert (sessions["hits"], sessions["misses"], sessions["errors"]) == (1, 0, 0)
    assert responses["provider"] == "" and "hits" not in responses
    assert "  Cache lifetime hits: 1" in ask(server, "info")


@pytest.mark.differs_from_original("the original has no such action")
def test_info_tells_ticket_keys_by_their_age(daemon, tmp_path):
    server = with_controls(daemon, ALLOW, "TLSSessionTicketKeys age 2h count 4")
    key, = json.loads("\n".join(ask(server, "info", "--json")))["ticket_keys"]
    assert key["seals"] and 0 <= key["age"] < 60 and 7140 < key["left"] <= 7200
    lines = ask(server, "info")
    start = lines.index("Session ticket keys: 1")
    assert re.fullmatch(r"  \d+ s old, opens for (1 h 59 min|2 h 0 min), seals", lines[start + 1])
    secret = tmp_path / "secret"
    secret.write_bytes(b"s" * 64)
    secret.chmod(0o600)
    server.rewrite(lambda text: text.replace("Keys age 2h", f"Keys file {secret} age 2h"))
    server.reload()
    keys = json.loads("\n".join(ask(server, "info", "--json")))["ticket_keys"]
    assert len(keys) == 4 and [key["seals"] for key in keys].count(True) == 1
    assert any(line.startswith("  next, seals in ") for line in ask(server, "info"))


@pytest.mark.differs_from_original("the original has no such action")
def test_info_shows_every_server_and_what_is_in_force_there(daemon):
    server = with_controls(daemon, ALLOW, "TLSRequired on", after="""
<VirtualHost {address}>
  ServerName "second"
  Port {port1}
  TLSEngine on
  TLSRSACertificateFile {rsa_certificate}
  TLSRSACertificateKeyFile {rsa_key}
  TLSProtocol TLSv1.3
</VirtualHost>
<VirtualHost {address}>
  ServerName "third"
  Port {port2}
</VirtualHost>
""".replace("{rsa_certificate}", str(daemon.pki.rsa.certificate))
                           .replace("{rsa_key}", str(daemon.pki.rsa.key)))
    report = json.loads("\n".join(ask(server, "info", "--json")))
    servers = {each["name"]: each for each in report["servers"]}
    assert list(servers) == ["main server", "second", "third"]
    assert servers["second"]["policy"]["TLSProtocol"] == "TLSv1.3"
    assert servers["second"]["certificates"][0]["type"] == "RSA"
    assert servers["second"]["address"] == f"127.0.0.1:{server.values['port1']}"
    assert servers["third"]["engine"] is False and servers["third"]["policy"] == {}
    assert f"Server 'third', 127.0.0.1:{server.values['port2']}: TLSEngine off" in ask(server,
                                                                                       "info")


@pytest.mark.differs_from_original("there the one that is not named becomes unlimited")
@pytest.mark.parametrize("words, policy", (("age 2h", "age 7200 count 25"),
                                           ("count 3", "age 43200 count 3")))
def test_q59_what_is_not_said_of_ticket_keys_keeps_its_default(daemon, words, policy):
    server = with_controls(daemon, ALLOW, f"TLSSessionTicketKeys {words}")
    assert f"  TLSSessionTicketKeys {policy}" in ask(server, "info")
