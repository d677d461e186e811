# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""CAs that issue client certificates, revoke them and say so, and clients that present them."""
import ssl
from pathlib import Path

from harness.ftps import make_context
from harness.pki import Credential
from make_pki import CA_CONFIG, CA_EXTENSIONS, make, openssl

CLIENT_EXTENSIONS = ("basicConstraints=critical,CA:FALSE", "extendedKeyUsage=clientAuth")


class Authority:
    """A CA with its own folder; `issuer` makes it an intermediate one."""

    def __init__(self, folder: Path, name: str, issuer: "Authority | None" = None) -> None:
        self.folder, self.name = folder / name.replace(" ", "-"), name
        self.folder.mkdir(parents=True)
        self.certificate, self.key = self.folder / "ca.crt", self.folder / "ca.key"
        if issuer:
            for source, target in ((issuer.certificate, "up.crt"), (issuer.key, "up.key")):
                (self.folder / target).write_bytes(source.read_bytes())
        make(self.folder, "ca", cn=name, issuer="up" if issuer else None,
             extensions=CA_EXTENSIONS + ("subjectKeyIdentifier=hash",))
        self.index = self.folder / "index.txt"
        self.index.touch()
        (self.folder / "crlnumber").write_text("01\n")
        (self.folder / "ca.cnf").write_text(CA_CONFIG.format(folder=self.folder) +
                                            f"crlnumber = {self.folder}/crlnumber\n")

    def issue(self, name: str, *, cn: str = "", extensions=(), chain: bytes = b"") -> Credential:
        """A client certificate, with the certificates of `chain` behind it in its file."""
        make(self.folder, name, cn=cn or name, issuer="ca",
             extensions=CLIENT_EXTENSIONS + tuple(extensions))
        certificate = self.folder / f"{name}.crt"
        self._ca("-valid", str(certificate))
        if chain:
            whole = self.folder / f"{name}-chain.crt"
            whole.write_bytes(certificate.read_bytes() + chain)
            certificate = whole
        return Credential("EC", certificate, self.folder / f"{name}.key")

    def revoke(self, name: str) -> None:
        self._ca("-revoke", str(self.folder / f"{name}.crt"))

    def crl(self, *dates: str, name: str = "crl.pem") -> Path:
        """A CRL of what is revoked so far; `dates` are those of openssl-ca(1)."""
        path = self.folder / name
        self._ca("-gencrl", *(dates or ("-crldays", "7")), "-out", str(path))
        return path

    def _ca(self, *args: str) -> None:
        openssl("ca", "-config", str(self.folder / "ca.cnf"), "-cert", str(self.certificate),
                "-keyfile", str(self.key), *args)


def presenting(server, credential: Credential | None, version: str = "") -> ssl.SSLContext:
    """A client's context that presents a certificate, or none."""
    context = make_context(server.pki.ca, version)
    if credential:
        context.load_cert_chain(credential.certificate, credential.key)
    return context


def admitted(server, context: ssl.SSLContext, **options):
    """A client that logged in and can transfer; to be closed by the caller."""
    client = server.ftps(context=context, **options)
    assert client.store("admitted", b"x").code == 226
    return client


def refused(server, context: ssl.SSLContext, **options) -> str:
    """The error of a client whose handshake must fail; with TLS 1.3 it sees that afterwards."""
    with server.ftp(context=context, **options) as ftp:
        ftp.expect("AUTH TLS", 234)
        try:
            ftp.handshake()
            reply = ftp.cmd("NOOP")
        except (ssl.SSLError, ConnectionError) as error:
            return str(error)
    raise AssertionError(f"the client was admitted: {reply}")


def rehash(folder: Path, *sources: Path) -> Path:
    """A directory of certificates or CRLs with hashed names."""
    folder.mkdir(exist_ok=True)
    for number, source in enumerate(sources):
        (folder / f"{number}.pem").write_bytes(source.read_bytes())
    openssl("rehash", str(folder))
    return folder
