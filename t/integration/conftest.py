# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Fixtures of the integration tests.

A scenario asks for `daemon` (and `pki`), starts a server with a few directives and talks to it:

    def test_upload(daemon, pki):
        server = daemon("TLSRequired on", certificate=pki.rsa)
        with server.ftps(version="1.3") as ftp:
            assert ftp.store("a", b"text").code == 226

{dir}, {home}, {port}, {port1}... in directives stand for the server's own folder and ports,
{certificate} and {key} for a P-256 pair.
"""
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.dont_write_bytecode = True

from harness import config, settings, shared_memory  # noqa: E402
from harness.daemon import Daemon  # noqa: E402
from harness.pki import make_once  # noqa: E402

def pytest_configure(config):
    try:
        settings.module_dir()
    except RuntimeError as error:
        raise pytest.UsageError(str(error)) from None


def roomy_folder() -> str | None:
    """Memory, if there is plenty: the big job makes and removes 100,000 files."""
    memory = "/dev/shm"
    if os.path.isdir(memory) and shutil.disk_usage(memory).free > 8 * 2**30:
        return memory
    return None


@pytest.fixture(scope="session")
def run_folder():
    """A folder of this test process that the server's users can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="mod_tls-test-", dir=roomy_folder()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    """The certificates; test processes that run side by side share them."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    return make_once(shared / "pki")


class DaemonFactory:
    """Makes servers and remembers them until their test is over."""

    def __init__(self, folder: Path, pki) -> None:
        self._folder, self.pki = folder, pki
        self.servers: list[Daemon] = []

    def prepare(self, *directives: str, certificate="ec", engine: bool = True, after: str = "",
                **options) -> Daemon:
        """A configured server that does not run yet; `after` follows the TLS directives."""
        folder = Path(tempfile.mkdtemp(prefix="server-", dir=self._folder))
        folder.chmod(0o755)
        server = Daemon(folder, self.pki, **options)
        server.values |= {"certificate": self.pki.ec.certificate, "key": self.pki.ec.key}
        self.servers.append(server)
        server.configure(self.text(*directives, certificate=certificate, engine=engine) + after)
        return server

    def text(self, *directives: str, certificate="ec", engine: bool = True) -> str:
        """The directives of a server: engine, log, certificates, then those given."""
        if isinstance(certificate, str):
            certificate = getattr(self.pki, certificate)
        if certificate is None:
            certificate = ()
        if not isinstance(certificate, (tuple, list)):
            certificate = (certificate,)
        return config.tls_block(engine, certificate, directives) + "\n"

    def __call__(self, *directives: str, **options) -> Daemon:
        server = self.prepare(*directives, **options)
        server.start()
        return server

    def stop(self) -> list[str]:
        problems = []
        for server in self.servers:
            problems += server.stop()
            shared_memory.remove_of(server.folder)
        return problems


@pytest.fixture
def daemon(run_folder, pki):
    """Starts servers: daemon("TLSRequired on", certificate=pki.rsa) -> Daemon."""
    factory = DaemonFactory(run_folder, pki)
    yield factory
    problems = factory.stop()
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="module")
def shared_daemon(run_folder, pki):
    """Servers that all tests of a file use: for tests that leave no traces."""
    factory = DaemonFactory(run_folder, pki)
    yield factory
    problems = factory.stop()
    assert not problems, "\n".join(problems)


@pytest.fixture
def check_config(daemon):
    """check_config("TLSEngine maybe") -> what `proftpd -t` says about the directives."""
    def check(*directives: str, **options):
        return daemon.prepare(*directives, **options).check()
    return check


def _servers_of(item) -> list[Daemon]:
    found = []
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, DaemonFactory):
            found += value.servers
        elif isinstance(value, Daemon):
            found.append(value)
    return found


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for server in _servers_of(item):
            report.sections += server.report()


def pytest_collection_modifyitems(items):
    for item in items:
        differs = item.get_closest_marker("differs_from_original")
        if settings.ORIGINAL and differs:  # a deliberate difference is a failure that we expect
            item.add_marker(pytest.mark.xfail(reason=differs.args[0], strict=True))
        root = item.get_closest_marker("needs_root")
        if root and not config.AS_ROOT:
            item.add_marker(pytest.mark.skip(reason=f"needs root: {root.args[0]}"))
