// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/server_info.h"

#include "core/ascii.h"
#include "ossl/error_queue.h"
#include "ossl/own_certificates.h"
#include "ossl/pem_file.h"

namespace mod_tls::ossl {

namespace {

std::vector<std::string> unusable(const std::string &path, const std::string &why) {
  return {"error setting server info using " + core::quoted(path) + ": " + why};
}

}  // namespace

std::vector<std::string> set_server_info(SSL_CTX *ctx, const std::string &path) {
  // The library would wait for ever on a FIFO, and reads without a limit.
  if (auto file = PemFile::read(path); !file) return unusable(path, file.error().message);
  clear_errors();
  bool used = false;
  std::vector<std::string> faults;
  // For the second certificate the library keeps the data, and complains that the extension is
  // registered already.
  for_each_certificate(ctx, [&](X509 *) {
    const bool taken = SSL_CTX_use_serverinfo_file(ctx, path.c_str()) == 1;
    if (!taken && !used && faults.empty()) faults = unusable(path, to_line(take_errors()));
    used = used || taken;
  });
  clear_errors();
  return faults;
}

}  // namespace mod_tls::ossl
