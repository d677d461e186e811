// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_hello.h"

#include <openssl/tls1.h>

#include <algorithm>

namespace mod_tls::ossl {

namespace {

using core::Protocol;

/// The version's row of kAllProtocols; nullptr if it has none.
const Protocol *find_protocol(unsigned version) {
  constexpr unsigned kOldest = SSL3_VERSION;
  if (version < kOldest || version - kOldest >= std::size(core::kAllProtocols)) return nullptr;
  return &core::kAllProtocols[version - kOldest];
}

/// The slot of an SSL object that points to the row of what its client offered.
int offer_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

bool is_version_list(std::span<const std::uint8_t> extension) {
  return !extension.empty() && extension[0] == extension.size() - 1 && extension[0] % 2 == 0;
}

unsigned version_at(std::span<const std::uint8_t> list) {
  return (unsigned{list[0]} << 8) | list[1];
}

/// The body of an extension of the ClientHello; empty if it is not there.
std::span<const std::uint8_t> extension_of(SSL *ssl, unsigned type) {
  const unsigned char *data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, type, &data, &size) != 1) return {};
  return {data, size};
}

const Protocol *offered_row(SSL *ssl) {
  const auto offered = offered_versions(extension_of(ssl, TLSEXT_TYPE_supported_versions),
                                        SSL_client_hello_get0_legacy_version(ssl));
  if (offered.empty()) return nullptr;
  return &core::kAllProtocols[static_cast<std::size_t>(offered.highest())];
}

bool allows_tls13(SSL *ssl) {
  const long newest = SSL_get_max_proto_version(ssl);
  return (newest == 0 || newest >= TLS1_3_VERSION) &&
         (SSL_get_options(ssl) & SSL_OP_NO_TLSv1_3) == 0;
}

/// The slot of an SSL object that points to the hook which has not been asked yet.
int hook_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

int alert_number(core::NameAlert alert) {
  switch (alert) {
    case core::NameAlert::access_denied:
      return SSL_AD_ACCESS_DENIED;
    case core::NameAlert::protocol_version:
      return SSL_AD_PROTOCOL_VERSION;
    case core::NameAlert::unrecognized_name:
      return SSL_AD_UNRECOGNIZED_NAME;
  }
  return SSL_AD_INTERNAL_ERROR;
}

HelloFacts facts_of(SSL *ssl) {
  const auto name = core::host_name_in(extension_of(ssl, TLSEXT_TYPE_server_name));
  return {.server_name = {reinterpret_cast<const char *>(name.data()), name.size()},
          .offered = offered_versions(extension_of(ssl, TLSEXT_TYPE_supported_versions),
                                      SSL_client_hello_get0_legacy_version(ssl))};
}

/// A second ClientHello, after HelloRetryRequest, finds the question answered.
int ask_hook(SSL *ssl, int *alert) {
  const auto *hook = static_cast<const NameHook *>(SSL_get_ex_data(ssl, hook_slot()));
  if (hook == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
  SSL_set_ex_data(ssl, hook_slot(), nullptr);
  const core::ServerNameDecision decision = (*hook)(facts_of(ssl));
  switch (decision.action) {
    case core::ServerNameDecision::Action::ignore:
    case core::ServerNameDecision::Action::accept:
      return SSL_CLIENT_HELLO_SUCCESS;
    case core::ServerNameDecision::Action::switch_server:
      return SSL_CLIENT_HELLO_RETRY;
    case core::ServerNameDecision::Action::reject:
      *alert = alert_number(decision.alert);
      return SSL_CLIENT_HELLO_ERROR;
  }
  return SSL_CLIENT_HELLO_ERROR;
}

template <Tickets Which>
int on_client_hello(SSL *ssl, int *alert, void *) noexcept {
  const Protocol *offered = offered_row(ssl);
  SSL_set_ex_data(ssl, offer_slot(), const_cast<Protocol *>(offered));
  if constexpr (Which == Tickets::all) return ask_hook(ssl, alert);
  const bool tls13 = offered != nullptr && *offered == Protocol::tlsv1_3 && allows_tls13(ssl);
  if (!tls13) SSL_set_options(ssl, SSL_OP_NO_TICKET);
  return ask_hook(ssl, alert);
}

std::optional<Protocol> value_of(const Protocol *row) {
  if (row == nullptr) return {};
  return *row;
}

}  // namespace

void install_client_hello(SSL_CTX *ctx, Tickets tickets) {
  const bool all = tickets == Tickets::all;
  SSL_CTX_set_client_hello_cb(
      ctx, all ? on_client_hello<Tickets::all> : on_client_hello<Tickets::tls13_only>, nullptr);
}

std::optional<Protocol> offered_protocol(const SSL *ssl) {
  return value_of(static_cast<const Protocol *>(SSL_get_ex_data(ssl, offer_slot())));
}

core::ProtocolSet offered_versions(std::span<const std::uint8_t> extension,
                                   unsigned legacy_version) {
  core::ProtocolSet offered;
  if (extension.empty()) {
    for (unsigned v = SSL3_VERSION; v <= std::min<unsigned>(legacy_version, TLS1_2_VERSION); v++) {
      offered.add(*find_protocol(v));
    }
    return offered;
  }
  if (!is_version_list(extension)) return {};
  for (auto list = extension.subspan(1); !list.empty(); list = list.subspan(2)) {
    if (const Protocol *row = find_protocol(version_at(list))) offered.add(*row);
  }
  return offered;
}

void set_name_hook(SSL *ssl, const NameHook &hook) {
  SSL_set_ex_data(ssl, hook_slot(), const_cast<NameHook *>(&hook));
}

}  // namespace mod_tls::ossl
