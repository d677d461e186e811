# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""An OCSP responder: `openssl ocsp` makes the answers, this frames them well or badly."""
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def openssl(*args) -> None:
    """Runs openssl, which must succeed."""
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, timeout=60)


def _new_key() -> tuple[str, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _inside(der: bytes, at: int) -> tuple[int, int]:
    """Where the contents of the DER element at `at` begin and end."""
    if der[at + 1] < 0x80:
        return at + 2, at + 2 + der[at + 1]
    size = der[at + 1] & 0x7F
    begin = at + 2 + size
    return begin, begin + int.from_bytes(der[at + 2:begin], "big")


def _elements(der: bytes, at: int) -> list[tuple[int, int]]:
    """Beginning and end of each element in the one at `at`."""
    begin, end = _inside(der, at)
    found = []
    while begin < end:
        found.append((begin, _inside(der, begin)[1]))
        begin = found[-1][1]
    return found


def with_times(der: bytes, key: Path, ends: int, begins: int | None = None) -> bytes:
    """The response with another nextUpdate (and thisUpdate), so many seconds from now, signed anew.
    `openssl ocsp` counts in minutes, and from now on."""
    before = len(der)
    for seconds in (ends, begins):  # the last time of it, and the one before
        before = der.rindex(b"\x18\x0f20", 0, before)
        if seconds is None:
            continue
        stamp = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds)).encode()
        der = der[:before + 2] + stamp + der[before + 2 + len(stamp):]
    octets = _inside(der, _elements(der, _elements(der, _elements(der, 0)[1][0])[0][0])[1][0])[0]
    signed, _, signature = _elements(der, octets)[:3]
    for _ in range(50):  # the length of an ECDSA signature varies, the old one's is wanted
        made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(key)], check=True,
                              input=der[signed[0]:signed[1]], capture_output=True).stdout
        begin, end = _inside(der, signature[0])
        if len(made) == end - begin - 1:
            return der[:begin + 1] + made + der[end:]
    raise AssertionError("no signature of the right length")


class Authority:
    """A certificate authority of its own, in `folder`, with the index `openssl ocsp` wants."""

    def __init__(self, folder: Path, name: str = "OCSP test CA") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.certificate, self.key = folder / "ca.crt", folder / "ca.key"
        self.index = folder / "index.txt"
        self.index.touch()
        openssl("req", "-x509", *_new_key(), "-days", "30", "-subj", f"/CN={name}",
                 "-keyout", self.key, "-out", self.certificate)

    def issue(self, serial: int, *extensions: str) -> tuple[Path, Path]:
        """A server certificate for localhost: its path and that of its key."""
        certificate, key = self.folder / f"{serial}.crt", self.folder / f"{serial}.key"
        request = self.folder / f"{serial}.csr"
        wanted = self.folder / f"{serial}.ext"
        wanted.write_text("\n".join(("subjectAltName=DNS:localhost,IP:127.0.0.1", *extensions)))
        openssl("req", "-new", *_new_key(), "-subj", f"/CN=localhost {serial}", "-keyout", key,
                 "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                 "-days", "20", "-set_serial", serial, "-extfile", wanted, "-out", certificate)
        self.mark(serial, "V")
        return certificate, key

    def mark(self, serial: int, status: str) -> None:
        """Enters a certificate as valid ("V") or revoked ("R") in the index."""
        kept = [line for line in self.index.read_text().splitlines()
                if line.split("\t")[3] != f"{serial:02X}"]
        revoked = "260101000000Z,keyCompromise" if status == "R" else ""
        kept.append("\t".join((status, "300101000000Z", revoked, f"{serial:02X}", "unknown",
                               f"/CN=localhost {serial}")))
        self.index.write_text("\n".join(kept) + "\n")


def answer(authority, request: bytes, signer=None, minutes: int = 10, *options: str) -> bytes:
    """The DER of a response to a DER request, by the index of an authority with a folder;
    `options` are for `openssl ocsp`."""
    signer = signer or authority
    asked = authority.folder / f"request-{threading.get_ident()}"
    answered = authority.folder / f"response-{threading.get_ident()}"
    asked.write_bytes(request)
    openssl("ocsp", "-index", authority.index, "-CA", authority.certificate, "-rsigner",
            signer.certificate, "-rkey", signer.key, "-reqin", asked, "-respout", answered,
            "-nmin", minutes, *options)
    return answered.read_bytes()


class Responder:
    """Serves on 127.0.0.1; `behaviour` says how, and may be changed at any time."""

    def __init__(self, authority, port: int) -> None:
        self.authority = authority
        self.behaviour = "good"
        self.signer = None  # or another authority
        self.minutes = 10
        self.options: tuple[str, ...] = ()  # more for `openssl ocsp`
        self.seconds: int | None = None  # a shorter life than `minutes` can say
        self.requests = 0
        self._last = b""
        self.url = f"http://127.0.0.1:{port}/"
        responder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # pylint: disable=invalid-name
                responder.serve(self)

            def log_message(self, *_args) -> None:  # pylint: disable=arguments-differ
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, http) -> None:
        self.requests += 1
        request = http.rfile.read(int(http.headers["Content-Length"]))
        getattr(self, f"_{self.behaviour}")(http, request)
        http.close_connection = True

    def _der(self, request: bytes) -> bytes:
        der = answer(self.authority, request, self.signer, self.minutes, *self.options)
        if self.seconds is None:
            return der
        return with_times(der, (self.signer or self.authority).key, self.seconds)

    def _good(self, http, request: bytes) -> None:
        self._last = self._der(request)
        self._send(http, self._last)

    def _replay(self, http, _request: bytes) -> None:
        self._send(http, self._last)

    def _stale(self, http, request: bytes) -> None:
        self._send(http, with_times(self._der(request), self.authority.key, -3600, -7200))

    def _early(self, http, request: bytes) -> None:
        self._send(http, with_times(self._der(request), self.authority.key, 7200, 3600))

    @staticmethod
    def _send(http, der: bytes) -> None:
        http.send_response(200)
        http.send_header("Content-Type", "application/ocsp-response")
        http.send_header("Content-Length", str(len(der)))
        http.end_headers()
        http.wfile.write(der)

    def _chunked(self, http, request: bytes) -> None:
        der = self._der(request)
        http.send_response(200)
        http.send_header("Transfer-Encoding", "chunked")
        http.end_headers()
        for part in (der[:100], der[100:]):
            http.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        http.wfile.write(b"0\r\n\r\n")

    def _redirect(self, http, request: bytes) -> None:
        if http.path == "/there":
            self._good(http, request)
            return
        self._send_elsewhere(http, self.url + "there")

    def _round(self, http, _request: bytes) -> None:
        self._send_elsewhere(http, self.url)

    def _elsewhere(self, http, _request: bytes) -> None:
        self._send_elsewhere(http, "file:///etc/passwd")

    @staticmethod
    def _send_elsewhere(http, url: str) -> None:
        http.send_response(302)
        http.send_header("Location", url)
        http.send_header("Content-Length", "0")
        http.end_headers()

    def _garbage(self, http, _request: bytes) -> None:
        http.wfile.write(b"220 FTP server ready\r\n\r\n")

    def _huge(self, http, _request: bytes) -> None:
        http.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        for _ in range(1000):
            http.wfile.write(b"x" * 65536)

    def _error(self, http, _request: bytes) -> None:
        http.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + bytes((0x30, 3, 0x0A, 1, 2)))

    def _slow(self, _http, _request: bytes) -> None:
        time.sleep(20)
