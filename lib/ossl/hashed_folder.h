// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace mod_tls::ossl {

/// What a name in a hashed directory (openssl-rehash(1)) stands for.
enum class HashedKind {
  certificate,  ///< "9d66eef0.0"
  crl,          ///< "9d66eef0.r0"
};

/// A file of a hashed directory.
struct HashedFile {
  std::string path;
  unsigned long hash;  ///< That of the subject, or of a CRL's issuer, as the name says.
};

/// The files of `kind` in a directory, sorted by path; others there mean nothing. The error's
/// message is the cause alone.
core::Result<std::vector<HashedFile>> hashed_files(const std::string &folder, HashedKind kind);

}  // namespace mod_tls::ossl
