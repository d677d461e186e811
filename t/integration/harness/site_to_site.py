# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A client that has two servers move a file between them."""


def put(server, name: str, data: bytes) -> None:
    (server.home / name).write_bytes(data)
    (server.home / name).chmod(0o644)


class Fxp:
    """A client's two control connections, `source` and `target` of a file."""

    def __init__(self, source, target, **options) -> None:
        self.source, self.target = source.ftps(**options), target.ftps(**options)

    def __enter__(self) -> "Fxp":
        return self

    def __exit__(self, *_: object) -> None:
        self.source.close()
        self.target.close()

    def copy(self, name: str, *, tls_client: str, passive: str) -> tuple[int, int]:
        """Moves a file; the last replies of source and target."""
        ends = {"source": self.source, "target": self.target}
        listening = ends.pop(passive)
        [connecting] = ends.values()
        for end in (self.source, self.target):
            end.expect("SSCN ON" if end is getattr(self, tls_client) else "SSCN OFF", 200)
        words = listening.expect("PASV", 227).text
        connecting.expect("PORT " + words[words.index("(") + 1:words.index(")")], 200)
        commands = {self.source: f"RETR {name}", self.target: f"STOR {name}"}
        listening.raw_send(commands[listening].encode() + b"\r\n")
        connecting.raw_send(commands[connecting].encode() + b"\r\n")
        return final(self.source), final(self.target)


def final(ftp) -> int:
    reply = ftp.reply()
    return reply.code if reply.code >= 200 else ftp.reply().code
