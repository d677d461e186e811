// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/file_check.h"

#include <sys/stat.h>

#include "core/ascii.h"
#include "ossl/ciphers.h"
#include "ossl/credentials.h"
#include "ossl/dh_groups.h"
#include "ossl/groups.h"
#include "ossl/pem_objects.h"
#include "ossl/ticket_keys.h"

namespace mod_tls::ossl {

namespace {

using core::CredentialKind;
using core::Error;
using core::quoted;
using core::Result;

Error unable_to_use(const std::string &path, const Error &cause) {
  return {cause.code, "unable to use " + quoted(path) + ": " + cause.message};
}

bool is_folder(const std::string &path) {
  struct stat st {};
  return ::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

Result<FileFinding> check_certificate(CredentialKind kind, const std::string &path,
                                      std::time_t now) {
  auto found = load_certificates(path);
  if (found) return FileFinding{certificate_notices(kind, path, found->front().get(), now)};
  if (kind == CredentialKind::dsa) return unable_to_use(path, found.error());
  return Error{found.error().code, quoted(path) +
                                       " does not exist or does not contain a certificate (" +
                                       found.error().message + ")"};
}

Result<FileFinding> check_key(const std::string &path) {
  auto key = load_key(path);
  if (key) return FileFinding{};
  return unable_to_use(path, key.error());
}

Result<FileFinding> check_certificates(const std::string &path) {
  auto certificates = load_certificates(path);
  if (certificates) return FileFinding{};
  return unable_to_use(path, certificates.error());
}

Result<FileFinding> check_folder(const std::string &path) {
  if (is_folder(path)) return FileFinding{};
  return Error{core::Errc::bad_value,
               "parameter must be a directory path: " + quoted(path) + " is not a directory"};
}

Result<FileFinding> check_dh_groups(const std::string &path) {
  auto groups = load_dh_groups(path);
  if (groups) return FileFinding{};
  return unable_to_use(path, groups.error());
}

Result<FileFinding> check_ticket_file(const std::string &path) {
  if (path.empty()) return FileFinding{};
  auto status = check_ticket_secret(path);
  if (!status) return std::move(status).error();
  return FileFinding{};
}

Result<FileFinding> check_groups(const std::string &list) {
  auto status = try_groups(list);
  if (!status) return std::move(status).error();
  return FileFinding{};
}

Result<FileFinding> check_ciphers(const core::CipherEdit &edit) {
  auto status = try_cipher_list(edit);
  if (!status) return std::move(status).error();
  return FileFinding{};
}

}  // namespace

Result<FileFinding> check_value(core::FileCheck check, const core::EditValue &value,
                                std::time_t now) {
  switch (check) {
    case core::FileCheck::none:
      return FileFinding{};
    case core::FileCheck::certificate:
      return check_certificate(CredentialKind::any, std::get<std::string>(value), now);
    case core::FileCheck::dsa_certificate:
      return check_certificate(CredentialKind::dsa, std::get<std::string>(value), now);
    case core::FileCheck::ec_certificate:
      return check_certificate(CredentialKind::ec, std::get<std::string>(value), now);
    case core::FileCheck::rsa_certificate:
      return check_certificate(CredentialKind::rsa, std::get<std::string>(value), now);
    case core::FileCheck::private_key:
      return check_key(std::get<std::string>(value));
    case core::FileCheck::ca_file:
    case core::FileCheck::certificate_chain:
      return check_certificates(std::get<std::string>(value));
    case core::FileCheck::ca_path:
      return check_folder(std::get<std::string>(value));
    case core::FileCheck::dh_groups:
      return check_dh_groups(std::get<std::string>(value));
    case core::FileCheck::ticket_secret:
      return check_ticket_file(std::get<core::TicketKeyPolicy>(value).secret_file);
    case core::FileCheck::group_list:
      return check_groups(std::get<std::string>(value));
    case core::FileCheck::cipher_list:
      return check_ciphers(std::get<core::CipherEdit>(value));
  }
  return FileFinding{};
}

}  // namespace mod_tls::ossl
