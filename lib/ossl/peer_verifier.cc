// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/peer_verifier.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <memory>

#include "ossl/client_certificates.h"
#include "ossl/client_ocsp.h"
#include "ossl/crl.h"
#include "ossl/error_queue.h"
#include "ossl/text.h"

namespace mod_tls::ossl {

namespace {

using Lines = std::vector<std::string>;

/// The library's own limit counts intermediates only; ours is exact, but needs a chain to count.
constexpr std::uint32_t kDeepest = 100;

void free_rules(void *, void *rules, CRYPTO_EX_DATA *, int, long, void *) noexcept {
  const std::unique_ptr<core::VerifyRules> owner{static_cast<core::VerifyRules *>(rules)};
}

/// The slot of a context that owns its rules. They stay with the context, so that a connection
/// that changes over to another one follows that one's.
int rules_slot() {
  static const int kSlot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_rules);
  return kSlot;
}

int report_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

const core::VerifyRules &rules_of(const SSL *ssl) {
  static constexpr core::VerifyRules kNone{};
  const auto *rules = static_cast<const core::VerifyRules *>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), rules_slot()));
  return rules != nullptr ? *rules : kNone;
}

bool is_about_crl(int error) {
  switch (error) {
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
    case X509_V_ERR_CERT_REVOKED:
      return true;
    default:  // not an enum of ours
      return false;
  }
}

std::string crl_remedy(int error, const X509 *certificate) {
  switch (error) {
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return "CRL is expired, revoking all certificates until an updated CRL is obtained";
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return "CRL is not yet valid, refusing all certificates until an updated CRL is obtained";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
      return "no CRL of issuer '" +
             (certificate != nullptr ? text_of(X509_get_issuer_name(certificate)) : std::string{}) +
             "' found: TLSCARevocationFile or TLSCARevocationPath must have one of each CA";
    default:
      return {};
  }
}

/// Which CRL it was, and what to do about it.
void add_crl_lines(const X509_STORE_CTX *store_ctx, int error, Lines &lines) {
  const X509_CRL *crl = X509_STORE_CTX_get0_current_crl(store_ctx);
  if (crl != nullptr) lines.push_back("CRL: " + crl_name(crl));
  std::string remedy = crl_remedy(error, X509_STORE_CTX_get_current_cert(store_ctx));
  if (!remedy.empty()) lines.push_back(std::move(remedy));
}

void add_failure(const X509_STORE_CTX *store_ctx, const std::string &reason, Lines &lines) {
  const int error = X509_STORE_CTX_get_error(store_ctx);
  lines.push_back("error: unable to verify certificate at depth " +
                  std::to_string(X509_STORE_CTX_get_error_depth(store_ctx)) + ": " + reason);
  if (const X509 *certificate = X509_STORE_CTX_get_current_cert(store_ctx)) {
    lines.push_back("error: cert subject: " + text_of(X509_get_subject_name(certificate)));
    lines.push_back("error: cert issuer: " + text_of(X509_get_issuer_name(certificate)));
  }
  if (is_about_crl(error)) add_crl_lines(store_ctx, error, lines);
  lines.push_back("client certificate failed verification: " + reason);
}

const SSL *connection_of(const X509_STORE_CTX *store_ctx) {
  return static_cast<const SSL *>(
      X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx()));
}

/// Null for a connection that reports to nobody.
PeerVerification *report_of(const X509_STORE_CTX *store_ctx) {
  return static_cast<PeerVerification *>(SSL_get_ex_data(connection_of(store_ctx), report_slot()));
}

/// Says what is wrong with the chain while the library still knows which CRL it looks at.
int on_finding(int ok, X509_STORE_CTX *store_ctx) noexcept {
  PeerVerification *report = report_of(store_ctx);
  if (ok == 1 || report == nullptr) return ok;
  try {
    const char *reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store_ctx));
    add_failure(store_ctx, reason, report->lines);
  } catch (...) {  // NOLINT(catch): a callback of the library, which knows none
    return 0;      // refused all the same
  }
  return 0;
}

/// The library's verdict on chain, validity, purpose and CRLs.
bool chain_passes(X509_STORE_CTX *store_ctx) {
  X509_STORE_CTX_set_verify_cb(store_ctx, on_finding);
  if (X509_verify_cert(store_ctx) == 1) return true;
  if (X509_STORE_CTX_get_error(store_ctx) == X509_V_OK) {
    X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_UNSPECIFIED);
  }
  return false;
}

bool depth_passes(X509_STORE_CTX *store_ctx, const core::VerifyRules &rules, Lines &lines) {
  const int count = sk_X509_num(X509_STORE_CTX_get0_chain(store_ctx));
  const auto certificates = static_cast<std::size_t>(std::max(count, 0));
  if (core::depth_allows(rules, certificates)) return true;
  X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_CERT_CHAIN_TOO_LONG);
  add_failure(store_ctx, core::too_long_text(rules, certificates), lines);
  return false;
}

std::vector<X509 *> chain_of(const X509_STORE_CTX *store_ctx) {
  std::vector<X509 *> chain;
  const STACK_OF(X509) *all = X509_STORE_CTX_get0_chain(store_ctx);
  const int count = sk_X509_num(all);
  chain.reserve(static_cast<std::size_t>(std::max(count, 0)));
  for (int i = 0; i < count; i++) chain.push_back(sk_X509_value(all, i));
  return chain;
}

int library_error(core::OcspVerdict verdict) {
  switch (verdict) {
    case core::OcspVerdict::accepted:
      return X509_V_OK;
    case core::OcspVerdict::revoked:
      return X509_V_ERR_CERT_REVOKED;
    case core::OcspVerdict::unknown:
      return X509_V_ERR_OCSP_CERT_UNKNOWN;
    case core::OcspVerdict::unanswered:
      return X509_V_ERR_OCSP_VERIFY_FAILED;
  }
  return X509_V_ERR_UNSPECIFIED;
}

/// Asked last, of a chain that is good otherwise: its issuers vouch for the responders it names.
bool ocsp_passes(X509_STORE_CTX *store_ctx, const core::VerifyRules &rules, Lines &lines) {
  if (!rules.ocsp) return true;
  ClientOcsp *ocsp = client_ocsp_of(connection_of(store_ctx));
  const core::OcspVerdict verdict =
      ocsp == nullptr ? core::OcspVerdict::unanswered
                      : ocsp->judge(chain_of(store_ctx), rules.ocsp_policy, lines);
  if (verdict == core::OcspVerdict::accepted) return true;
  const int error = library_error(verdict);
  X509_STORE_CTX_set_error(store_ctx, error);
  lines.push_back(std::string("client certificate failed verification: ") +
                  X509_verify_cert_error_string(error));
  return false;
}

/// In a renegotiation.
bool identity_stays(X509_STORE_CTX *store_ctx, Lines &lines) {
  const X509 *kept = kept_identity(connection_of(store_ctx));
  if (kept == nullptr || X509_cmp(kept, X509_STORE_CTX_get0_cert(store_ctx)) == 0) return true;
  X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_APPLICATION_VERIFICATION);
  add_failure(store_ctx, "not the certificate that the connection began with", lines);
  return false;
}

int verify(X509_STORE_CTX *store_ctx) {
  PeerVerification unseen;
  PeerVerification *attached = report_of(store_ctx);
  PeerVerification &report = attached != nullptr ? *attached : unseen;
  report = {.ran = true};
  const core::VerifyRules &rules = rules_of(connection_of(store_ctx));
  const bool passed = chain_passes(store_ctx) && depth_passes(store_ctx, rules, report.lines) &&
                      identity_stays(store_ctx, report.lines) &&
                      ocsp_passes(store_ctx, rules, report.lines);
  report.error = X509_STORE_CTX_get_error(store_ctx);
  return passed ? 1 : 0;
}

int on_verify(X509_STORE_CTX *store_ctx, void *) noexcept {
  try {
    return verify(store_ctx);
  } catch (...) {  // NOLINT(catch): a callback of the library, which knows none
    X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_OUT_OF_MEM);
    return 0;
  }
}

/// Not SSL_VERIFY_CLIENT_ONCE: the sessions of a renegotiation would be nobody's.
int verify_mode(core::VerifyClient client) {
  switch (client) {
    case core::VerifyClient::off:
      return SSL_VERIFY_NONE;
    case core::VerifyClient::optional:
      return SSL_VERIFY_PEER;
    case core::VerifyClient::on:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_NONE;
}

}  // namespace

core::Status install_peer_verifier(SSL_CTX *ctx, const core::VerifyRules &rules) {
  auto kept = std::make_unique<core::VerifyRules>(rules);
  clear_errors();
  if (SSL_CTX_set_ex_data(ctx, rules_slot(), kept.get()) != 1) {
    return core::Error{core::Errc::crypto, "unable to keep the rules for certificates of peers",
                       to_line(take_errors())};
  }
  (void)kept.release();  // free_rules() has it now
  X509_VERIFY_PARAM_set_depth(X509_STORE_get0_param(SSL_CTX_get_cert_store(ctx)),
                              static_cast<int>(std::min(rules.depth, kDeepest - 1) + 1));
  SSL_CTX_set_verify(ctx, verify_mode(rules.client), nullptr);
  SSL_CTX_set_cert_verify_callback(ctx, on_verify, nullptr);
  return core::success();
}

bool verifies_every_time(const SSL *ssl) {
  return rules_of(ssl).ocsp;
}

void report_verification(SSL *ssl, PeerVerification &verification) {
  SSL_set_ex_data(ssl, report_slot(), &verification);
}

core::PeerFacts peer_facts(const SSL *ssl) {
  core::PeerFacts facts;
  const X509 *certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return facts;
  facts.has_certificate = true;
  facts.verified = SSL_get_verify_result(ssl) == X509_V_OK;
  facts.expired = X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0;
  return facts;
}

}  // namespace mod_tls::ossl
