# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Certificates with a responder, and what clients are given of it. The fixtures are imported where
they are used."""
import re

import pytest

from harness import ports
from harness.logs import wait_for
from harness.ocsp import Authority, Responder
from harness.pki import Credential

VERSIONS = ("-tls1_2", "-tls1_3")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ocsp-ca"))


@pytest.fixture
def responder(authority):
    block = ports.reserve()
    server = Responder(authority, block.listening[0])
    authority.mark(1, "V")
    yield server
    server.stop()
    block.release()


def credential(authority, serial, *extensions) -> Credential:
    certificate, key = authority.issue(serial, *extensions)
    return Credential("EC", certificate, key, authority.certificate)


def asking(responder) -> str:
    return f"authorityInfoAccess=OCSP;URI:{responder.url}"


def stapled(server, version="-tls1_3", *args) -> str:
    """What a client is given: "good", "revoked", "trylater", "none"."""
    text = server.s_client("-status", version, *args).stdout
    if "OCSP response: no response sent" in text:
        return "none"
    status = re.search(r"Cert Status: (\w+)", text) or re.search(r"OCSP Response Status: (\w+)",
                                                                 text)
    return status.group(1) if status else text


def wait_stapled(server, wanted="good") -> None:
    wait_for(lambda: stapled(server) == wanted, f"a staple that says {wanted}", 20)
