# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A cheap FTP and FTPS client: bulk data goes through one reused buffer."""
import socket
import ssl

TIMEOUT = 60.0
CHUNK = 256 * 1024


class Client:
    """One control connection; the data connections of an FTPS session resume it."""

    def __init__(self, port: int, context: ssl.SSLContext | None) -> None:
        self._context, self.resumed, self._left = context, [], b""
        self.sock = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._expect("220")
        if context:
            self.command("AUTH TLS", "234")
            self.sock = context.wrap_socket(self.sock, server_hostname="localhost")

    def _line(self) -> str:
        while b"\n" not in self._left:
            data = self.sock.recv(4096)
            if not data:
                raise ConnectionError("end of control connection")
            self._left += data
        line, _, self._left = self._left.partition(b"\n")
        return line.decode("ascii", "replace").rstrip("\r")

    def _expect(self, *codes: str) -> str:
        line = self._line()
        code = line[:3]
        while not line.startswith(code + " "):
            line = self._line()
        if code not in codes:
            raise RuntimeError(f"unexpected reply: {line}")
        return line

    def command(self, text: str, *codes: str) -> str:
        """Sends a command; its reply must have one of `codes`."""
        self.sock.sendall(text.encode() + b"\r\n")
        return self._expect(*codes)

    def login(self, user: str, password: str) -> None:
        if self.command(f"USER {user}", "331", "230").startswith("331"):
            self.command(f"PASS {password}", "230")

    def prepare_data(self) -> None:
        """Binary transfers, protected if the control connection is."""
        self.command("TYPE I", "200")
        if self._context:
            self.command("PBSZ 0", "200")
            self.command("PROT P", "200")

    def _open_data(self, command: str) -> socket.socket:
        port = int(self.command("EPSV", "229").split("|")[3])
        data = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.command(command, "150", "125")
        if not self._context:
            return data
        data = self._context.wrap_socket(data, server_hostname="localhost",
                                         session=self.sock.session)
        self.resumed.append(data.session_reused)
        return data

    def retrieve(self, name: str) -> int:
        """Downloads to nowhere; the bytes received."""
        data = self._open_data(f"RETR {name}")
        buffer, total = memoryview(bytearray(CHUNK)), 0
        while count := data.recv_into(buffer):
            total += count
        _close(data)
        self._expect("226")
        return total

    def store(self, name: str, source: memoryview, size: int) -> int:
        """Uploads `size` bytes by repeating `source`; the bytes sent."""
        data = self._open_data(f"STOR {name}")
        sent = 0
        while sent < size:
            piece = source[: min(len(source), size - sent)]
            data.sendall(piece)
            sent += len(piece)
        _close(data)
        self._expect("226")
        return sent

    def quit(self) -> None:
        self.command("QUIT", "221")
        _close(self.sock)

    def drop(self) -> None:
        """Closes at once; the session need not be in order."""
        self.sock.close()


def _close(sock: socket.socket) -> None:
    """close_notify, FIN, then what the server still sends: no reset, and no waiting for long."""
    if isinstance(sock, ssl.SSLSocket):
        _send_close_notify(sock)
    try:
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(5.0)
        while sock.recv(CHUNK):
            pass
    except OSError:
        pass  # the server may be gone already
    sock.close()


def _send_close_notify(sock: ssl.SSLSocket) -> None:
    sock.settimeout(0.0)
    try:
        sock.unwrap()
    except (ssl.SSLWantReadError, ssl.SSLError, OSError):
        pass  # sent; the answer is not waited for
