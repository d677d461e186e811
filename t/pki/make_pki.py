#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Makes every key and certificate of the tests with the openssl command, in about a second.

usage: make_pki.py FOLDER

The folder gets NAME.crt and NAME.key pairs in PEM:

    ca              root, P-256                 other-ca        a root nobody trusts
    intermediate    issued by ca
    rsa, ec         leaves of ca                rsa2, ec2       their renewed successors
    rsa-chained     leaf of intermediate        ec-chained      leaf of intermediate
    expired         EC leaf of ca, of the past  self-signed     EC, no issuer
    stranger        EC leaf of other-ca         ed25519, ed448  leaves of ca
and chain.pem (the intermediate), combined.pem (key and certificate of ec in one file).
"""
import os
import subprocess
import sys
from pathlib import Path

SUBJECT_ALT_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
LEAF_EXTENSIONS = (SUBJECT_ALT_NAMES, "basicConstraints=critical,CA:FALSE")
CA_EXTENSIONS = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
KEY_TYPES = {
    "ec": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    "rsa": ("-newkey", "rsa:2048"),
    "ed25519": ("-newkey", "ed25519"),
    "ed448": ("-newkey", "ed448"),
}
CA_CONFIG = """\
[ca]
default_ca = default
[default]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = policy
unique_subject = no
copy_extensions = copy
[policy]
commonName = supplied
"""


def openssl(*args: str) -> None:
    """Runs openssl without the system's configuration; its own words explain a failure."""
    done = subprocess.run(["openssl", *args], capture_output=True, text=True, check=False,
                          env={**os.environ, "OPENSSL_CONF": os.devnull})
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(args)}: {done.stderr}")


def make(folder: Path, name: str, *, key="ec", issuer=None, extensions=LEAF_EXTENSIONS, cn=None):
    """Makes a key and its certificate: NAME.key and NAME.crt, signed by `issuer` or by itself."""
    args = ["req", "-x509", "-nodes", *KEY_TYPES[key], "-days", "30", "-subj",
            f"/CN={cn or name}", "-keyout", str(folder / f"{name}.key"),
            "-out", str(folder / f"{name}.crt")]
    for extension in extensions:
        args += ["-addext", extension]
    if issuer:
        args += ["-CA", str(folder / f"{issuer}.crt"), "-CAkey", str(folder / f"{issuer}.key")]
    openssl(*args)


def make_expired(folder: Path, name: str, issuer: str) -> None:
    """Makes a leaf whose validity ended in 2021."""
    request, config = folder / f"{name}.csr", folder / "ca.cnf"
    config.write_text(CA_CONFIG.format(folder=folder))
    (folder / "index.txt").touch()
    openssl("req", "-new", "-nodes", *KEY_TYPES["ec"], "-subj", f"/CN={name}", "-addext",
            SUBJECT_ALT_NAMES, "-keyout", str(folder / f"{name}.key"), "-out", str(request))
    openssl("ca", "-batch", "-notext", "-config", str(config), "-in", str(request),
            "-cert", str(folder / f"{issuer}.crt"), "-keyfile", str(folder / f"{issuer}.key"),
            "-startdate", "20200101000000Z", "-enddate", "20210101000000Z",
            "-out", str(folder / f"{name}.crt"))


def make_all(folder: Path) -> None:
    """Fills `folder` with everything the module's docstring lists."""
    folder.mkdir(parents=True, exist_ok=True)
    make(folder, "ca", extensions=CA_EXTENSIONS, cn="test root")
    make(folder, "other-ca", extensions=CA_EXTENSIONS, cn="another root")
    make(folder, "intermediate", issuer="ca", extensions=CA_EXTENSIONS, cn="test intermediate")
    for key in ("rsa", "ec"):
        make(folder, key, key=key, issuer="ca")
        make(folder, f"{key}2", key=key, issuer="ca")
        make(folder, f"{key}-chained", key=key, issuer="intermediate")
    for key in ("ed25519", "ed448"):
        make(folder, key, key=key, issuer="ca")
    make(folder, "stranger", issuer="other-ca")
    make(folder, "self-signed")
    make_expired(folder, "expired", issuer="ca")
    (folder / "chain.pem").write_bytes((folder / "intermediate.crt").read_bytes())
    (folder / "combined.pem").write_bytes(
        (folder / "ec.key").read_bytes() + (folder / "ec.crt").read_bytes())
    (folder / "combined.pem").chmod(0o600)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make_all(Path(sys.argv[1]).resolve())
