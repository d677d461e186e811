# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Real clients as people use them: curl and lftp with session reuse required, openssl s_client.

Up, down, listings, resumed downloads, whole trees; active and passive; TLS 1.2 and 1.3. What
arrives is compared by checksum.
"""
import hashlib
import random

import pytest

VERSIONS = ("1.2", "1.3")
FILES = 200
CURL_FILES = 60  # curl 7.88 may sleep for a second in each small transfer


def digest(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digests(folder) -> dict[str, str]:
    return {path.name: digest(path) for path in sorted(folder.iterdir())}


def write_random(path, size: int, seed: int) -> None:
    path.write_bytes(random.Random(seed).randbytes(size))


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon("TLSRequired on")


@pytest.fixture
def big_file(tmp_path):
    path = tmp_path / "big-file"
    write_random(path, 20_000_000, 1)
    return path


@pytest.fixture
def tree(tmp_path):
    """A folder of many small files."""
    folder = tmp_path / "tree"
    folder.mkdir()
    for i in range(FILES):
        write_random(folder / f"file-{i:04}", i * 37 % 5000, i)
    return folder


# (curl 7.88, the one of Debian 12, forgets TLS on active data connections)
@pytest.mark.parametrize("mode", ((), ("--disable-epsv",)), ids=("epsv", "pasv"))
@pytest.mark.parametrize("version", VERSIONS)
def test_curl_up_down_and_list(server, big_file, tmp_path, version, mode):
    name = f"curl-{version}-{len(mode)}"
    server.curl(name, *mode, "-T", str(big_file), version=version).ok()
    assert digest(server.home / name) == digest(big_file)
    server.curl(name, *mode, "-o", str(tmp_path / "back"), version=version).ok()
    assert digest(tmp_path / "back") == digest(big_file)
    assert name in server.curl("", *mode, version=version).ok().stdout


@pytest.mark.parametrize("version", VERSIONS)
def test_curl_resumes_a_download(server, big_file, tmp_path, version):
    server.curl("resume", "-T", str(big_file)).ok()
    part = tmp_path / "part"
    part.write_bytes(big_file.read_bytes()[:7_000_000])
    server.curl("resume", "-C", "-", "-o", str(part), version=version).ok()
    assert digest(part) == digest(big_file)


@pytest.mark.parametrize("version", VERSIONS)
def test_curl_appends(server, tmp_path, version):
    piece = tmp_path / "piece"
    write_random(piece, 100_000, 2)
    for _ in range(3):
        server.curl(f"appended-{version}", "--append", "-T", str(piece), version=version).ok()
    assert (server.home / f"appended-{version}").read_bytes() == piece.read_bytes() * 3


@pytest.mark.parametrize("version", (
    "1.2", pytest.param("1.3", marks=pytest.mark.differs_from_original(
        "curl uses each ticket once, and the original gives no new ones"))))
def test_curl_many_files_over_one_connection(server, tree, tmp_path, version):
    base = f"ftp://127.0.0.1:{server.port}/curl-tree-{version}"
    config = tmp_path / "curlrc"
    names = sorted(path.name for path in tree.iterdir())[:60]  # curl itself waits 0.2 s for each
    config.write_text("".join(f'upload-file = "{tree / name}"\nurl = "{base}/{name}"\n'
                              for name in names))
    server.curl("", "--ftp-create-dirs", "-K", str(config), version=version).ok()
    sent = {name: sum_ for name, sum_ in digests(tree).items() if name in names}
    assert digests(server.home / f"curl-tree-{version}") == sent


@pytest.mark.parametrize("version", VERSIONS)
def test_curl_protects_only_the_control_connection(daemon, tmp_path, version):
    server = daemon("TLSRequired ctrl")
    source = tmp_path / "source"
    write_random(source, 300_000, 3)
    server.curl("clear", "--ftp-ssl-control", "-T", str(source), version=version).ok()
    assert digest(server.home / "clear") == digest(source)


def test_curl_without_tls_is_refused(server):
    outcome = server.curl("", "--no-ssl-reqd", "--no-ftp-ssl")
    assert outcome.status != 0
    assert "550 SSL/TLS required on the control channel" in outcome.stderr


@pytest.mark.parametrize("passive", (True, False), ids=("passive", "active"))
@pytest.mark.parametrize("version", VERSIONS)
def test_lftp_up_down_and_list(server, big_file, tmp_path, version, passive):
    """Recipe: lftp with ssl-allow, ssl-force, ssl-protect-data."""
    name = f"lftp-{version}-{passive}"
    script = f"put {big_file} -o {name}\nget {name} -o {tmp_path}/back\ncls -1\n"
    outcome = server.lftp(script, version=version, passive=passive).ok()
    assert digest(server.home / name) == digest(big_file) == digest(tmp_path / "back")
    assert name in outcome.stdout.split()


@pytest.mark.parametrize("version", VERSIONS)
def test_lftp_mirrors_a_tree_both_ways(server, tree, tmp_path, version):
    remote, back = f"tree-{version}", tmp_path / "back"
    server.lftp(f"mirror -R {tree} {remote}\nmirror {remote} {back}\n", version=version).ok()
    assert digests(server.home / remote) == digests(tree) == digests(back)


def test_lftp_in_parallel(server, tree, tmp_path):
    server.lftp(f"mirror -R --parallel=4 {tree} parallel\n"
                f"mirror --parallel=4 parallel {tmp_path}/back\n").ok()
    assert digests(server.home / "parallel") == digests(tree) == digests(tmp_path / "back")


def test_lftp_text_files(server, tmp_path):
    text = tmp_path / "text"
    text.write_text("line\n" * 20_000)
    server.lftp(f"put -a {text} -o text\nget -a text -o {tmp_path}/back\n").ok()
    assert (server.home / "text").read_text() == text.read_text() == \
        (tmp_path / "back").read_text()


def test_clients_over_ipv6(daemon, big_file, tmp_path):
    server = daemon("TLSRequired on", address="::1")
    server.curl("six", "-T", str(big_file)).ok()
    server.lftp(f"get six -o {tmp_path}/six\n").ok()
    assert digest(tmp_path / "six") == digest(big_file)


@pytest.mark.parametrize("version", ("1_2", "1_3"))
def test_s_client_talks_ftp(server, version):
    outcome = server.s_client(f"-tls{version}", "-crlf", "-quiet",
                              commands="USER alice\nPASS secret\nPWD\nQUIT\n").ok()
    for code in ("331 ", "230 ", "257 ", "221 "):
        assert code in outcome.stdout


@pytest.mark.needs_root("the host lets anonymous users in only if it can chroot")
def test_anonymous_with_and_without_tls(daemon, tmp_path):
    """Recipe: TLS optional."""
    server = daemon("TLSRequired off", "<Anonymous {dir}/home-ftp>", "  User ftp",
                    "  Group users", "  UserAlias anonymous ftp", "  RequireValidShell off",
                    "</Anonymous>")
    (server.folder / "home-ftp" / "public").write_text("for everybody")
    (server.folder / "home-ftp" / "public").chmod(0o644)
    for options in ((), ("--no-ssl-reqd", "--no-ftp-ssl")):
        outcome = server.curl("public", *options, user="anonymous:a@example.org").ok()
        assert outcome.stdout == "for everybody"
