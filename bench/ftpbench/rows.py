# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The rows: what a client does with a server, and the figure that comes out."""
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from ftpbench import cpu
from ftpbench.client import Client
from ftpbench.columns import Column
from ftpbench.fixture import MIB, PASSWORD, SMALL_SIZE, Fixture
from ftpbench.server import Server

BATCH = 10  # sessions at a time: proftpd accepts nothing for 0.4 s after each session that ends


@dataclass(frozen=True)
class Load:
    """How much of everything one step does."""

    sessions: int = 40
    small_files: int = 200
    big_rounds: int = 2
    idle_sessions: int = 50


QUICK = Load(sessions=20, small_files=100, big_rounds=1)


@dataclass
class Outcome:
    """One figure, and what shows that the work was really done."""

    figure: float
    moved: int = 0  # bytes
    resumed: list[bool] = field(default_factory=list)  # one per TLS data connection


class Bench:
    """One column at work."""

    def __init__(self, fixture: Fixture, column: Column, load: Load) -> None:
        self.fixture, self.column, self.load = fixture, column, load

    def connect(self) -> Client:
        context = self.fixture.client_context() if self.column.tls else None
        client = Client(self.fixture.port, context)
        client.login(self.column.user, PASSWORD)
        return client

    def transfer(self, server: Server, work: Callable[[Client], int], unit: float) -> Outcome:
        """CPU of `work` in a session that is logged in, by `unit`; the session's own is not in."""
        client = self.connect()
        client.prepare_data()
        pids, before = cpu.settled_run_time()
        moved = work(client)
        pids_now, after = cpu.settled_run_time()
        client.drop()
        if pids_now != pids:
            raise RuntimeError("processes came or went in the transfer; their CPU is lost")
        return Outcome((after - before) / unit, moved, client.resumed)


def session(bench: Bench, server: Server) -> Outcome:
    """connect, AUTH TLS, login, QUIT."""
    for start in range(0, bench.load.sessions, BATCH):
        clients = [bench.connect() for _ in range(min(BATCH, bench.load.sessions - start))]
        for client in clients:
            client.quit()
        cpu.wait_for_exit(server.idle_pids)
    return Outcome(server.finish() / bench.load.sessions * 1e3)


def small_retr(bench: Bench, server: Server) -> Outcome:
    """EPSV and RETR of 1 KiB, many times in one session."""
    count = bench.load.small_files
    outcome = bench.transfer(
        server, lambda client: sum(client.retrieve("small") for _ in range(count)), count / 1e3)
    return _checked(outcome, count * SMALL_SIZE)


def retr(bench: Bench, server: Server) -> Outcome:
    """RETR of a big file."""
    rounds, size = bench.load.big_rounds, bench.fixture.big_size
    outcome = bench.transfer(
        server, lambda client: sum(client.retrieve("big") for _ in range(rounds)),
        rounds * size / 1e9)
    return _checked(outcome, rounds * size)


def stor(bench: Bench, server: Server) -> Outcome:
    """STOR of a big file."""
    rounds, size = bench.load.big_rounds, bench.fixture.big_size
    source = memoryview(os.urandom(MIB))

    def work(client: Client) -> int:
        for i in range(rounds):
            client.store(f"up/file{i}", source, size)
        return bench.fixture.stored()

    return _checked(bench.transfer(server, work, rounds * size / 1e9), rounds * size)


def idle(bench: Bench, server: Server) -> Outcome:
    """PSS of a session that is logged in and does nothing."""
    clients = [bench.connect() for _ in range(bench.load.idle_sessions)]
    pids, _ = cpu.settled_run_time()
    figure = cpu.pss_kib(pids - server.idle_pids) / len(clients)
    for client in clients:
        client.drop()
    return Outcome(figure)


def _checked(outcome: Outcome, expected: int) -> Outcome:
    if outcome.moved != expected:
        raise RuntimeError(f"{outcome.moved} bytes were moved instead of {expected}")
    return outcome


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    name: str
    title: str
    unit: str
    run: Callable[[Bench, Server], Outcome]


ROWS = (
    Row("session", "one session (connect, AUTH TLS, login, QUIT)", "CPU ms", session),
    Row("small", "one 1 KiB RETR in a session", "CPU ms", small_retr),
    Row("retr", "RETR", "CPU s/GB", retr),
    Row("stor", "STOR", "CPU s/GB", stor),
    Row("idle", "idle session", "PSS KiB", idle),
)
