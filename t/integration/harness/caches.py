# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The session caches there are, each with what it needs, for tests that hold for all of them."""
import dataclasses
import os
import shutil
import tempfile
from pathlib import Path

from harness.resumption import load
from harness.servers import KeyValueServer, Memcached, Redis

# Milliseconds for connecting and for an answer: what an outage may cost a session, once.
TIMES = 300


@dataclasses.dataclass
class Cache:
    """One place where entries are kept, for any number of daemons."""
    name: str          # the word before the colon
    lines: tuple[str, ...]  # before the directive of the cache
    info: str
    server: KeyValueServer | None = None

    def directives(self, *more: str, timeout: int | None = None, use: str = "TLSSessionCache"):
        seconds = f" {timeout}" if timeout else ""
        return (*self.lines, *more, f"{use} {self.name}:{self.info}{seconds}")

    def owned_by(self, user: str) -> "Cache":
        """What keeps responses is written by the server's User."""
        if self.name == "fs" and os.geteuid() == 0:
            shutil.chown(self.info.removeprefix("/path="), user)
        return self

    @property
    def which(self) -> int:
        """The session that is kept for sure: sessions may not write files after the login, so there
        it is the first one of the handshake."""
        return 0 if self.name == "fs" else -1

    def close(self) -> None:
        if self.server:
            self.server.close()


def memcache_lines(*ports: int) -> tuple[str, ...]:
    return (*load("mod_tls_memcache"), "MemcacheEngine on",
            "MemcacheServers " + " ".join(f"127.0.0.1:{port}" for port in ports),
            f"MemcacheTimeouts {TIMES} {TIMES} {TIMES}")


def redis_lines(port: int) -> tuple[str, ...]:
    return (*load("mod_tls_redis"), "RedisEngine on", f"RedisServer 127.0.0.1:{port}",
            f"RedisTimeouts {TIMES} {TIMES}")


def _shm(folder: Path) -> Cache:
    return Cache("shm", tuple(load("mod_tls_shmcache")), f"/file={folder}/segment")


def _fs(folder: Path) -> Cache:
    (folder / "entries").mkdir(mode=0o700)
    return Cache("fs", tuple(load("mod_tls_fscache")), f"/path={folder}/entries")


def _memcache(folder: Path) -> Cache:
    server = Memcached(folder)
    server.start()
    return Cache("memcache", memcache_lines(server.port), "", server)


def _redis(folder: Path) -> Cache:
    server = Redis(folder)
    server.start()
    return Cache("redis", redis_lines(server.port), "", server)


KINDS = {"shm": _shm, "memcache": _memcache, "redis": _redis, "fs": _fs}
REMOTE = ("memcache", "redis")


def make(kind: str, folder: Path) -> Cache:
    """A fresh cache with a folder of its own in `folder`."""
    own = Path(tempfile.mkdtemp(prefix=f"cache-{kind}-", dir=folder))
    own.chmod(0o755)
    return KINDS[kind](own)
