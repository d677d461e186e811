# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""One data connection, step by step."""
import socket
import ssl

from harness.stream import CLOSE_NOTIFY, PlainStream, TlsStream

MODES = ("pasv", "epsv", "port", "eprt")
_FAMILY_NUMBER = {socket.AF_INET: 1, socket.AF_INET6: 2}


def _host_port(words: str) -> tuple[str, int]:
    numbers = [int(word) for word in words.split(",")]
    return ".".join(str(n) for n in numbers[:4]), numbers[4] * 256 + numbers[5]


class Transfer:
    """A transfer that was begun: the command is sent, its first reply read.

    mode       pasv, epsv, port or eprt
    session    what the data handshake offers: "first" or "newest" of the control connection,
               "data" (newest of an earlier data connection), None, or an SSLSession
    handshake  False leaves the handshake to the caller
    early      begins the handshake before the first reply is read

    `reply` is the first reply. If it refuses, or the handshake fails (`error`), `stream` is None
    and finish() gives the last reply all the same.
    """

    def __init__(self, client, command: str, *, mode: str = "epsv", session="newest",
                 handshake: bool = True, early: bool = False, rest: int = 0) -> None:
        self.client = client
        self.command = command
        self.session = session
        self.error: Exception | None = None
        self.stream: PlainStream | TlsStream | None = None
        self._listener: socket.socket | None = None
        self.sock: socket.socket | None = None
        self._open(mode)
        if rest:
            client.expect(f"REST {rest}", 350)
        client.raw_send(f"{command}\r\n".encode())
        self._wrap(early)
        self.reply = client.reply()
        if self.reply.code >= 400:
            self._drop()
        elif handshake:
            self.handshake()

    def _open(self, mode: str) -> None:
        client = self.client
        if mode == "pasv":
            text = client.expect("PASV", 227).text
            self._connect(_host_port(text[text.index("(") + 1:text.index(")")]))
        elif mode == "epsv":
            text = client.expect("EPSV", 229).text
            self._connect((client.sock.getpeername()[0], int(text.split("|")[3])))
        else:
            self._listen(mode)

    def _connect(self, target: tuple[str, int]) -> None:
        self.sock = socket.create_connection(target, self.client.sock.gettimeout())

    def _listen(self, mode: str) -> None:
        control = self.client.sock
        address = control.getsockname()[0]
        self._listener = socket.socket(control.family)
        self._listener.settimeout(control.gettimeout())
        self._listener.bind((address, 0))
        self._listener.listen(1)
        port = self._listener.getsockname()[1]
        if mode == "eprt":
            number = _FAMILY_NUMBER[control.family]
            self.client.expect(f"EPRT |{number}|{address}|{port}|", 200)
        else:
            words = address.replace(".", ",")
            self.client.expect(f"PORT {words},{port >> 8},{port & 255}", 200)

    def _wrap(self, early: bool) -> None:
        """Puts a stream on a passive connection; an active one comes with the first reply."""
        if self.sock and early:
            self._make_stream()
            self.stream.start_handshake()

    def _make_stream(self) -> None:
        if self.sock is None:
            self.sock = self._listener.accept()[0]
            self.sock.settimeout(self.client.sock.gettimeout())
        if self.client.protected_data:
            self.stream = TlsStream(self.sock, self.client.context, self._offer(),
                                    self.client.server_name)
        else:
            self.stream = PlainStream(self.sock)

    def _offer(self) -> ssl.SSLSession | None:
        if not isinstance(self.session, str):
            return self.session
        if self.session == "data":
            return self.client.data_sessions[-1]
        return self.client.sessions[0 if self.session == "first" else -1]

    def handshake(self) -> None:
        """Holds the data handshake, if there is one to hold; a failure is kept in `error`."""
        if self.stream is None:
            self._make_stream()
        if not isinstance(self.stream, TlsStream):
            return
        try:
            self.stream.handshake()
        except (ssl.SSLError, ConnectionError) as error:
            self.error = error
            self._drop()

    def _drop(self) -> None:
        self.stream = None
        for sock in (self.sock, self._listener):
            if sock:
                sock.close()

    # --- moving bytes -------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Sends; a server that has hung up is noticed in finish()."""
        if self.stream:
            try:
                self.stream.send(data)
            except (ConnectionError, ssl.SSLError) as error:
                self.error = error

    def read_all(self) -> bytes:
        if not self.stream:
            return b""
        try:
            return self.stream.read_all()
        except ssl.SSLError as error:
            self.error = error
            return b""

    def finish(self, end: str = CLOSE_NOTIFY) -> "object":
        """Ends the data connection in the given way and returns the last reply."""
        if self.stream:
            self._note_sessions()
            self.stream.close(end)
        if self._listener:
            self._listener.close()
        return self.reply if self.reply.code >= 200 else self.client.reply()

    def _note_sessions(self) -> None:
        if isinstance(self.stream, TlsStream):
            self.client.data_sessions += self.stream.sessions
