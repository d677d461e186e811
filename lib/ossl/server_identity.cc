// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/server_identity.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "core/ascii.h"
#include "core/key_uri.h"
#include "ossl/credentials.h"
#include "ossl/dh_groups.h"
#include "ossl/error_queue.h"
#include "ossl/pem_objects.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;
using Certificates = std::vector<X509Ptr>;

constexpr char kTooWeak[] =
    "; if it is too weak for OpenSSL's security level, replace it (or use TLSOptions "
    "AllowWeakSecurity for the time being)";

/// A credential of the policy with what its directives say.
struct LoadedCredential {
  core::ConfiguredCredential source;
  Credential credential;
};

/// Where chains come from: the certificates to send, or a store to find them in.
struct ChainSource {
  Certificates certificates;
  X509StorePtr store;
};

Error unable(std::string_view directive, const std::string &path, std::string_view remedy) {
  return {Errc::crypto, "error loading " + std::string(directive) + ' ' + core::quoted(path) +
                            ": " + to_line(take_errors()) + std::string(remedy)};
}

Error unable(std::string_view directive, const std::string &path, const Error &cause) {
  return {cause.code,
          std::string(directive) + ": unable to use " + core::quoted(path) + ": " + cause.message};
}

Result<std::vector<LoadedCredential>> load_all(const core::ServerPolicy &policy,
                                               const PassPhrases &phrases) {
  std::vector<LoadedCredential> loaded;
  for (core::ConfiguredCredential &source : core::configured_credentials(policy)) {
    auto credential = load_credential(source, phrases);
    if (!credential) return std::move(credential).error();
    loaded.push_back({std::move(source), std::move(*credential)});
  }
  return loaded;
}

std::string named(const core::ConfiguredCredential &source) {
  return std::string(core::certificate_directive(source.kind)) + ' ' +
         core::quoted(source.files.certificate);
}

std::string type_of(const LoadedCredential &leaf) {
  return key_type(leaf.credential.certificate.get());
}

/// What <IfClass> has takes the place of what the server has for the same type of key.
void drop_replaced(std::vector<LoadedCredential> &leaves) {
  std::vector<std::string> replaced;
  for (const LoadedCredential &leaf : leaves) {
    if (leaf.source.files.of_section) replaced.push_back(type_of(leaf));
  }
  std::erase_if(leaves, [&replaced](const LoadedCredential &leaf) {
    return !leaf.source.files.of_section &&
           std::ranges::find(replaced, type_of(leaf)) != replaced.end();
  });
}

/// OpenSSL keeps one certificate for each type of key. Where the directives say the type, the later
/// one has always been served; who leaves it to the file is told.
Status check_types(const std::vector<LoadedCredential> &leaves) {
  for (std::size_t i = 0; i < leaves.size(); i++) {
    if (leaves[i].source.kind != core::CredentialKind::any) continue;
    for (std::size_t j = i + 1; j < leaves.size(); j++) {
      if (type_of(leaves[i]) != type_of(leaves[j])) continue;
      return Error{Errc::unusable, named(leaves[i].source) + " and " + named(leaves[j].source) +
                                       " both have a key of type " + type_of(leaves[i]) +
                                       ", and a server has one certificate for each type; "
                                       "remove one of them"};
    }
  }
  return core::success();
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

Status add_own_chain(SSL_CTX *ctx, const LoadedCredential &leaf) {
  const auto &[kind, files] = leaf.source;
  for (const X509Ptr &certificate : leaf.credential.chain) {
    clear_errors();
    if (SSL_CTX_add1_chain_cert(ctx, certificate.get()) != 1) {
      return unable(core::certificate_directive(kind), files.certificate, kTooWeak);
    }
  }
  return core::success();
}

Status use_credential(SSL_CTX *ctx, const LoadedCredential &leaf) {
  const auto &[kind, files] = leaf.source;
  clear_errors();
  if (SSL_CTX_use_certificate(ctx, leaf.credential.certificate.get()) != 1) {
    return unable(core::certificate_directive(kind), files.certificate, kTooWeak);
  }
  if (SSL_CTX_use_PrivateKey(ctx, leaf.credential.key.get()) != 1) {
    return unable(core::key_directive(kind), core::without_pin(files.key_file()), kTooWeak);
  }
  SSL_CTX_clear_chain_certs(ctx);
  return core::success();
}

/// TLSCertificateChainFile, else what the certificate's own file has, else what is found among the
/// CA certificates.
Status set_chain(SSL_CTX *ctx, const core::ServerPolicy &policy, const ChainSource &source,
                 const LoadedCredential &leaf, const std::vector<LoadedCredential> &leaves) {
  if (!policy.chain_file.empty()) return add_chain(ctx, policy, source, leaves);
  if (!leaf.credential.chain.empty()) return add_own_chain(ctx, leaf);
  if (source.store) find_chain(ctx, source.store.get());
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
                                              std::time_t now, const PassPhrases &phrases) {
  auto leaves = load_all(policy, phrases);
  if (!leaves) return leaves.error();
  drop_replaced(*leaves);
  if (auto status = check_types(*leaves); !status) return std::move(status).error();
  const auto source = load_chain_source(policy);
  if (!source) return source.error();
  std::vector<std::string> notices;
  for (const LoadedCredential &leaf : leaves.value()) {
    if (auto status = use_credential(ctx, leaf); !status) return std::move(status).error();
    if (!leaf.credential.notice.empty()) notices.push_back(leaf.credential.notice);
    auto status = set_chain(ctx, policy, source.value(), leaf, leaves.value());
    if (!status) return std::move(status).error();
    for (std::string &notice : certificate_notices(leaf.source.kind, leaf.source.files.certificate,
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
