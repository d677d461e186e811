# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The certificates of a test run, as objects that know their directives."""
import fcntl
import shutil
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "pki"))
import make_pki  # noqa: E402  (the folder is known only now)


@dataclass(frozen=True)
class Credential:
    """A certificate with its key, and the directives that configure them."""

    kind: str  # "RSA", "EC", "DSA"; "" for the directives that take any type
    certificate: Path
    key: Path | None = None
    chain: Path | None = None

    def directives(self) -> str:
        lines = [f"TLS{self.kind}CertificateFile {self.certificate}"]
        if self.key:
            lines.append(f"TLS{self.kind}CertificateKeyFile {self.key}")
        if self.chain:
            lines.append(f"TLSCertificateChainFile {self.chain}")
        return "\n".join(lines)

    def copy_to(self, folder: Path) -> "Credential":
        """The same files in `folder`, where a test may replace them."""
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = folder / "server.crt", folder / "server.key"
        shutil.copy(self.certificate, certificate)
        shutil.copy(self.key, key)
        return Credential(self.kind, certificate, key)


class Pki:
    """Attribute access to what t/pki/make_pki.py makes (names with `_` for `-`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = folder / "ca.crt"
        self.chain_file = folder / "chain.pem"
        self.rsa = self._pair("RSA", "rsa")
        self.rsa2 = self._pair("RSA", "rsa2")
        self.ec = self._pair("EC", "ec")
        self.ec2 = self._pair("EC", "ec2")
        self.rsa_chained = self._pair("RSA", "rsa-chained", self.chain_file)
        self.ec_chained = self._pair("EC", "ec-chained", self.chain_file)
        self.ed25519 = self._pair("", "ed25519")
        self.ed448 = self._pair("", "ed448")
        self.expired = self._pair("EC", "expired")
        self.self_signed = self._pair("EC", "self-signed")
        self.stranger = self._pair("EC", "stranger")
        self.combined = Credential("EC", folder / "combined.pem")
        self.mismatched = Credential("EC", self.ec.certificate, self.ec2.key)

    def _pair(self, kind: str, name: str, chain: Path | None = None) -> Credential:
        return Credential(kind, self.folder / f"{name}.crt", self.folder / f"{name}.key", chain)


def der(path: Path) -> bytes:
    """The certificate of a PEM file, as a peer sends it."""
    return ssl.PEM_cert_to_DER_cert(path.read_text())


def make_once(folder: Path) -> Pki:
    """The certificates in `folder`; the first of several test processes makes them."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / "pki.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            make_pki.make_all(folder)
            (folder / "complete").touch()
    return Pki(folder)
