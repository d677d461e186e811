# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Sessions in files, whose bytes a test may look at and change."""
import base64
import re
import subprocess


class SessionFile:
    """A session as `openssl s_client` keeps it, whose ticket can be spoilt."""

    def __init__(self, server, path, version: str) -> None:
        self.server, self.path = server, path
        self.option = "-tls1_2" if version == "1.2" else "-tls1_3"
        server.s_client(self.option, "-sess_out", str(path), commands="NOOP\r\nQUIT\r\n").ok()
        self._read()

    def _read(self) -> None:
        path = self.path
        body = "".join(path.read_text().split("\n")[1:-2])
        self.der = base64.b64decode(body)
        text = subprocess.run(["openssl", "sess_id", "-in", str(path), "-text", "-noout"],
                              capture_output=True, text=True, check=True).stdout
        rows = re.findall(r"^ +([0-9a-f]{4}) - ((?:[0-9a-f]{2}[ -]){1,16})", text, re.M)
        ticket = bytes.fromhex("".join(row[1] for row in rows).replace("-", " "))
        self.start, self.size = self.der.index(ticket), len(ticket)

    @property
    def key_name(self) -> bytes:
        """Which key has sealed the ticket (RFC 5077, 4)."""
        return self.der[self.start:self.start + 16]

    def resumed(self, der: bytes) -> bool:
        """Whether a connection that offers this is resumed; it must work either way."""
        body = base64.encodebytes(der).decode()
        self.path.write_text("-----BEGIN SSL SESSION PARAMETERS-----\n" + body +
                             "-----END SSL SESSION PARAMETERS-----\n")
        said = self.server.s_client(self.option, "-sess_in", str(self.path),
                                    commands="NOOP\r\nQUIT\r\n").stdout
        assert "200 NOOP command successful" in said and "221 " in said
        return "Reused, TLS" in said
