# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""PBSZ and PROT: every answer that RFC 2228 and RFC 4217 and the configuration can lead to.

Each 200 is followed by a transfer: the protection that was granted is the one that is used.
"""
import pytest

UNWILLING = "534 Unwilling to accept security parameters"


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon()


@pytest.fixture
def ftp(server):
    with server.ftp() as client:
        client.auth()
        yield client


def test_pbsz_before_auth(server):
    with server.ftp() as ftp:
        assert str(ftp.cmd("PBSZ 0")) == "500 PBSZ not understood"


@pytest.mark.parametrize("arguments, reply", (
    ("", "501 Invalid number of parameters"),
    (" 0 0", "501 Invalid number of parameters"),
    (" 0", "200 PBSZ 0 successful"),
    (" 1", "200 PBSZ=0 successful"),
    (" 4096", "200 PBSZ=0 successful"),
    (" -1", "200 PBSZ=0 successful"),
    (" 00", "200 PBSZ=0 successful"),
    (" 99999999999999999999", "200 PBSZ=0 successful"),
    (" junk", "200 PBSZ=0 successful")))
def test_pbsz_replies(ftp, arguments, reply):
    assert str(ftp.cmd(f"PBSZ{arguments}")) == reply


def test_prot_before_auth(server):
    with server.ftp() as ftp:
        assert str(ftp.cmd("PROT P")) == "500 PROT not understood"


@pytest.mark.parametrize("arguments, reply", (
    ("", "501 Invalid number of parameters"),
    (" P P", "501 Invalid number of parameters"),
    (" C", "200 Protection set to Clear"),
    (" P", "200 Protection set to Private"),
    (" S", "536 PROT S unsupported"),
    (" E", "536 PROT E unsupported"),
    (" p", "504 PROT p unsupported"),
    (" c", "504 PROT c unsupported"),
    (" X", "504 PROT X unsupported"),
    (" Private", "504 PROT Private unsupported")))
def test_prot_replies(ftp, arguments, reply):
    assert str(ftp.cmd(f"PROT{arguments}")) == reply


def test_prot_needs_no_pbsz_and_may_come_before_login(ftp):
    ftp.prot("P")
    ftp.login()
    assert ftp.store("no-pbsz", b"x").code == 226


def test_prot_may_change_any_number_of_times(ftp):
    ftp.login()
    for level in ("P", "C", "P", "P", "C", "C", "P"):
        ftp.prot(level)
        assert ftp.store("changing", level.encode()).code == 226
        assert ftp.retrieve("changing") == level.encode()


def test_prot_after_pasv_decides_for_the_next_transfer(ftp):
    ftp.login()
    ftp.expect("PBSZ 0", 200)
    transfer_port = ftp.expect("EPSV", 229)
    ftp.prot("P")
    assert transfer_port
    assert ftp.store("after-epsv", b"x").code == 226


def test_a_refused_prot_changes_nothing(ftp):
    ftp.login()
    ftp.protect()
    for level in ("S", "E", "p", "X"):
        assert ftp.cmd(f"PROT {level}").code in (504, 536)
    assert ftp.store("unchanged", b"x").code == 226


def test_granted_protection_is_logged(daemon):
    server = daemon()
    with server.ftps() as ftp:
        ftp.prot("C")
    server.tls_log.wait_for("Protection set to Private")
    server.tls_log.wait_for("Protection set to Clear")


def test_prot_c_is_refused_where_protection_is_required(daemon):
    server = daemon("TLSRequired data")
    with server.ftps() as ftp:
        assert str(ftp.cmd("PROT C")) == UNWILLING
        assert ftp.store("protected", b"x").code == 226
    server.tls_log.wait_for("PROT: TLSRequired requires protection for data transfers")
    server.tls_log.wait_for("PROT: unwilling to accept security parameter (C)")


def test_prot_p_is_refused_where_protection_is_forbidden(daemon):
    server = daemon("TLSRequired !data")
    with server.ftp() as ftp:
        ftp.auth()
        ftp.login()
        assert str(ftp.cmd("PROT P")) == UNWILLING
        ftp.prot("C")
        assert ftp.store("clear", b"x").code == 226
    server.tls_log.wait_for("PROT: TLSRequired does not allow protection for data transfers")
    server.tls_log.wait_for("PROT: unwilling to accept security parameter (P)")


def test_limit_prot(daemon):
    server = daemon("<Limit PROT>", "  DenyAll", "</Limit>")
    with server.ftp() as ftp:
        ftp.auth()
        ftp.login()
        assert str(ftp.cmd("PROT P")) == UNWILLING
        assert ftp.names() == []
    server.tls_log.wait_for("PROT: denied by <Limit> configuration")
