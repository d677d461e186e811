# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLSOptions CommonNameRequired, dNSNameRequired, iPAddressRequired: the names in a client's
certificate against where it comes from."""
import socket
import subprocess

import pytest

from harness import settings
from harness.client_pki import Authority, admitted, presenting

pytestmark = pytest.mark.parametrize("version", ("1.2", "1.3"))

ADDRESS = "127.0.0.1"
HOST = socket.gethostbyaddr(ADDRESS)[0]  # as the server finds it


@pytest.fixture(name="ca", scope="module")
def make_ca(tmp_path_factory):
    class Ca:
        root = Authority(tmp_path_factory.mktemp("names"), "names root")
        here = root.issue("here", cn=HOST,
                          extensions=(f"subjectAltName=DNS:x.example,DNS:{HOST},IP:{ADDRESS}",))
        mapped = root.issue("mapped", extensions=(f"subjectAltName=IP:::ffff:{ADDRESS}",))
        away = root.issue("away", cn="away.example",
                          extensions=("subjectAltName=DNS:away.example,IP:192.0.2.1",))
        bare = root.issue("bare", cn="alice")
    return Ca


@pytest.fixture(name="demanding")
def make_demanding(daemon, ca):
    """demanding("dNSNameRequired") -> a server that has this option and knows names."""
    def start(options, *directives, verify="on", reverse_dns="on"):
        server = daemon.prepare(f"TLSCACertificateFile {ca.root.certificate}",
                                f"TLSVerifyClient {verify}", f"TLSOptions {options}", *directives)
        server.rewrite(lambda text: text.replace("UseReverseDNS off",
                                                 f"UseReverseDNS {reverse_dns}"))
        server.start()
        return server
    return start


def turned_away(server, context) -> str:
    """What a client is told inside TLS before it is sent away politely."""
    with server.ftp(context=context) as ftp:
        ftp.auth()
        reply = ftp.reply()
        assert reply.code == 421 and ftp.ending() == "close_notify"
        return reply.text


MATCHES = (("dNSNameRequired", "here", f"dNSName SAN matches remote name '{HOST}'"),
           ("iPAddressRequired", "here", f"iPAddress SAN matches client IP '{ADDRESS}'"),
           ("iPAddressRequired", "mapped", f"iPAddress SAN matches client IP '{ADDRESS}'"),
           ("CommonNameRequired", "here", f"CommonName matches client FQDN '{HOST}'"))

DIFFERENCES = (
    ("dNSNameRequired", "away", f"dNSName SANs do not match remote name '{HOST}'"),
    ("dNSNameRequired", "bare", "missing required X509v3 SubjectAltName dNSName"),
    ("iPAddressRequired", "away", f"iPAddress SANs do not match client IP '{ADDRESS}'"),
    ("iPAddressRequired", "bare", "missing required X509v3 SubjectAltName iPAddress"),
    ("CommonNameRequired", "away", f"CommonName does not match client FQDN '{HOST}'"))


@pytest.mark.parametrize("option, who, line", MATCHES)
def test_who_comes_from_where_his_certificate_says_is_admitted(demanding, ca, version, option, who,
                                                              line):
    server = demanding(option)
    admitted(server, presenting(server, getattr(ca, who), version)).close()
    server.tls_log.wait_for(f"client cert {line}")


@pytest.mark.differs_from_original("the client sees the connection end without a word")
@pytest.mark.parametrize("option, who, line", DIFFERENCES)
def test_q10_others_are_refused_in_order(demanding, ca, version, option, who, line):
    server = demanding(option)
    told = turned_away(server, presenting(server, getattr(ca, who), version))
    assert told.startswith(("the client's certificate", "the CommonName of the client's"))
    server.tls_log.wait_for(f"client cert {line}")
    server.system_log.wait_for("FTP session closed")


@pytest.fixture(name="elsewhere")
def rename_clients(monkeypatch, tmp_path):
    """Servers that are started now see a name in reverse DNS that is no business of the system."""
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no mounts of one's own here, as in a chroot")
    (tmp_path / "hosts").write_text(f"{ADDRESS} a.clients.example localhost\n")
    program = tmp_path / "proftpd"
    program.write_text(f"""#!/bin/sh
exec unshare -m sh -c 'mount --bind {tmp_path}/hosts /etc/hosts && exec "$@"' sh \
  {settings.PROFTPD} "$@"
""")
    program.chmod(0o755)
    monkeypatch.setattr(settings, "PROFTPD", str(program))


@pytest.mark.needs_root("mounts a hosts file of its own")
@pytest.mark.differs_from_original("it knows no wildcards")
@pytest.mark.parametrize("option", ("dNSNameRequired", "CommonNameRequired"))
def test_q75_a_wildcard_is_the_first_label_of_a_name(demanding, ca, elsewhere, version, option):
    server = demanding(option)

    def issued(number, pattern):
        return ca.root.issue(f"q75-{number}-{option}-{version}", cn=pattern,
                             extensions=(f"subjectAltName=DNS:{pattern}",))
    admitted(server, presenting(server, issued(0, "*.clients.example"), version)).close()
    server.tls_log.wait_for("'a.clients.example'")
    for number, pattern in enumerate(("*.example", "*.a.clients.example", "*", "b.clients.example",
                                      "a*.clients.example"), 1):
        turned_away(server, presenting(server, issued(number, pattern), version))


@pytest.mark.differs_from_original("the client sees the connection end without a word")
def test_several_options_have_to_match_together(demanding, ca, version):
    server = demanding("dNSNameRequired iPAddressRequired CommonNameRequired")
    admitted(server, presenting(server, ca.here, version)).close()
    turned_away(server, presenting(server, ca.mapped, version))
    server.tls_log.wait_for("client cert missing required X509v3 SubjectAltName dNSName")


def test_names_count_only_where_certificates_are_required(demanding, ca, version):
    server = demanding("CommonNameRequired iPAddressRequired", verify="optional")
    admitted(server, presenting(server, ca.away, version)).close()
    admitted(server, presenting(server, None, version)).close()
    assert "have no effect without 'TLSVerifyClient on'" in server.check().stderr


@pytest.mark.differs_from_original("the client sees the connection end without a word")
def test_without_reverse_dns_only_addresses_count(demanding, ca, version):
    server = demanding("CommonNameRequired dNSNameRequired iPAddressRequired", reverse_dns="off")
    admitted(server, presenting(server, ca.mapped, version)).close()
    turned_away(server, presenting(server, ca.away, version))
    assert "have no effect with 'UseReverseDNS off'" in server.check().stderr


@pytest.mark.differs_from_original("the client sees the connection end without a word")
def test_a_resumed_session_is_judged_by_its_certificate(demanding, ca, version):
    """The session is of a server that asks for no names: there it is as good as any."""
    server = demanding("iPAddressRequired", "TLSSessionTickets on")
    context = presenting(server, ca.away, version)
    relaxed = ("<VirtualHost {address}>", "  Port {port1}", "  TLSEngine on",
               "  TLSECCertificateFile {certificate}", "  TLSECCertificateKeyFile {key}",
               f"  TLSCACertificateFile {ca.root.certificate}", "  TLSVerifyClient on",
               "  TLSSessionTickets on", "</VirtualHost>")
    server.stop()
    server.rewrite(lambda text: text + "\n".join(relaxed).format(**server.values))
    server.start()
    with server.ftps(context=context, port=server.ports.listening[1]) as ftp:
        session = ftp.sessions[-1]
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        assert not ftp.stream.resumed
        assert ftp.reply().code == 421
    here = presenting(server, ca.here, version)
    with admitted(server, here) as ftp:
        session = ftp.sessions[-1]
    with server.ftp(context=here) as ftp:
        ftp.auth(session=session)
        assert ftp.stream.resumed
        ftp.login()
    server.tls_log.wait_for("client cert iPAddress SAN matches client IP", count=2)
