// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/groups.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>

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

using Groups = std::vector<core::GroupVersions>;

int number_in(const OSSL_PARAM *params, const char *key) {
  int number = 0;
  const OSSL_PARAM *param = OSSL_PARAM_locate_const(params, key);
  return param != nullptr && OSSL_PARAM_get_int(param, &number) == 1 ? number : 0;
}

/// One group under one name: params as of provider-base(7), "TLS-GROUP". 1: go on.
int add_group(const OSSL_PARAM *params, void *groups) noexcept {
  const OSSL_PARAM *name = OSSL_PARAM_locate_const(params, OSSL_CAPABILITY_TLS_GROUP_NAME);
  const char *text = nullptr;
  if (name == nullptr || OSSL_PARAM_get_utf8_string_ptr(name, &text) != 1) return 1;
  static_cast<Groups *>(groups)->push_back(
      {text, core::versions_between(number_in(params, OSSL_CAPABILITY_TLS_GROUP_MIN_TLS),
                                    number_in(params, OSSL_CAPABILITY_TLS_GROUP_MAX_TLS))});
  return 1;
}

int add_groups_of(OSSL_PROVIDER *provider, void *groups) noexcept {
  // A provider without groups says so by failing.
  static_cast<void>(OSSL_PROVIDER_get_capabilities(provider, "TLS-GROUP", add_group, groups));
  return 1;
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

Groups known_groups() {
  Groups groups;
  OSSL_PROVIDER_do_all(nullptr, add_groups_of, &groups);
  clear_errors();
  return groups;
}

core::Status try_groups(const std::string &list) {
  const SslCtxPtr ctx{SSL_CTX_new(TLS_server_method())};
  if (!ctx) return core::Error{core::Errc::crypto, "unable to make a TLS context"};
  return set_groups(ctx.get(), list);
}

}  // namespace mod_tls::ossl
