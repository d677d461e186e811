// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/library_version.h"

namespace mod_tls::core {

std::string version_mismatch(std::string_view headers, std::string_view library) {
  if (headers == library) return {};
  return "compiled using OpenSSL version '" + std::string(headers) +
         "' headers, but linked to OpenSSL version '" + std::string(library) + "' library";
}

}  // namespace mod_tls::core
