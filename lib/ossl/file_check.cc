// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/file_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/ascii.h"
#include "ossl/ciphers.h"
#include "ossl/credentials.h"
#include "ossl/crl.h"
#include "ossl/dh_groups.h"
#include "ossl/groups.h"
#include "ossl/pem_objects.h"
#include "ossl/pkcs12.h"
#include "ossl/private_key.h"
#include "ossl/secret_file.h"
#include "ossl/ticket_keys.h"

namespace mod_tls::ossl {

namespace {

using core::CredentialKind;
using core::Error;
using core::Result;

Error unable_to_use(const std::string &path, const Error &cause) {
  return {cause.code, "unable to use " + core::quoted(path) + ": " + cause.message};
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
  return Error{found.error().code, core::quoted(path) +
                                       " does not exist or does not contain a certificate (" +
                                       found.error().message + ")"};
}

Result<FileFinding> check_key(const std::string &path) {
  auto status = check_private_key(path);
  if (status) return FileFinding{};
  return unable_to_use(path, status.error());
}

Result<FileFinding> check_container(const std::string &path) {
  auto status = check_pkcs12(path);
  if (status) return FileFinding{};
  if (status.error().code != core::Errc::not_found) return unable_to_use(path, status.error());
  return Error{core::Errc::not_found, core::quoted(path) + " does not exist"};
}

bool is_trusted(uid_t owner) {
  return owner == 0 || owner == ::geteuid();
}

/// Whether others can put something else in the place of what is in a folder. In a sticky one they
/// cannot: it is not theirs.
bool is_open(const std::string &folder) {
  struct stat st {};
  if (::stat(folder.c_str(), &st) != 0 || !is_trusted(st.st_uid)) return true;
  const bool written =
      (st.st_mode & S_IWOTH) != 0 || ((st.st_mode & S_IWGRP) != 0 && st.st_gid != 0);
  return written && (st.st_mode & S_ISVTX) == 0;
}

/// The first folder above `path` that is open; empty if none is.
std::string open_folder_above(const std::string &path) {
  for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
    std::string folder = path.substr(0, std::max<std::size_t>(end, 1));
    if (is_open(folder)) return folder;
  }
  return {};
}

/// What runs as root must be in the hands of root (or of whom the server runs as).
Result<FileFinding> check_program(const std::string &path) {
  struct stat st {};
  if (::stat(path.c_str(), &st) != 0) {
    return Error{core::Errc::not_found,
                 "error checking " + core::quoted(path) + ": " + core::errno_text(errno)};
  }
  if (!S_ISREG(st.st_mode)) {
    return unable_to_use(path, {core::Errc::unusable, "Not a regular file"});
  }
  if ((st.st_mode & S_IXUSR) == 0) {
    return unable_to_use(path, {core::Errc::not_permitted, "not executable (chmod u+x it)"});
  }
  const bool strange = !is_trusted(st.st_uid);
  const bool open = (st.st_mode & S_IWOTH) != 0 || ((st.st_mode & S_IWGRP) != 0 && st.st_gid != 0);
  const std::string folder = open_folder_above(path);
  if (!strange && !open && folder.empty()) return FileFinding{};
  if (!strange && !open) {
    return unable_to_use(path,
                         {core::Errc::not_permitted,
                          "users other than root can put another program in its place, by way "
                          "of the folder " +
                              core::quoted(folder) +
                              ", and it runs as root (chown root and chmod go-w the folder)"});
  }
  return unable_to_use(path,
                       {core::Errc::not_permitted,
                        "users other than root can change it, and it runs as root (chown root "
                        "and chmod go-w it)"});
}

Result<FileFinding> check_certificates(const std::string &path) {
  auto certificates = load_certificates(path);
  if (certificates) return FileFinding{};
  return unable_to_use(path, certificates.error());
}

Result<FileFinding> check_crls(const std::string &path) {
  auto crls = load_crls(path);
  if (crls) return FileFinding{};
  return unable_to_use(path, crls.error());
}

Result<FileFinding> check_folder(const std::string &path) {
  if (is_folder(path)) return FileFinding{};
  return Error{core::Errc::bad_value,
               "parameter must be a directory path: " + core::quoted(path) + " is not a directory"};
}

Result<FileFinding> check_secret(const std::string &path) {
  auto secret = read_secret_file(path);
  if (!secret) return std::move(secret).error();
  return FileFinding{};
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
    case core::FileCheck::pkcs12:
      return check_container(std::get<std::string>(value));
    case core::FileCheck::program:
      return check_program(std::get<std::string>(value));
    case core::FileCheck::ca_file:
    case core::FileCheck::certificate_chain:
      return check_certificates(std::get<std::string>(value));
    case core::FileCheck::crl_file:
      return check_crls(std::get<std::string>(value));
    case core::FileCheck::ca_path:
    case core::FileCheck::crl_path:
      return check_folder(std::get<std::string>(value));
    case core::FileCheck::secret_file:
      return check_secret(std::get<std::string>(value));
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
