# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The columns: how each server is configured and started. As lean as each allows, alike in what
they do: one process per session, chroot, no DNS, no log of transfers, the same certificate."""
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ftpbench.fixture import GID, UID, USER, Fixture
from ftpbench.peers import Peers
from ftpbench.server import Server

HOST_MODULES = Path("/usr/lib/proftpd")
PROFTPD = """\
ServerName bench
ServerType standalone
{load}
DefaultAddress 127.0.0.1
SocketBindTight on
Port {port}
UseIPv6 off
UseReverseDNS off
User nobody
Group nogroup
RequireValidShell off
UseFtpUsers off
AuthPAM off
AuthOrder mod_auth_file.c
AuthUserFile {dir}/passwd
AuthGroupFile {dir}/group
WtmpLog off
TransferLog none
SystemLog none
PassivePorts {passive}
ScoreboardFile {run}/scoreboard
PidFile {run}/proftpd.pid
MaxInstances none
DefaultRoot ~
AllowOverwrite on
<IfModule mod_delay.c>
  DelayEngine off
</IfModule>
<IfModule mod_ctrls.c>
  ControlsEngine off
</IfModule>
"""
PROFTPD_TLS = """\
TLSEngine on
TLSProtocol TLSv1.3
TLSECCertificateFile {cert}
TLSECCertificateKeyFile {key}
TLSRequired on
"""
VSFTPD = """\
background=NO
listen=YES
listen_ipv6=NO
listen_address=127.0.0.1
listen_port={port}
pasv_min_port={first}
pasv_max_port={last}
anonymous_enable=YES
local_enable=NO
no_anon_password=YES
ftp_username=daemon
anon_root={home}
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
secure_chroot_dir={empty}
xferlog_enable=NO
session_support=NO
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
require_ssl_reuse=YES
ssl_ciphers=HIGH
rsa_cert_file={cert}
rsa_private_key_file={key}
"""


@dataclass(frozen=True)
class Column:
    """One server of the comparison."""

    name: str
    tls: bool
    user: str
    start: Callable[[Fixture], Server]
    rows: tuple[str, ...] = ()  # only these; empty: all


def _values(fixture: Fixture) -> dict[str, object]:
    first, last = fixture.passive
    return {"dir": fixture.dir, "run": fixture.run, "home": fixture.home, "cert": fixture.cert,
            "key": fixture.key, "port": fixture.port, "first": first, "last": last,
            "passive": f"{first} {last}", "empty": fixture.run / "empty"}


def _private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def proftpd(name: str, *, modules: Path | None = None, extra: str = "", rows=()) -> Column:
    """proftpd with the mod_tls.so of `modules`, or without TLS."""

    def start(fixture: Fixture) -> Server:
        _private(fixture.dir / "passwd",
                 f"{USER}:{fixture.password_hash}:{UID}:{GID}::{fixture.home}:/bin/sh\n")
        _private(fixture.dir / "group", f"users:x:{GID}:{USER}\n")
        load = f"ModulePath {modules}\nLoadModule mod_tls.c" if modules else ""
        text = PROFTPD + (PROFTPD_TLS if modules else "") + extra
        config = _private(fixture.run / "proftpd.conf",
                          text.format(load=load, **_values(fixture)))
        return Server(["proftpd", "-n", "-q", "-c", str(config)], fixture.port,
                      fixture.run / f"{name}.log", {})

    return Column(name, modules is not None, USER, start, rows)


def pure_ftpd(peers: Peers) -> Column:
    """pure-ftpd with a virtual user."""

    def start(fixture: Fixture) -> Server:
        users, database = fixture.dir / "pure.passwd", fixture.dir / "pure.pdb"
        _private(users, f"{USER}:{fixture.password_hash}:{UID}:{GID}::{fixture.home}/./"
                        + ":" * 12 + "\n")
        _make_puredb(peers, users, database)
        first, last = fixture.passive
        return Server(
            [peers.program("pure-ftpd"), "-4", "-A", "-E", "-H", "-f", "none", "-Y", "3",
             "-2", f"{fixture.cert},{fixture.key}", "-l", f"puredb:{database}",
             "-S", f"127.0.0.1,{fixture.port}", "-p", f"{first}:{last}", "-C", "100",
             "-g", str(fixture.run / "pure.pid")],
            fixture.port, fixture.run / "pure-ftpd.log", peers.env)

    return Column("pure-ftpd", True, USER, start)


def _make_puredb(peers: Peers, users: Path, database: Path) -> None:
    subprocess.run([peers.program("pure-pw"), "mkdb", str(database), "-f", str(users)],
                   check=True, env=peers.env, capture_output=True)


def vsftpd(peers: Peers) -> Column:
    """vsftpd with anonymous logins: others go through PAM files of the system."""

    def start(fixture: Fixture) -> Server:
        (fixture.run / "empty").mkdir(exist_ok=True)
        config = _private(fixture.run / "vsftpd.conf", VSFTPD.format(**_values(fixture)))
        return Server([peers.program("vsftpd"), str(config)], fixture.port,
                      fixture.run / "vsftpd.log", peers.env)

    return Column("vsftpd", True, "anonymous", start)


def all_columns(peers: Peers, module_dir: Path | None) -> list[Column]:
    """In the order of the table."""
    ours = [proftpd("ours", modules=module_dir)] if module_dir else []
    return [
        proftpd("core"),
        proftpd("core-nosendfile", extra="UseSendfile off\n", rows=("retr",)),
        proftpd("debian", modules=HOST_MODULES),
        *ours, pure_ftpd(peers), vsftpd(peers),
    ]
