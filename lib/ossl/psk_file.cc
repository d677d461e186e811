// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/psk_file.h"

#include <sys/stat.h>

#include "core/psk_key.h"
#include "ossl/pem_file.h"

namespace mod_tls::ossl {

core::Result<core::SecretBytes> read_psk_file(const std::string &path) {
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  if ((file->mode() & (S_IROTH | S_IWOTH)) != 0) {
    return core::Error{core::Errc::not_permitted,
                       "everybody can read or write it (chmod 600 it, and make a new key)"};
  }
  return core::decode_psk(file->text());
}

}  // namespace mod_tls::ossl
