# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Byte streams over a socket, in the clear and in TLS.

TlsStream keeps TLS apart from the socket (ssl.MemoryBIO), so that a test decides when a handshake
begins, which session is offered, and in which of the possible ways a connection ends.
"""
import socket
import ssl
import struct

CHUNK = 256 * 1024
# what `ending` says about how the peer ended the stream
CLOSE_NOTIFY, FIN, RST = "close_notify", "fin", "rst"
# one more way for a client: close_notify, then read what the server has to say, then close
PATIENT = "patient"


def reset(sock: socket.socket) -> None:
    """Closes with a TCP reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


class PlainStream:
    """A socket in the clear."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.ending = ""

    def recv(self) -> bytes:
        """Some bytes; none at the end of the stream (see `ending`)."""
        try:
            data = self.sock.recv(CHUNK)
        except ConnectionResetError:
            self.ending = RST
            return b""
        self.ending = self.ending if data else FIN
        return data

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read_all(self) -> bytes:
        return b"".join(iter(self.recv, b""))

    def close(self, how: str = CLOSE_NOTIFY) -> None:
        if how == RST:
            reset(self.sock)
        else:
            self.sock.close()

    def end_writing(self, how: str = CLOSE_NOTIFY) -> None:
        """Tells the peer that no more will come; reading stays possible unless how is RST."""
        if how == RST:
            reset(self.sock)
        else:
            self.sock.shutdown(socket.SHUT_WR)


class TlsStream:
    """The client's side of a TLS connection."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext,
                 session: ssl.SSLSession | None = None, server_name: str | None = None) -> None:
        self.sock = sock
        self.ending = ""
        self.sessions: list[ssl.SSLSession] = []  # each that the server gave us, in order
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._raw = bytearray()
        self._record: bytearray | None = None
        self.tls = context.wrap_bio(self._in, self._out, server_hostname=server_name,
                                    session=session)

    @property
    def version(self) -> str:
        return self.tls.version() or ""

    @property
    def cipher(self) -> str:
        return self.tls.cipher()[0]

    @property
    def resumed(self) -> bool:
        return bool(self.tls.session_reused)

    @property
    def peer_certificate(self) -> bytes:
        """The server's certificate in DER."""
        return self.tls.getpeercert(binary_form=True)

    def start_handshake(self) -> None:
        """Sends the ClientHello and no more."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        self._flush()

    def handshake(self) -> None:
        """Completes the handshake; raises ssl.SSLError or ConnectionError if that fails."""
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush()
                if not self._feed():
                    raise ConnectionError(f"end of stream ({self.ending}) in the handshake")
            except ssl.SSLError:
                self._flush()  # the alert that says why
                raise
        self._flush()
        self._note_session()

    def send(self, data: bytes) -> None:
        for start in range(0, len(data), CHUNK):
            self._write(data[start:start + CHUNK])

    def _write(self, chunk: bytes) -> None:
        """Writes; a renegotiation that has begun comes first."""
        while True:
            try:
                self.tls.write(chunk)
                break
            except ssl.SSLWantReadError:
                self._flush()
                if not self._feed():
                    raise ConnectionError(f"end of stream ({self.ending}) in a renegotiation")
        self._flush()

    def recv(self) -> bytes:
        """Some plaintext; none at the end of the stream (see `ending`)."""
        while not self.ending:
            try:
                data = self.tls.read(CHUNK)
                self._note_session()
                if data:
                    return data
                self.ending = CLOSE_NOTIFY
            except ssl.SSLWantReadError:
                self._note_session()
                self._flush()
                self._feed()
            except ssl.SSLZeroReturnError:
                self.ending = CLOSE_NOTIFY
        return b""

    def read_all(self) -> bytes:
        return b"".join(iter(self.recv, b""))

    def record_raw(self) -> bytearray:
        """Keeps what comes from now on as it was on the wire; the result grows."""
        self._record = bytearray(self._raw)
        return self._record

    def unread(self) -> bytes:
        """What came behind the last record that was looked at."""
        return bytes(self._raw)

    def send_close_notify(self) -> None:
        try:
            self.tls.unwrap()
        except (ssl.SSLWantReadError, ssl.SSLZeroReturnError, ssl.SSLSyscallError):
            pass
        self._flush()

    def end_writing(self, how: str = CLOSE_NOTIFY) -> None:
        """Ends our direction: with an alert and FIN, FIN alone, or a reset of everything."""
        if how == RST:
            reset(self.sock)
            return
        if how == CLOSE_NOTIFY:
            self.send_close_notify()
        self.sock.shutdown(socket.SHUT_WR)

    def close(self, how: str = CLOSE_NOTIFY) -> None:
        if how == RST:
            reset(self.sock)
            return
        try:
            if how == PATIENT:
                self.end_writing()
                self.read_all()
            if how == CLOSE_NOTIFY:
                self.send_close_notify()
        except (OSError, ssl.SSLError):
            pass  # the peer left first, or the handshake never ended
        self.sock.close()

    def after_close_notify(self) -> str:
        """How TCP ends once the server has said close_notify: FIN, or RST if it was impolite."""
        plain = PlainStream(self.sock)
        assert not plain.read_all(), "bytes behind the close_notify"
        return plain.ending

    def _feed(self) -> bool:
        """Hands one more TLS record to the library, so that each session can be noticed."""
        while not self._one_record():
            data = self._receive()
            if not data:
                self._in.write_eof()
                return False
            self._raw += data
        return True

    def _receive(self) -> bytes:
        try:
            data = self.sock.recv(CHUNK)
        except ConnectionResetError:
            self.ending = RST
            return b""
        self.ending = self.ending if data else FIN
        if self._record is not None:
            self._record += data
        return data

    def _one_record(self) -> bool:
        if len(self._raw) < 5:
            return False
        size = 5 + int.from_bytes(self._raw[3:5], "big")
        if len(self._raw) < size:
            # what is not TLS (a reply in the clear) goes in as it is: the library will object
            if self._raw[0] in range(20, 25):
                return False
            size = len(self._raw)
        self._in.write(bytes(self._raw[:size]))
        del self._raw[:size]
        return True

    def _flush(self) -> None:
        data = self._out.read()
        if data:
            self.sock.sendall(data)

    def _note_session(self) -> None:
        try:
            session = self.tls.session
        except ValueError:  # a renegotiation has begun and not ended
            return
        if session is None or (self.version == "TLSv1.3" and not session.has_ticket):
            return
        if not self.sessions or self.sessions[-1].id != session.id:
            self.sessions.append(session)
