# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Many clients at once, each with its own sessions and data; every byte is compared."""
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.logs import wait_for

CLIENTS, ROUNDS = 30, 6


def one_client(server, number: int) -> None:
    rng = random.Random(number)
    version = rng.choice(("1.2", "1.3"))
    with server.ftps(version=version) as ftp:
        for i in range(ROUNDS):
            data = rng.randbytes(rng.choice((0, 1, 1000, 16384, 100_000, 700_000)))
            mode = rng.choice(("epsv", "pasv", "port", "eprt"))
            assert ftp.store(f"load-{number}-{i}", data, mode=mode).code == 226
            assert ftp.retrieve(f"load-{number}-{i}", mode=mode) == data
        assert ftp.cmd("QUIT").code == 221


def test_many_clients_at_once(daemon):
    server = daemon("TLSRequired on")
    with ThreadPoolExecutor(CLIENTS) as pool:
        for result in [pool.submit(one_client, server, i) for i in range(CLIENTS)]:
            result.result()


@pytest.mark.needs_root("descriptors of the server's processes")
def test_many_short_connections(daemon):
    """Connect, AUTH, go; some politely, some not. The daemon keeps nothing of them."""
    server = daemon("TLSRequired on")
    with server.ftps():
        pass
    wait_for(lambda: not server.session_pids(), "the end of the first session")
    before = server.descriptors(server.pid)
    endings = ("close_notify", "fin", "rst")
    for i in range(24):
        ftp = server.ftp()
        if i % 4:
            ftp.auth()
        if i % 3 == 0:
            ftp.cmd("QUIT")
        ftp.close(endings[i % 3])
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    # The host may keep the pipe of its last session until the next one comes.
    wait_for(lambda: server.descriptors(server.pid) <= before + 1, f"{before} descriptors again")
