// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/groups.h"

#include <algorithm>
#include <string_view>

#include "core/ascii.h"
#include "ossl/error_queue.h"

namespace mod_tls::ossl {

namespace {

/// The names that the library does not take one by one: of a list it names none.
std::string unknown_names(SSL_CTX *ctx, std::string_view list) {
  std::string unknown;
  while (!list.empty()) {
    const std::string name{list.substr(0, list.find(':'))};
    list.remove_prefix(std::min(name.size() + 1, list.size()));
    if (SSL_CTX_set1_groups_list(ctx, name.c_str()) == 1) continue;
    unknown += (unknown.empty() ? "" : ", ") + core::quoted(name);
  }
  return unknown;
}

}  // namespace

core::Status set_groups(SSL_CTX *ctx, const std::string &list) {
  if (list.empty()) return core::success();
  clear_errors();
  const std::string unknown = unknown_names(ctx, list);
  clear_errors();
  const std::string start = "unable to use ECDH curves " + core::quoted(list) + ": ";
  if (!unknown.empty()) {
    return core::Error{core::Errc::bad_value, start + "this OpenSSL does not know " + unknown};
  }
  if (SSL_CTX_set1_groups_list(ctx, list.c_str()) == 1) return core::success();
  return core::Error{core::Errc::bad_value, start + to_line(take_errors())};
}

core::Status try_groups(const std::string &list) {
  const SslCtxPtr ctx{SSL_CTX_new(TLS_server_method())};
  if (!ctx) return core::Error{core::Errc::crypto, "unable to make a TLS context"};
  return set_groups(ctx.get(), list);
}

}  // namespace mod_tls::ossl
