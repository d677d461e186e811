// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/server_identity.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "core/ascii.h"
#include "ossl/credentials.h"
#include "ossl/dh_groups.h"
#include "ossl/error_queue.h"
#include "ossl/pem_objects.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::quoted;
using core::Result;
using core::Status;
using Certificates = std::vector<X509Ptr>;

constexpr char kTooWeak[] =
    "; if it is too weak for OpenSSL's security level, replace it (or use TLSOptions "
    "AllowWeakSecurity for the time being)";

/// A credential of the policy with what its directives say.
struct LoadedCredential {
  KeyKind kind;
  const core::CredentialFiles &files;
  Credential credential;
};

/// Where chains come from: the certificates to send, or a store to find them in.
struct ChainSource {
  Certificates certificates;
  X509StorePtr store;
};

Error unable(std::string_view directive, const std::string &path, std::string_view remedy) {
  return {Errc::crypto, "error loading " + std::string(directive) + ' ' + quoted(path) + ": " +
                            to_line(take_errors()) + std::string(remedy)};
}

Error unable(std::string_view directive, const std::string &path, const Error &cause) {
  return {cause.code,
          std::string(directive) + ": unable to use " + quoted(path) + ": " + cause.message};
}

/// EC first: where both would serve a slot, the last one counts.
Result<std::vector<LoadedCredential>> load_all(const core::ServerPolicy &policy) {
  std::vector<LoadedCredential> loaded;
  for (const KeyKind kind : {KeyKind::ec, KeyKind::rsa}) {
    const core::CredentialFiles &files = kind == KeyKind::ec ? policy.ec : policy.rsa;
    if (!files.configured()) continue;
    auto credential = load_credential(kind, files);
    if (!credential) return std::move(credential).error();
    loaded.push_back({kind, files, std::move(*credential)});
  }
  return loaded;
}

Result<X509StorePtr> load_store(const core::ServerPolicy &policy) {
  X509StorePtr store{X509_STORE_new()};
  if (!policy.ca_file.empty()) {
    auto certificates = load_certificates(policy.ca_file);
    if (!certificates) {
      return unable("TLSCACertificateFile", policy.ca_file, certificates.error());
    }
    for (const X509Ptr &certificate : *certificates) {
      X509_STORE_add_cert(store.get(), certificate.get());
    }
  }
  clear_errors();
  if (!policy.ca_path.empty() && X509_STORE_load_path(store.get(), policy.ca_path.c_str()) != 1) {
    return unable("TLSCACertificatePath", policy.ca_path, "; it must be a directory");
  }
  return store;
}

Result<ChainSource> load_chain_source(const core::ServerPolicy &policy) {
  ChainSource source;
  if (!policy.ca_file.empty() || !policy.ca_path.empty()) {
    auto store = load_store(policy);
    if (!store) return std::move(store).error();
    source.store = std::move(*store);
  }
  if (!policy.chain_file.empty()) {
    auto certificates = load_certificates(policy.chain_file);
    if (!certificates) {
      return unable("TLSCertificateChainFile", policy.chain_file, certificates.error());
    }
    source.certificates = std::move(*certificates);
  }
  return source;
}

bool is_leaf(const X509 *certificate, const std::vector<LoadedCredential> &leaves) {
  return std::ranges::any_of(leaves, [certificate](const LoadedCredential &leaf) {
    return X509_cmp(certificate, leaf.credential.certificate.get()) == 0;
  });
}

/// Adds to the certificate that was set last.
Status add_chain(SSL_CTX *ctx, const core::ServerPolicy &policy, const ChainSource &source,
                 const std::vector<LoadedCredential> &leaves) {
  SSL_CTX_clear_chain_certs(ctx);
  for (const X509Ptr &certificate : source.certificates) {
    if (is_leaf(certificate.get(), leaves)) continue;
    clear_errors();
    if (SSL_CTX_add1_chain_cert(ctx, certificate.get()) != 1) {
      return unable("TLSCertificateChainFile", policy.chain_file, kTooWeak);
    }
  }
  return core::success();
}

/// A server without a chain file sends what its CA certificates have for it; without any of them,
/// the leaf goes alone, as before.
void find_chain(SSL_CTX *ctx, X509_STORE *store) {
  constexpr unsigned kFlags = SSL_BUILD_CHAIN_FLAG_NO_ROOT | SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR |
                              SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR;
  SSL_CTX_set1_chain_cert_store(ctx, store);
  SSL_CTX_build_cert_chain(ctx, kFlags);
  SSL_CTX_set1_chain_cert_store(ctx, nullptr);
  clear_errors();
}

Status use_credential(SSL_CTX *ctx, const LoadedCredential &leaf) {
  clear_errors();
  if (SSL_CTX_use_certificate(ctx, leaf.credential.certificate.get()) != 1) {
    return unable(certificate_directive(leaf.kind), leaf.files.certificate, kTooWeak);
  }
  if (SSL_CTX_use_PrivateKey(ctx, leaf.credential.key.get()) != 1) {
    return unable(key_directive(leaf.kind), leaf.files.key_file(), kTooWeak);
  }
  return core::success();
}

int weakest_key(const std::vector<LoadedCredential> &leaves) {
  int weakest = std::numeric_limits<int>::max();
  for (const LoadedCredential &leaf : leaves) {
    weakest = std::min(weakest, EVP_PKEY_get_security_bits(leaf.credential.key.get()));
  }
  return weakest;
}

}  // namespace

Result<std::vector<std::string>> set_identity(SSL_CTX *ctx, const core::ServerPolicy &policy,
                                              std::time_t now) {
  const auto leaves = load_all(policy);
  if (!leaves) return leaves.error();
  const auto source = load_chain_source(policy);
  if (!source) return source.error();
  std::vector<std::string> notices;
  for (const LoadedCredential &leaf : leaves.value()) {
    if (auto status = use_credential(ctx, leaf); !status) return std::move(status).error();
    const bool by_file = !policy.chain_file.empty();
    auto status = by_file ? add_chain(ctx, policy, *source, *leaves) : core::success();
    if (!status) return std::move(status).error();
    if (!by_file && source.value().store) find_chain(ctx, source.value().store.get());
    for (std::string &notice : certificate_notices(leaf.kind, leaf.files.certificate,
                                                   leaf.credential.certificate.get(), now)) {
      notices.push_back(std::move(notice));
    }
  }
  auto dh_notices = set_dh(ctx, policy, weakest_key(*leaves));
  if (!dh_notices) return std::move(dh_notices).error();
  std::ranges::move(*dh_notices, std::back_inserter(notices));
  return notices;
}

}  // namespace mod_tls::ossl
