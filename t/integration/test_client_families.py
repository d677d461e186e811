# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What kinds of clients offer on data connections, and when they begin to speak there.

A  the control session as it was at login, for ever        curl of old, basic-ftp of old, PHP of old
B  the newest session of the control connection            WinSCP, lftp, curl
C  the newest session of any connection                    PHP, basic-ftp, z/OS
D  the newest session of the host, whoever it belongs to   .NET, Go with a cache, JSSE
E  none                                                    ftplib, commons-net, rclone

and JSSE uses each session once, Go begins its handshake with the first byte. Some hundred transfers
each: none may fail. `-m big` makes it 500.
"""
import time

import pytest

from harness.stream import PATIENT

VERSIONS = ("1.2", "1.3")
COUNTS = (40, pytest.param(500, marks=pytest.mark.big))
SIZES = (0, 1, 1000, 20_000)
NOT_REUSED = "425-client did not reuse TLS session"


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon("TLSRequired on")


@pytest.fixture(scope="module")
def relaxed(shared_daemon):
    return shared_daemon("TLSRequired on", "TLSOptions NoSessionReuseRequired")


def payload(i: int) -> bytes:
    return bytes([i % 251]) * SIZES[i % len(SIZES)]


def transfer_many(server, ftp, count: int, session) -> None:
    """Uploads, downloads and listings in turn; session(i) is what is offered."""
    for i in range(0, count, 2):
        data = payload(i)
        assert ftp.store("file", data, session=session(i), end=PATIENT).code == 226
        assert (server.home / "file").read_bytes() == data
        if i % 8 == 6:
            assert "file" in ftp.names("NLST", session=session(i + 1))
        else:
            assert ftp.retrieve("file", session=session(i + 1)) == data


# --- families -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_family_a_the_first_session_for_ever(server, version, count):
    with server.ftps(version=version) as ftp:
        first = ftp.sessions[0]
        transfer_many(server, ftp, count, lambda i: first)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_family_b_the_newest_of_the_control_connection(server, version, count):
    with server.ftps(version=version) as ftp:
        transfer_many(server, ftp, count, lambda i: ftp.sessions[-1])


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_family_c_the_newest_of_any_connection(server, version, count):
    with server.ftps(version=version) as ftp:
        transfer_many(server, ftp, count, lambda i: (ftp.data_sessions or ftp.sessions)[-1])


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_family_d_one_cache_for_the_host(relaxed, version, count):
    """Two control connections, each offering what the other one was given."""
    with relaxed.ftps(version=version) as one, relaxed.ftps(context=one.context) as two:
        transfer_many(relaxed, one, count // 2, lambda i: two.sessions[-1])
        transfer_many(relaxed, two, count // 2, lambda i: one.sessions[-1])


@pytest.mark.parametrize("version", VERSIONS)
def test_family_d_is_refused_in_words_where_reuse_is_required(server, version):
    with server.ftps(version=version) as one, server.ftps(context=one.context) as two:
        reply = one.store("file", b"x", session=two.sessions[-1])
        assert reply.code == 425
        assert "session" in " ".join(reply.lines)
        transfer_many(server, one, 4, lambda i: one.sessions[-1])


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_family_e_never_reuses(relaxed, version, count):
    with relaxed.ftps(version=version) as ftp:
        transfer_many(relaxed, ftp, count, lambda i: None)


# --- each session once ----------------------------------------------------------------------------


@pytest.mark.differs_from_original("the original gives a new ticket only when time runs out")
@pytest.mark.parametrize("count", COUNTS)
def test_upstream_1931_single_use_tickets_never_run_dry(server, count):
    """A client that reads the control connection only as far as its replies."""
    with server.ftps(version="1.3") as ftp:
        used: set[bytes] = set()

        def fresh(i: int):
            session = next(s for s in ftp.sessions if s.id not in used)
            used.add(session.id)
            return session

        transfer_many(server, ftp, count, fresh)


# --- when the handshake begins --------------------------------------------------------------------


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("when", ("early", "after 150", "late"))
def test_handshakes_before_the_150_or_with_the_first_byte(server, version, count, when):
    """Go begins when it has something to write, which may take a while."""
    with server.ftps(version=version) as ftp:
        for i in range(count):
            data = payload(i)
            transfer = ftp.begin("STOR lazy", early=when == "early", handshake=False)
            assert transfer.reply.code == 150
            if when == "late" and i % 10 == 0:
                time.sleep(0.05)
            transfer.handshake()
            transfer.write(data)
            assert transfer.finish(PATIENT).code == 226
            assert (server.home / "lazy").read_bytes() == data


@pytest.mark.parametrize("version", VERSIONS)
def test_empty_files_with_a_handshake_and_nothing_else(server, version):
    with server.ftps(version=version) as ftp:
        for _ in range(20):
            assert ftp.store("empty", b"", end=PATIENT).code == 226
            assert ftp.retrieve("empty") == b""
        assert (server.home / "empty").read_bytes() == b""


@pytest.mark.parametrize("version", VERSIONS)
def test_an_empty_file_without_any_handshake_is_refused_at_once(server, version):
    """Nobody could say whose connection it was."""
    with server.ftps(version=version) as ftp:
        started = time.monotonic()
        transfer = ftp.begin("STOR nothing", handshake=False)
        transfer.sock.close()
        assert ftp.reply().code == 425
        assert time.monotonic() - started < 1
        assert ftp.store("something", b"x").code == 226


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_850_924_server_names_on_one_kind_of_connection_only(server, version):
    for control, data in (("localhost", None), (None, "localhost"), ("localhost", "localhost")):
        with server.ftps(version=version, server_name=control) as ftp:
            ftp.server_name = data
            transfer_many(server, ftp, 8, lambda i: ftp.sessions[-1])


# --- people's clients -----------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_r28_what_filezilla_sends(server, version):
    """Recipe: ftpes://, that is: CLNT, OPTS UTF8 ON, PBSZ and PROT after the login, MLSD."""
    with server.ftp(version=version) as ftp:
        ftp.auth()
        ftp.expect("USER alice", 331)
        ftp.expect("PASS secret", 230)
        ftp.expect("SYST", 215)
        ftp.expect("FEAT", 211)
        ftp.expect("CLNT FileZilla", 200)
        ftp.expect("OPTS UTF8 ON", 200)
        ftp.protect()
        ftp.expect("PWD", 257)
        ftp.expect("TYPE I", 200)
        assert ftp.read("MLSD", mode="pasv", session="newest") is not None
        assert ftp.store("filezilla", payload(3), mode="pasv", end=PATIENT).code == 226
        assert ftp.retrieve("filezilla", mode="pasv") == payload(3)


@pytest.mark.parametrize("version", VERSIONS)
def test_r27_lftp(server, tmp_path, version):
    """Recipe: ssl-allow, ssl-force, ssl-protect-data, with reuse required."""
    (tmp_path / "source").write_bytes(payload(3))
    server.lftp(f"set ftp:ssl-allow yes\nput {tmp_path}/source -o lftp\n"
                f"get lftp -o {tmp_path}/back\ncls\n", version=version).ok()
    assert (tmp_path / "back").read_bytes() == payload(3)
