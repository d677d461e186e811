# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""memcached and redis-server of a test, and servers that only seem to be one."""
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from harness import ports


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False


class KeyValueServer:
    """A real server on a reserved port: started, killed, started again."""

    address = "127.0.0.1"

    def __init__(self, folder: Path) -> None:
        self._block = ports.reserve()
        self.port = self._block.listening[0]
        self._folder = folder
        self._process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self, answers=None) -> None:
        """Ends when it answers: on its port, if `answers` knows nothing else."""
        self._process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not (answers() if answers else _answers(self.address, self.port)):
            assert self._process.poll() is None, f"{self.command()} has ended"
            assert time.monotonic() < deadline, f"no answer on port {self.port}"
            time.sleep(0.05)

    def pause(self) -> None:
        """It accepts connections, as the kernel does that, and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        self.kill()
        self._block.release()

    def keys(self) -> list[str]:
        raise NotImplementedError

    def forget(self) -> None:
        """Drops all entries, as a server does that is out of memory."""
        raise NotImplementedError

    def ask(self, text: str) -> str:
        """Sends lines and returns what comes within a moment."""
        with socket.create_connection((self.address, self.port), 5) as sock:
            sock.sendall(text.replace("\n", "\r\n").encode())
            sock.settimeout(0.3)
            got = b""
            try:
                while data := sock.recv(65536):
                    got += data
            except TimeoutError:
                pass
        return got.decode("latin-1")


class Memcached(KeyValueServer):
    options: tuple[str, ...] = ()

    def command(self) -> list[str]:
        return ["memcached", "-u", "nobody", "-l", self.address, "-p", str(self.port), "-U", "0",
                *self.options]

    def keys(self) -> list[str]:
        """"key=<name> exp=<seconds since 1970, or -1> ..." of each entry."""
        dump = self.ask("lru_crawler metadump all\nquit\n")
        return [line for line in dump.splitlines() if line.startswith("key=")]

    def forget(self) -> None:
        self.ask("flush_all\nquit\n")


class Redis(KeyValueServer):
    options: tuple[str, ...] = ()

    def command(self) -> list[str]:
        return ["redis-server", "--bind", self.address, "--port", str(self.port), "--save", "",
                "--appendonly", "no", "--dir", str(self._folder), *self.options]

    def keys(self) -> list[str]:
        names = self.ask("KEYS *\nQUIT\n").splitlines()
        return [name for name in names if name.startswith("mod_tls")]

    def forget(self) -> None:
        self.ask("FLUSHALL\nQUIT\n")


class Imposter:
    """Accepts connections and answers each request with the same bytes, or never.

    `pace`: seconds between two bytes of an answer; 0 for all of it at once. An answer that is
    trickled begins anew when it is over."""

    def __init__(self, answer: bytes = b"", pace: float = 0) -> None:
        self._answer, self._pace = answer, pace
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._clients: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._clients.append(client)
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        try:
            while request := client.recv(65536):
                self.requests.append(request)
                while self._pace:
                    for byte in self._answer:
                        client.sendall(bytes([byte]))
                        time.sleep(self._pace)
                client.sendall(self._answer)
        except OSError:
            pass

    def close(self) -> None:
        # Wakes up the thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            client.close()


class Deaf:
    """A port whose queue is full: the kernel answers no connection any more."""

    def __init__(self) -> None:
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(client)

    def close(self) -> None:
        for each in [*self._waiting, self._listener]:
            each.close()
