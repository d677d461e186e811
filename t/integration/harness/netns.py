# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A network of our own: namespaces with one address each on a common wire. Nothing of it is visible
outside, and it goes with the test."""
import ctypes
import os
import subprocess
from contextlib import contextmanager

_NEW_NET = 0x40000000  # CLONE_NEWNET of sched.h


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=30)


@contextmanager
def _in_namespace(path: str):
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    wanted = os.open(path, os.O_RDONLY)
    try:
        if libc.setns(wanted, _NEW_NET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        libc.setns(before, _NEW_NET)
        os.close(before)
        os.close(wanted)


class Host:
    """A namespace with an address; what is started `with host.inside()` runs there."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address

    def inside(self):
        return _in_namespace(f"/run/netns/{self.name}")


def possible() -> bool:
    """Whether this machine lets us make networks: ip mounts, which fails in a chroot."""
    try:
        Network("probe").remove()
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


class Network:
    """Hosts by name, and a wire between them that can be pulled."""

    def __init__(self, *names: str) -> None:
        prefix = f"mod-tls-{os.getpid()}"
        self._wire = f"{prefix}-wire"
        self.hosts = {name: Host(f"{prefix}-{name}", f"10.77.0.{number}")
                      for number, name in enumerate(names, 1)}
        self._made: list[str] = []
        try:
            self._make()
        except BaseException:
            self.remove()
            raise

    def _make(self) -> None:
        self._add(self._wire)
        _ip("-n", self._wire, "link", "add", "wire", "type", "bridge")
        _ip("-n", self._wire, "link", "set", "wire", "up")
        for number, host in enumerate(self.hosts.values(), 1):
            self._add(host.name)
            _ip("-n", self._wire, "link", "add", f"port{number}", "type", "veth", "peer", "name",
                "eth0", "netns", host.name)
            _ip("-n", self._wire, "link", "set", f"port{number}", "master", "wire", "up")
            _ip("-n", host.name, "address", "add", f"{host.address}/24", "dev", "eth0")
            _ip("-n", host.name, "link", "set", "eth0", "up")

    def _add(self, name: str) -> None:
        _ip("netns", "add", name)
        self._made.append(name)
        _ip("-n", name, "link", "set", "lo", "up")

    def plug(self, name: str, in_place: bool) -> None:
        """Pulls the plug of a host, or puts it back."""
        number = list(self.hosts).index(name) + 1
        _ip("-n", self._wire, "link", "set", f"port{number}", "up" if in_place else "down")

    def remove(self) -> None:
        for name in self._made:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        self._made = []
