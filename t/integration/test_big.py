# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The big job: one huge file and very many small ones, up and down, session reuse required.

In the normal run 64 MiB and 500 files; with `pytest -m big` 1 GiB and 10,000 files. TLS 1.2 and
1.3, curl and lftp; every checksum is compared.
"""
import hashlib
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

VERSIONS = ("1.2", "1.3")
CLIENTS = ("curl", "lftp")
MIB = 1024 * 1024
# one size of the job each: MiB of the file, number of files
SIZES = (pytest.param((64, 500), id="reduced"),
         pytest.param((1024, 10_000), id="full", marks=pytest.mark.big))
TIMEOUT = 900


def digest(path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(folder) -> dict[str, str]:
    return {entry.name: digest(entry.path) for entry in os.scandir(folder)}


def make_file(path, mib: int) -> None:
    """Fills a file with what does not compress and does not repeat."""
    subprocess.run(["openssl", "rand", "-out", str(path), str(mib * MIB)], check=True)


def make_tree(folder, count: int) -> None:
    folder.mkdir()
    pool = os.urandom(20_000)
    for i in range(count):
        (folder / f"file-{i:05}").write_bytes(b"%d" % i + pool[:i * 7919 % 20_000])


@pytest.fixture(params=SIZES, scope="module")
def job(request, run_folder):
    """The files of one size of the job: (huge file, folder of small ones, their digests)."""
    mib, count = request.param
    folder = run_folder / f"job-{mib}"
    folder.mkdir()
    make_file(folder / "huge", mib)
    make_tree(folder / "small", count)
    yield folder, digest(folder / "huge"), digests(folder / "small")
    shutil.rmtree(folder)


@pytest.fixture
def server(daemon):
    return daemon("TLSRequired on")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_huge_file(server, job, client, version):
    folder, expected, _ = job
    back = server.folder / "back"
    if client == "curl":
        server.curl("huge", "-T", str(folder / "huge"), version=version, timeout=TIMEOUT).ok()
        server.curl("huge", "-o", str(back), version=version, timeout=TIMEOUT).ok()
    else:
        server.lftp(f"put {folder}/huge -o huge\nget huge -o {back}\n", version=version,
                    timeout=TIMEOUT).ok()
    assert digest(server.home / "huge") == expected
    assert digest(back) == expected
    back.unlink()
    (server.home / "huge").unlink()


def curl_part(server, lines: list[str], number: int, version: str) -> None:
    """One curl with one control connection for the transfers that `lines` describe."""
    config = server.folder / f"curl-{number}.rc"
    config.write_text("".join(lines))
    server.curl("", "--no-verbose", "--ftp-create-dirs", "-K", str(config), version=version,
                timeout=TIMEOUT).ok()


def curl_all(server, lines: list[str], version: str) -> None:
    """Spreads the transfers over many curls: each sleeps 0.2 to 1 s in every small download."""
    count = 40 if len(lines) < 5000 else 48
    with ThreadPoolExecutor(count) as pool:
        parts = [pool.submit(curl_part, server, lines[i::count], i, version)
                 for i in range(count)]
        for part in parts:
            part.result()


def curl_tree(server, folder, names, back, version) -> None:
    base = f"ftp://127.0.0.1:{server.port}/small"
    curl_all(server, [f'upload-file = "{folder}/small/{name}"\nurl = "{base}/{name}"\n'
                      for name in names], version)
    curl_all(server, [f'output = "{back}/{name}"\nurl = "{base}/{name}"\n' for name in names],
             version)


@pytest.mark.parametrize("client, version", (
    ("curl", "1.2"), ("lftp", "1.2"), ("lftp", "1.3"),
    pytest.param("curl", "1.3", marks=pytest.mark.differs_from_original(
        "curl uses each ticket once, and the original gives no new ones"))))
def test_many_small_files(server, job, client, version):
    folder, _, expected = job
    back = server.folder / "back"
    back.mkdir()
    if client == "curl":
        curl_tree(server, folder, sorted(expected), back, version)
    else:
        server.lftp(f"mirror -R --parallel=4 {folder}/small small\n"
                    f"mirror --parallel=4 small {back}\n", version=version, timeout=TIMEOUT).ok()
    assert digests(server.home / "small") == expected
    assert digests(back) == expected
    assert "rejecting data connection" not in server.tls_log
