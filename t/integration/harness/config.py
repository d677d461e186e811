# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Text of proftpd.conf: what every server of the tests has in common."""
import grp
import os
import pwd
from pathlib import Path

from harness import settings
from harness.ports import PortBlock

USER, PASSWORD = "alice", "secret"
# crypt(3) of PASSWORD; a constant spares each server a call of ftpasswd
_PASSWORD_HASH = "$1$modtls$23L6dVWnbhVDK.dpcCRqg/"
AS_ROOT = os.geteuid() == 0
UID = 21021 if AS_ROOT else os.geteuid()
GID = 21021 if AS_ROOT else os.getegid()
# a sanitizer writes its report as the session's user, outside the home
CHROOTED = AS_ROOT and not settings.SANITIZED

_BASE = """\
ServerName "main server"
ServerType standalone
{host_modules}
ModulePath {module_dir}
LoadModule mod_tls.c
{more_modules}
DefaultAddress {address}
SocketBindTight on
Port {port}
UseIPv6 {ipv6}
UseReverseDNS off
User {daemon_user}
Group {daemon_group}
WtmpLog off
ScoreboardFile {dir}/run/scoreboard
PidFile {dir}/run/pid
SystemLog {dir}/run/system.log
SyslogLevel debug
DebugLevel 3
TraceLog {dir}/run/trace.log
Trace binding:8
<IfModule mod_delay.c>
  DelayEngine off
</IfModule>
<IfModule mod_cap.c>
  CapabilitiesEngine {capabilities}
</IfModule>
<IfModule mod_ctrls.c>
  ControlsEngine off
</IfModule>
<Global>
  SyslogLevel debug
  DebugLevel 3
  RequireValidShell off
  UseFtpUsers off
  AuthPAM off
  AuthOrder mod_auth_file.c
  AuthUserFile {dir}/passwd
  AuthGroupFile {dir}/group
  TransferLog none
  PassivePorts {passive_first} {passive_last}
  TimeoutLinger 2
  AllowOverwrite on
  AllowStoreRestart on
  AllowRetrieveRestart on
  {default_root}
</Global>
"""


def fill(text: str, values: dict[str, object]) -> str:
    """Replaces {name} for the names in `values`; other braces stay."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def _host_modules() -> str:
    """The modules without which there is no FTP, where they are not built in (Debian 13)."""
    found = [name for name in ("mod_xfer", "mod_ls")
             if (settings.HOST_MODULES / f"{name}.so").exists()]
    lines = [f"ModulePath {settings.HOST_MODULES}"] if found else []
    return "\n".join(lines + [f"LoadModule {name}.c" for name in found])


def _more_modules(modules) -> str:
    if not modules:
        return ""
    return "\n".join((f"ModulePath {settings.HOST_MODULES}",
                      *(f"LoadModule {name}" for name in modules),
                      f"ModulePath {settings.module_dir()}"))


def values(folder: Path, ports: PortBlock, address: str, modules=()) -> dict[str, object]:
    """What placeholders in configurations stand for: {dir}, {home}, {port}, {port1} ..."""
    known = {f"port{i}": port for i, port in enumerate(ports.listening)}
    return known | {
        "dir": folder, "home": folder / "home", "port": ports.listening[0], "address": address,
        "passive_first": ports.passive[0], "passive_last": ports.passive[1],
        "ipv6": "on" if ":" in address else "off",
        "module_dir": settings.module_dir(), "more_modules": _more_modules(modules),
        "host_modules": _host_modules(),
        "daemon_user": "proftpd" if AS_ROOT else pwd.getpwuid(UID).pw_name,
        "daemon_group": "nogroup" if AS_ROOT else grp.getgrgid(GID).gr_name,
        "capabilities": "on" if AS_ROOT else "off",
        "default_root": "DefaultRoot ~" if CHROOTED else "",
    }


def server_text(directives: str, known: dict[str, object]) -> str:
    """A whole configuration: the common part, then `directives`."""
    return fill(_BASE + directives + "\n", known)


def tls_block(engine: bool, credentials, lines) -> str:
    """The TLS part of the main server."""
    block = [f"TLSEngine {'on' if engine else 'off'}", "TLSLog {dir}/run/tls.log"]
    block += [credential.directives() for credential in credentials]
    return "\n".join(block + list(lines))


def named_host(name: str, *lines: str) -> list[str]:
    """A virtual host on the address and port of the main server."""
    return ["<VirtualHost {address}>", "  Port {port}", f"  ServerAlias {name}",
            *(f"  {line}" for line in lines), "</VirtualHost>"]


def write_accounts(folder: Path) -> None:
    """Users alice and bob and ftp with their homes; every password is PASSWORD."""
    rows = []
    for name, home in ((USER, "home"), ("bob", "home-bob"), ("ftp", "home-ftp")):
        path = folder / home
        path.mkdir()
        os.chown(path, UID, GID)
        rows.append(f"{name}:{_PASSWORD_HASH}:{UID}:{GID}::{path}:/bin/sh\n")
    (folder / "passwd").write_text("".join(rows))
    (folder / "group").write_text(f"users:x:{GID}:{USER},bob,ftp\n")
    for name in ("passwd", "group"):
        (folder / name).chmod(0o600)
