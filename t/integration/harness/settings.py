# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Which module is tested and how: read once from the environment.

MOD_TLS_BUILD_DIR   folder that holds mod_tls.so; the word `debian` means the packaged original
MOD_TLS_SANITIZED   1 if that module was built with ASan and UBSan
"""
import os
import re
import subprocess
from pathlib import Path

PROFTPD = os.environ.get("PROFTPD", "/usr/sbin/proftpd")
HOST_MODULES = Path("/usr/lib/proftpd")

_build_dir = os.environ.get("MOD_TLS_BUILD_DIR", "")
ORIGINAL = _build_dir == "debian"
SANITIZED = os.environ.get("MOD_TLS_SANITIZED") == "1"
VERSION = "mod_tls/2.9.2" if ORIGINAL else "mod_tls/3.0.0"


def _version_of(*command: str) -> str:
    """The first version that a program tells of itself."""
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.search(r"\d+(\.\d+)+\w*", told.stdout + told.stderr)[0]


CURL = tuple(map(int, _version_of("curl", "--version").split(".")[:2]))
HOST = _version_of(PROFTPD, "-v")


def module_dir() -> Path:
    """The folder for ModulePath, checked so that a wrong one is not mistaken for a broken test."""
    if ORIGINAL:
        return HOST_MODULES
    if not _build_dir or not (Path(_build_dir) / "mod_tls.so").exists():
        raise RuntimeError("set MOD_TLS_BUILD_DIR to the folder with mod_tls.so, or to 'debian'")
    return Path(_build_dir).resolve()


# mod_ifsession compares a group name that the host has freed already (<IfGroup>); the host's client
# of Redis copies within one buffer (keys that start with another's prefix).
_FAULTS_OF_THE_HOST = """\
interceptor_via_lib:mod_ifsession.so
interceptor_via_fun:pr_redis_kremove
"""


def _runtime(name: str) -> str:
    found = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True,
                           check=True)
    return found.stdout.strip()


def daemon_environment(run: Path) -> dict[str, str]:
    """The environment of proftpd; sanitizer reports go to files in `run`."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": os.environ.get("TZ", "UTC")}
    if SANITIZED:
        env["LD_PRELOAD"] = f"{_runtime('libasan.so')} {_runtime('libstdc++.so')}"
        (run / "asan.suppressions").write_text(_FAULTS_OF_THE_HOST)
        env["ASAN_OPTIONS"] = (f"log_path={run}/asan/report:detect_leaks=0:abort_on_error=0:"
                               f"suppressions={run}/asan.suppressions")
        env["UBSAN_OPTIONS"] = "print_stacktrace=1"
    return env
