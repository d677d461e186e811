// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/trust_store.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/ascii.h"
#include "ossl/crl.h"
#include "ossl/error_queue.h"
#include "ossl/hashed_folder.h"
#include "ossl/pem_objects.h"

namespace mod_tls::ossl {

namespace {

using core::Error;
using core::Result;
using core::Status;
using Notices = std::vector<std::string>;

int compare_names(const X509_NAME *const *a, const X509_NAME *const *b) {
  return X509_NAME_cmp(*a, *b);
}

/// What is being put together: the store, and the names that clients are told.
struct Trust {
  X509_STORE *store;
  X509NamesPtr names{sk_X509_NAME_new(compare_names)};
  Notices notices = {};
  std::time_t now;
};

Error unable(std::string_view directive, const std::string &path, const Error &cause) {
  return {cause.code,
          std::string(directive) + ": unable to use " + core::quoted(path) + ": " + cause.message};
}

void add_certificate(Trust &trust, const X509Ptr &certificate, bool tell_clients) {
  X509_STORE_add_cert(trust.store, certificate.get());
  X509_NAME *subject = X509_get_subject_name(certificate.get());
  if (!tell_clients || sk_X509_NAME_find(trust.names.get(), subject) >= 0) return;
  sk_X509_NAME_push(trust.names.get(), X509_NAME_dup(subject));
}

Status add_file(Trust &trust, const std::string &path, bool tell_clients) {
  auto certificates = load_certificates(path);
  if (!certificates) return std::move(certificates).error();
  for (const X509Ptr &certificate : *certificates) {
    add_certificate(trust, certificate, tell_clients);
  }
  return core::success();
}

std::string passed_over(const std::string &path, const std::string &why) {
  return "passing over " + core::quoted(path) + ": " + why;
}

/// Bad files in a directory do not spoil the good ones.
Status add_folder(Trust &trust, const std::string &folder, bool tell_clients) {
  auto files = hashed_files(folder, HashedKind::certificate);
  if (!files) return std::move(files).error();
  for (const HashedFile &file : *files) {
    auto certificate = first_certificate(file.path);
    if (!certificate) {
      trust.notices.push_back(passed_over(file.path, certificate.error().message));
    } else if (X509_subject_name_hash(certificate->get()) != file.hash) {
      trust.notices.push_back(passed_over(file.path, "the name is not the hash of its subject"));
    } else {
      add_certificate(trust, *certificate, tell_clients);
    }
  }
  return core::success();
}

const char *from_environment(const char *variable, const char *otherwise) {
  const char *value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): one thread
  return value != nullptr ? value : otherwise;
}

/// Where there is neither file nor directory, nothing is trusted.
void add_defaults(Trust &trust) {
  const auto *const file =
      from_environment(X509_get_default_cert_file_env(), X509_get_default_cert_file());
  const auto *const folder =
      from_environment(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
  (void)add_file(trust, file, false).ok();
  (void)add_folder(trust, folder, false).ok();
  trust.notices.push_back(
      "TLSVerifyClient without TLSCACertificateFile and TLSCACertificatePath: certificates of "
      "every CA that this system trusts are accepted from clients; name your own CA");
}

Status add_authorities(Trust &trust, const core::ServerPolicy &policy) {
  if (policy.ca_file.empty() && policy.ca_path.empty()) {
    add_defaults(trust);
    return core::success();
  }
  if (!policy.ca_file.empty()) {
    auto added = add_file(trust, policy.ca_file, true);
    if (!added) return unable("TLSCACertificateFile", policy.ca_file, added.error());
  }
  if (policy.ca_path.empty()) return core::success();
  auto added = add_folder(trust, policy.ca_path, true);
  if (!added) return unable("TLSCACertificatePath", policy.ca_path, added.error());
  return core::success();
}

void add_crl(Trust &trust, const std::string &path, const X509CrlPtr &crl) {
  X509_STORE_add_crl(trust.store, crl.get());
  std::ranges::move(crl_notices(path, crl.get(), trust.now), std::back_inserter(trust.notices));
}

Status add_crl_file(Trust &trust, const std::string &path) {
  auto crls = load_crls(path);
  if (!crls) return unable("TLSCARevocationFile", path, crls.error());
  for (const X509CrlPtr &crl : *crls) add_crl(trust, path, crl);
  return core::success();
}

Status add_crl_folder(Trust &trust, const std::string &folder) {
  auto files = hashed_files(folder, HashedKind::crl);
  if (!files) return unable("TLSCARevocationPath", folder, files.error());
  for (const HashedFile &file : *files) {
    auto crls = load_crls(file.path);
    if (!crls) {
      trust.notices.push_back(passed_over(file.path, crls.error().message));
      continue;
    }
    for (const X509CrlPtr &crl : *crls) add_crl(trust, file.path, crl);
  }
  return core::success();
}

/// In the store, so that they go with the context wherever a session ends up.
Status add_crls(Trust &trust, const core::ServerPolicy &policy) {
  if (!policy.checks_crls()) return core::success();
  X509_STORE_set_flags(trust.store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  if (!policy.crl_file.empty()) {
    auto added = add_crl_file(trust, policy.crl_file);
    if (!added) return added;
  }
  return policy.crl_path.empty() ? core::success() : add_crl_folder(trust, policy.crl_path);
}

void append_paths(const std::string &folder, HashedKind kind, std::vector<std::string> &paths) {
  if (folder.empty()) return;
  const auto files = hashed_files(folder, kind);
  if (!files) return;
  for (const HashedFile &file : files.value()) paths.push_back(file.path);
}

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string digest_of(const X509_OBJECT *object) {
  Digest digest{};
  unsigned size = 0;
  const X509 *certificate = X509_OBJECT_get0_X509(object);
  const X509_CRL *crl = X509_OBJECT_get0_X509_CRL(object);
  if (certificate != nullptr) X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  if (crl != nullptr) X509_CRL_digest(crl, EVP_sha256(), digest.data(), &size);
  return {digest.begin(), digest.begin() + size};
}

}  // namespace

Result<Notices> set_trust(SSL_CTX *ctx, const core::ServerPolicy &policy, std::time_t now) {
  clear_errors();
  Trust trust{.store = SSL_CTX_get_cert_store(ctx), .now = now};
  if (auto added = add_authorities(trust, policy); !added) return std::move(added).error();
  if (auto added = add_crls(trust, policy); !added) return std::move(added).error();
  clear_errors();
  SSL_CTX_set_client_CA_list(ctx, trust.names.release());
  return std::move(trust.notices);
}

std::vector<std::string> trust_files(const core::ServerPolicy &policy) {
  std::vector<std::string> paths;
  if (!policy.verifies_clients()) return paths;
  append_paths(policy.ca_path, HashedKind::certificate, paths);
  if (!policy.crl_file.empty()) paths.push_back(policy.crl_file);
  if (!policy.crl_path.empty()) paths.push_back(policy.crl_path);
  append_paths(policy.crl_path, HashedKind::crl, paths);
  return paths;
}

std::string trust_digest(X509_STORE *store) {
  const STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
  const int count = std::max(sk_X509_OBJECT_num(objects), 0);
  std::vector<std::string> digests;
  digests.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; i++) {
    digests.push_back(digest_of(sk_X509_OBJECT_value(objects, i)));
  }
  std::ranges::sort(digests);  // the library sorts its objects when it likes
  std::string text;
  for (const std::string &digest : digests) text += digest;
  return text;
}

}  // namespace mod_tls::ossl
