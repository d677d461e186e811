// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/certificate_login.h"

#include <pwd.h>

#include <algorithm>
#include <string>

#include "core/ascii.h"
#include "core/user_name.h"
#include "glue/dot_login.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "ossl/certificate_facts.h"
#include "ossl/certificate_names.h"
#include "ossl/pem_objects.h"

namespace mod_tls::glue {

namespace {

constexpr int kTraceDecisions = 9;

struct Attempt {
  const TlsSession &tls;
  X509 *certificate;
  std::string user;
  passwd account;
};

void dump(const char *whose, const X509 *certificate) {
  const core::CertificateFacts facts = ossl::certificate_facts(certificate);
  tls_log_line(std::string("[info] .tlslogin check: ") + whose + " certificate: subject " +
               facts.subject + ", issuer " + facts.issuer + ", serial " + facts.serial);
}

void tell_mismatch(const Attempt &attempt, const std::vector<ossl::X509Ptr> &local) {
  tls_log_line(".tlslogin local/remote certificate MISMATCH");
  if (!attempt.tls.policy().options.has(core::Option::enable_diags)) return;
  for (const ossl::X509Ptr &certificate : local) dump("local", certificate.get());
  dump("remote", attempt.certificate);
}

/// Whole certificates are compared: another one with the same names or key is another one.
bool is_listed(const Attempt &attempt, const std::string &pem) {
  const auto local = ossl::certificates_in(pem);
  if (!local) {
    tls_log_line(".tlslogin check: unable to use the file of user " + core::quoted(attempt.user) +
                 ": " + local.error().message);
    return false;
  }
  const bool listed = std::ranges::any_of(*local, [&](const ossl::X509Ptr &certificate) {
    return X509_cmp(certificate.get(), attempt.certificate) == 0;
  });
  if (!listed) tell_mismatch(attempt, *local);
  return listed;
}

bool passes_dot_login(const Attempt &attempt) {
  const auto pem = read_dot_login(attempt.account);
  if (!pem) tls_log_line(".tlslogin check: " + pem.error().message);
  const bool passed = pem && is_listed(attempt, *pem);
  tls_log_line(std::string("TLS/X509 .tlslogin check ") + (passed ? "successful" : "failed") +
               " for user " + core::quoted(attempt.user));
  return passed;
}

bool passes_user_name(const Attempt &attempt) {
  const core::UserNameField &field = attempt.tls.policy().user_name;
  core::UserNameFacts facts{.names = ossl::certificate_names(attempt.certificate)};
  if (!field.oid.empty()) facts.oid_values = ossl::values_of_oid(attempt.certificate, field.oid);
  const core::LoginVerdict verdict = judge_user_name(field, facts, attempt.user);
  for (const std::string &line : verdict.lines) tls_log_line(line);
  return verdict.accepted;
}

/// With the home where the session will have it (RewriteHome).
passwd account_of(cmd_rec *cmd, const passwd &found) {
  passwd account = found;
  const char *home = pr_auth_get_home(cmd->tmp_pool, found.pw_dir);
  account.pw_dir = home != nullptr ? pstrdup(cmd->tmp_pool, home) : nullptr;
  return account;
}

/// Which of the two it was, as the log names it; empty for neither.
std::string proof_of(const Attempt &attempt) {
  const core::ServerPolicy &policy = attempt.tls.policy();
  if (policy.options.has(core::Option::allow_dot_login) && passes_dot_login(attempt)) {
    return ".tlslogin";
  }
  const bool by_name = policy.user_name.kind != core::UserNameField::Kind::none;
  return by_name && passes_user_name(attempt) ? "TLSUserName" : std::string{};
}

}  // namespace

modret_t *requires_password(cmd_rec *cmd) {
  const auto &tls = module_state().session;
  if (!tls || tls->control() == nullptr || cmd->argc < 1) return PR_DECLINED(cmd);
  if (!tls->policy().lets_certificates_log_in()) return PR_DECLINED(cmd);
  const SSL *ssl = tls->control()->stream().ssl();
  if (!core::proves_identity(tls->policy().verify_client, ossl::peer_facts(ssl))) {
    trace_line(kTraceDecisions,
               "client did not provide certificate, skipping AllowDotLogin and "
               "TLSUserName checks");
    return PR_DECLINED(cmd);
  }
  const char *user = static_cast<const char *>(cmd->argv[0]);
  const passwd *account = pr_auth_getpwnam(cmd->tmp_pool, user);
  if (account == nullptr) return PR_DECLINED(cmd);
  const Attempt attempt{*tls, SSL_get0_peer_certificate(ssl), user, account_of(cmd, *account)};
  const std::string proof = proof_of(attempt);
  if (proof.empty()) return PR_DECLINED(cmd);
  pr_log_auth(PR_LOG_NOTICE, "USER %s: TLS/X509 %s authentication successful",
              core::printable(attempt.user).c_str(), proof.c_str());
  session.auth_mech = "mod_tls.c";
  tls->login_guard().grant();
  return PR_HANDLED(cmd);
}

}  // namespace mod_tls::glue
