# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The cache module that doc/providers.md shows: it compiles as it stands, and is used."""
import re
import subprocess
from pathlib import Path

import pytest

from harness.controls import ALLOW, ask, with_controls
from harness.resumption import first_visit, returns

TOP = Path(__file__).resolve().parents[2]


@pytest.fixture(name="folder", scope="module")
def compile_module(run_folder):
    folder = run_folder / "provider"
    folder.mkdir()
    text = (TOP / "doc/providers.md").read_text(encoding="utf-8")
    (folder / "mod_nothing.c").write_text(re.search(r"```c\n(.*?)```", text, re.S)[1])
    subprocess.run(["cc", "-Wall", "-Werror", "-shared", "-fPIC", f"-I{TOP}",
                    "-I/usr/include/proftpd", "-o", "mod_nothing.so", "mod_nothing.c"],
                   cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_a_provider_that_remembers_nothing(daemon, folder, version):
    server = with_controls(daemon, f"ModulePath {folder}", "LoadModule mod_nothing.c", ALLOW,
                           "TLSSessionCache nothing: 600")
    session, context = first_visit(server, version)
    assert not returns(server, session, context)
    assert "nothing is kept" in ask(server, "sesscache", "info")
    server.reload()
    with server.ftps(version=version) as ftp:
        assert ftp.store("a", b"x").code == 226
