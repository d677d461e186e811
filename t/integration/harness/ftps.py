# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""An FTPS client that does exactly what a test says, right or wrong."""
import re
import select
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from harness.config import PASSWORD, USER
from harness.stream import CLOSE_NOTIFY, FIN, PlainStream, TlsStream
from harness.transfer import Transfer

TIMEOUT = 30.0
VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1,
            "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True)
class Reply:
    """A reply: its code and its lines without code."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.lines[-1]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


def make_context(ca: Path, version: str = "", ciphers: str = "",
                 protocols: tuple[str, ...] = ()) -> ssl.SSLContext:
    """A context that trusts `ca` and speaks `version` only, or anything from TLS 1.2 on.

    `protocols` is what it offers by ALPN, if anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(ca)
    if ciphers:
        context.set_ciphers(ciphers)
    if protocols:
        context.set_alpn_protocols(protocols)
    if version:
        context.minimum_version = context.maximum_version = VERSIONS[version]
    return context


class FtpsClient:
    """A control connection. Sessions of `context` may be shared between clients."""

    def __init__(self, address: str, port: int, ca: Path, *, version: str = "", ciphers: str = "",
                 context: ssl.SSLContext | None = None, greet: bool = True,
                 server_name: str | None = None) -> None:
        self.context = context or make_context(ca, version, ciphers)
        self.server_name = server_name
        self.sock = socket.create_connection((address, port), TIMEOUT)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream: PlainStream | TlsStream = PlainStream(self.sock)
        self._tls: TlsStream | None = None
        self.protected_data = False
        self.data_sessions: list[ssl.SSLSession] = []  # given by the server on data connections
        self._buffer = b""
        self.banner = self.reply() if greet else None

    def __enter__(self) -> "FtpsClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- commands and replies -----------------------------------------------------------------

    def raw_send(self, data: bytes) -> None:
        """Sends bytes as they are, through TLS if it is on."""
        self.stream.send(data)

    def line(self) -> str:
        """One line; raises ConnectionError at the end of the stream."""
        while b"\n" not in self._buffer:
            data = self.stream.recv()
            if not data:
                raise ConnectionError(f"end of control connection ({self.stream.ending})")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")

    def reply(self) -> Reply:
        """The next reply, of one or many lines."""
        first = self.line()
        match = re.fullmatch(r"(\d{3})([ -])(.*)", first)
        assert match, f"not a reply: {first!r}"
        code, lines = match[1], [match[3]]
        while match[2] == "-" and not (line := self.line()).startswith(f"{code} "):
            lines.append(line)
        if match[2] == "-":
            lines.append(line[4:])
        return Reply(int(code), tuple(lines))

    def cmd(self, command: str) -> Reply:
        """Sends a command and waits for its (first) reply."""
        self.stream.send(f"{command}\r\n".encode())
        return self.reply()

    def expect(self, command: str, *codes: int) -> Reply:
        reply = self.cmd(command)
        assert reply.code in codes, f"{command}: {reply}"
        return reply

    # --- security -----------------------------------------------------------------------------

    def auth(self, mechanism: str = "TLS", session: ssl.SSLSession | None = None) -> Reply:
        """AUTH and the handshake behind it."""
        reply = self.expect(f"AUTH {mechanism}", 234)
        self.handshake(session)
        return reply

    def handshake(self, session: ssl.SSLSession | None = None) -> TlsStream:
        """Begins TLS on the control connection; the caller has seen the 234."""
        tls = TlsStream(self.sock, self.context, session, self.server_name)
        tls.handshake()
        self.stream, self._tls, self._buffer = tls, tls, b""
        return tls

    def go_on_in_the_clear(self) -> None:
        """After CCC; what came behind the server's close_notify is the next to be read."""
        self._buffer = self._tls.unread()
        self.stream = PlainStream(self.sock)

    def failing_handshake(self) -> tuple[Exception, bytes]:
        """Begins TLS where it must not succeed: the error, and all that came in the clear then."""
        tls = TlsStream(self.sock, self.context, None, self.server_name)
        try:
            tls.handshake()
        except (ssl.SSLError, ConnectionError) as error:
            return error, tls.unread() + PlainStream(self.sock).read_all()
        raise AssertionError(f"the handshake succeeded: {tls.version} {tls.cipher}")

    def login(self, user: str = USER, password: str = PASSWORD) -> None:
        self.expect(f"USER {user}", 331)
        self.expect(f"PASS {password}", 230)
        self.expect("TYPE I", 200)

    def protect(self, level: str = "P") -> None:
        self.expect("PBSZ 0", 200)
        self.prot(level)

    def prot(self, level: str) -> None:
        self.expect(f"PROT {level}", 200)
        self.protected_data = level == "P"

    @property
    def sessions(self) -> list[ssl.SSLSession]:
        """Sessions given on the control connection, oldest first; they outlive CCC."""
        return self._tls.sessions

    # --- data ---------------------------------------------------------------------------------

    def begin(self, command: str, **options) -> Transfer:
        """Starts a transfer and leaves it open; see Transfer for the options."""
        return Transfer(self, command, **options)

    def cmd_during(self, transfer: Transfer, command: str, filler: bytes) -> Reply:
        """Sends a command in the middle of an upload, feeding the upload until it is answered:
        the host looks for commands between two chunks."""
        self.raw_send(f"{command}\r\n".encode())
        for _ in range(200):
            transfer.write(filler)
            if self._buffer or select.select([self.sock], [], [], 0.05)[0]:
                break
        return self.reply()

    def store(self, name: str, data: bytes, command: str = "STOR", **options) -> Reply:
        """Uploads and returns the last reply, whatever it is."""
        end = options.pop("end", CLOSE_NOTIFY)
        transfer = self.begin(f"{command} {name}", **options)
        transfer.write(data)
        return transfer.finish(end)

    def read(self, command: str, **options) -> bytes:
        """Runs a downloading command to its 226 and returns what came."""
        transfer = self.begin(command, **options)
        data = transfer.read_all()
        reply = transfer.finish()
        assert reply.code == 226, f"{command}: {reply} {transfer.error or ''}"
        return data

    def retrieve(self, name: str, **options) -> bytes:
        return self.read(f"RETR {name}", **options)

    def names(self, command: str = "NLST", **options) -> list[str]:
        """The lines of a listing."""
        return self.read(command, **options).decode().split("\r\n")[:-1]

    # --- the end ------------------------------------------------------------------------------

    def quit(self) -> str:
        """QUIT, then how the server ended the stream: close_notify, fin or rst."""
        self.expect("QUIT", 221)
        return self.ending()

    def ending(self) -> str:
        """Reads to the end of the connection and says how it came about."""
        rest = self._buffer + self.stream.read_all()
        self._buffer = b""
        assert not rest, f"unexpected {rest!r}"
        return self.stream.ending

    def close(self, how: str = FIN) -> None:
        self.stream.close(how)
