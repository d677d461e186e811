# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLS beside other parts of the host: per-user sections, compression, logs, cache modules, SFTP."""
import zlib

import pytest

CONTROL = "550 SSL/TLS required on the control channel"
DATA = b"a text that compresses well. " * 3000


# --- mod_ifsession --------------------------------------------------------------------------------


def ifsession(daemon, *lines: str):
    return daemon(*lines, modules=("mod_ifsession.c",))


def test_not_for_a_trusted_user(daemon):
    """Recipe: AllowPerUser and a section that relaxes TLSRequired."""
    server = ifsession(daemon, "TLSRequired on", "TLSOptions AllowPerUser", "<IfUser bob>",
                       "  TLSRequired off", "</IfUser>")
    with server.ftp() as ftp:
        ftp.login("bob")
        assert ftp.names() == []
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 331
        assert ftp.cmd("PASS secret").code == 530
    with server.ftps() as ftp:
        assert ftp.store("a", DATA).code == 226


def test_only_for_a_user(daemon):
    server = ifsession(daemon, "TLSRequired off", "TLSOptions AllowPerUser", "<IfUser bob>",
                       "  TLSRequired on", "</IfUser>")
    with server.ftp() as ftp:
        ftp.login("alice")
        assert ftp.names() == []
    with server.ftp() as ftp:
        assert ftp.cmd("USER bob").code == 331
        assert ftp.cmd("PASS secret").code == 530


@pytest.mark.parametrize("inside, reply", (("local", "331 Password required for alice"),
                                           ("!local", CONTROL)))
def test_by_class_of_clients(daemon, inside, reply):
    """Recipe: TLS only for remote networks."""
    server = ifsession(daemon, "<Class local>", "  From 127.0.0.0/8", "</Class>",
                       f"<IfClass {inside}>", "  TLSRequired off", "</IfClass>",
                       f"<IfClass {'!local' if inside == 'local' else 'local'}>",
                       "  TLSRequired on", "</IfClass>")
    with server.ftp() as ftp:
        assert str(ftp.cmd("USER alice")) == reply


def test_options_of_a_user(daemon):
    server = ifsession(daemon, "TLSRequired on", "<IfUser bob>",
                       "  TLSOptions NoSessionReuseRequired", "</IfUser>")
    with server.ftps(user="bob") as ftp:
        assert ftp.names(session=None) == []
    with server.ftps(user="alice") as ftp:
        transfer = ftp.begin("NLST", session=None)
        transfer.read_all()
        assert transfer.finish().code == 425


def test_data_requirement_of_a_user(daemon):
    server = ifsession(daemon, "TLSRequired off", "<IfUser bob>", "  TLSRequired data",
                       "</IfUser>")
    for user, code in (("bob", 522), ("alice", 226)):
        with server.ftp() as ftp:
            ftp.auth()
            ftp.login(user)
            transfer = ftp.begin("LIST")
            transfer.read_all()
            assert transfer.finish().code == code


# --- others ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_mode_z_compresses_above_tls(daemon, version):
    server = daemon("DeflateEngine on", modules=("mod_deflate.c",))
    with server.ftps(version=version) as ftp:
        assert ftp.store("file", DATA).code == 226
        ftp.expect("MODE Z", 200)
        packed = ftp.retrieve("file")
        assert len(packed) < len(DATA) / 4
        assert zlib.decompress(packed) == DATA
        assert ftp.store("packed", zlib.compress(DATA)).code == 226
        assert (server.home / "packed").read_bytes() == DATA
        ftp.expect("MODE S", 200)
        assert ftp.retrieve("packed") == DATA


def test_protocol_in_logs(daemon):
    server = daemon('LogFormat proto "%{protocol} %m %s"',
                    "ExtendedLog {dir}/run/extended.log ALL proto")
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    with server.ftp() as ftp:
        ftp.login()
    log = server.log("extended.log")
    log.wait_for("ftp USER 331")
    assert "ftps USER 331" in log and "ftps STOR 226" in log


NO_FTP = pytest.mark.differs_from_original("there `ftp` in the list does not help")


@pytest.mark.parametrize("protocols, clear, tls", (
    pytest.param("ftp", 230, 530, marks=NO_FTP), ("ftps", 530, 230),
    pytest.param("ftp ftps", 230, 230, marks=NO_FTP)))
def test_protocols(daemon, protocols, clear, tls):
    server = daemon(f"Protocols {protocols}")
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 331
        assert ftp.cmd("PASS secret").code == clear
    with server.ftp() as ftp:
        ftp.auth()
        assert ftp.cmd("USER alice").code == 331
        assert ftp.cmd("PASS secret").code == tls
    assert ("ftps protocol denied by Protocols config" in server.tls_log) == (tls == 530)


@pytest.mark.parametrize("name", ("mod_tls_shmcache.c", "mod_tls_memcache.c", "mod_tls_fscache.c",
                                  "mod_tls_redis.c"))
def test_the_packaged_cache_modules_load_into_this_module(daemon, name):
    needed = {"mod_tls_memcache.c": ("mod_memcache.c",), "mod_tls_redis.c": ("mod_redis.c",)}
    server = daemon(modules=(*needed.get(name, ()), name))
    for _ in range(2):
        with server.ftps() as ftp:
            assert ftp.store("a", DATA).code == 226
        server.reload()


def test_sftp_and_tls_do_not_share_a_server(check_config, pki, tmp_path):
    """mod_sftp reads our TLSEngine, so its form in memory is a promise."""
    both = check_config("SFTPEngine on", f"SFTPHostKey {pki.rsa.key}", modules=("mod_sftp.c",))
    assert "TLSEngine" in both.stderr
    one = check_config("SFTPEngine on", f"SFTPHostKey {pki.rsa.key}", modules=("mod_sftp.c",),
                       engine=False)
    assert one.status == 0 and "TLSEngine" not in one.stderr


def test_transfer_rates_hold_for_protected_data(daemon):
    server = daemon("TransferRate STOR 500")
    with server.ftps() as ftp:
        assert ftp.store("slow", b"x" * 400_000).code == 226
        assert (server.home / "slow").stat().st_size == 400_000


def test_hidden_stores(daemon):
    server = daemon("HiddenStores on")
    with server.ftps() as ftp:
        assert ftp.store("visible", DATA).code == 226
        assert ftp.store("refused", DATA, session=None).code == 425
    assert [path.name for path in server.home.iterdir()] == ["visible"]


def test_socket_options_are_honoured(daemon):
    server = daemon("SocketOptions rcvbuf 8192 sndbuf 8192")
    data = bytes(range(256)) * 4000
    with server.ftps() as ftp:
        assert ftp.store("a", data).code == 226
        assert ftp.retrieve("a") == data
