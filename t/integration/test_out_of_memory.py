# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A session in which one allocation fails ends, or goes on as protected as it should be.

Something preloaded has the n-th allocation of this module fail, counted from the end of a handshake
or from the login on; each session has an n of its own."""
import ssl
import subprocess

import pytest

from harness import config, settings
from test_policy_by_user import IFSESSION, section

pytestmark = pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has allocators of its own")
FAILING = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
static long left = -1;

static void arm(void) {
  FILE *file = fopen("%(number)s", "r");
  if (file == NULL) return;
  if (fscanf(file, "%%ld", &left) != 1) left = -1;
  fclose(file);
  unlink("%(number)s");
}

static int is_ours(const void *caller) {
  Dl_info info;
  return dladdr(caller, &info) != 0 && strstr(info.dli_fname, "mod_tls") != NULL;
}

void *malloc(size_t size) {
  if (left >= 0 && is_ours(__builtin_return_address(0)) && left-- == 0) return NULL;
  return __libc_malloc(size);
}

int SSL_do_handshake(void *ssl) {
  int (*real)(void *) = (int (*)(void *)) dlsym(RTLD_NEXT, "SSL_do_handshake");
  const int result = real(ssl);
  if (result == 1 && left < 0) arm();
  return result;
}

int chroot(const char *path) {
  int (*real)(const char *) = (int (*)(const char *)) dlsym(RTLD_NEXT, "chroot");
  arm();
  return real(path);
}
"""


@pytest.fixture(name="failing")
def make_failing(daemon, tmp_path):
    """failing(directives) -> a server; `fail(n)` arms the next session."""
    def start(*directives, **options):
        server = daemon.prepare(*directives, **options)
        folder = server.folder / "failing"
        folder.mkdir()
        folder.chmod(0o777)  # the session takes its number away
        number = folder / "number"
        source, library = tmp_path / "failing.c", tmp_path / "failing.so"
        source.write_text(FAILING % {"number": number})
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
        preload = settings.daemon_environment(server.run).get("LD_PRELOAD", "")
        server.environment["LD_PRELOAD"] = f"{preload} {library}".strip()
        server.start()
        server.fail = lambda n: number.write_text(str(n))
        return server
    return start


def is_clear(error: ssl.SSLError) -> bool:
    """Whether something came that is no TLS."""
    return error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")


def use(ftp) -> str:
    """What becomes of a session after its handshake."""
    try:
        ftp.handshake()
        for command in ("NOOP", f"USER {config.USER}", f"PASS {config.PASSWORD}", "PROT P"):
            if ftp.cmd(command).code >= 400:
                return "refused"
        ftp.protected_data = True
        transfer = ftp.begin("STOR file")
        transfer.write(b"x" * 1000)
        return "served" if transfer.finish().code == 226 else "refused"
    except ssl.SSLError as error:
        assert not is_clear(error), error
        return "ended"
    except ConnectionError:
        return "ended"


@pytest.mark.differs_from_original("allocations there are the host's own")
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_nothing_goes_on_in_the_clear_after_a_handshake(failing, version):
    server = failing("TLSOptions StdEnvVars ExportCertData")
    clients = [server.ftp(version=version) for _ in range(20)]
    outcomes = []
    for n, ftp in enumerate(clients):
        with ftp:
            ftp.expect("AUTH TLS", 234)
            server.fail(n * n // 2)
            outcomes.append(use(ftp))
    assert "ended" in outcomes
    assert "bad_alloc" in server.system_log
    with server.ftps(version=version) as ftp:
        assert ftp.store("file", b"x").code == 226


@pytest.mark.differs_from_original("allocations there are the host's own")
@pytest.mark.needs_root("it counts from chroot(2) on")
def test_a_login_that_cannot_be_judged_is_none(failing):
    """The user may not work in the clear, which is known only once he has logged in."""
    server = failing("TLSOptions AllowPerUser", "TLSRequired off",
                     *section("IfUser alice", "TLSRequired on"), modules=IFSESSION)
    clients = [server.ftp() for _ in range(20)]
    for n, ftp in enumerate(clients):
        with ftp:
            ftp.expect(f"USER {config.USER}", 331)
            server.fail(n * n // 2)
            try:
                assert ftp.cmd(f"PASS {config.PASSWORD}").code in (230, 530)
                assert ftp.cmd("PWD").code >= 400
            except ConnectionError:
                pass
    assert "bad_alloc" in server.system_log
