# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Debian's pure-ftpd and vsftpd, unpacked into a folder.

The packages conflict with each other and would start services, so nothing is installed.
"""
import shutil
import subprocess
from pathlib import Path

PACKAGES = ("pure-ftpd", "pure-ftpd-common", "vsftpd", "libwrap0", "libsodium23")
SCOREBOARD = Path("/run/pure-ftpd")  # built in; pure-ftpd makes it
SANDBOX_OFF = ("-o", "APT::Sandbox::User=root")  # apt's own user may not write to our folder


class Peers:
    """The unpacked packages below `folder`. What they leave elsewhere goes with the context."""

    def __init__(self, folder: Path) -> None:
        self._keep_scoreboard = SCOREBOARD.exists()
        self.root = folder / "root"
        missing = [name for name in PACKAGES if not list(folder.glob(f"{name}_*.deb"))]
        if missing:
            folder.mkdir(parents=True, exist_ok=True)
            subprocess.run(["apt-get", *SANDBOX_OFF, "-q", "download", *missing], cwd=folder,
                           check=True, stdout=subprocess.DEVNULL)
        for archive in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(archive), str(self.root)], check=True)

    def __enter__(self) -> "Peers":
        return self

    def __exit__(self, *_: object) -> None:
        if not self._keep_scoreboard:
            shutil.rmtree(SCOREBOARD, ignore_errors=True)

    def program(self, name: str) -> str:
        return next(str(path) for path in self.root.glob(f"usr/*bin/{name}"))

    @property
    def env(self) -> dict[str, str]:
        """Libraries of theirs that the system lacks."""
        folders = {str(path.parent) for path in self.root.glob("**/lib*.so.*")}
        return {"LD_LIBRARY_PATH": ":".join(sorted(folders))}
