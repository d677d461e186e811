// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/protocol_versions.h"

#include <array>

#include "ossl/compat.h"
#include "ossl/error_queue.h"

namespace mod_tls::ossl {

namespace {

using core::Protocol;
using core::ProtocolSet;
using Notices = std::vector<std::string>;

struct VersionRow {
  Protocol protocol;
  int version;
  std::uint64_t no_option;
};

constexpr std::array<VersionRow, 5> kVersions{{
    {Protocol::sslv3, SSL3_VERSION, SSL_OP_NO_SSLv3},
    {Protocol::tlsv1, TLS1_VERSION, SSL_OP_NO_TLSv1},
    {Protocol::tlsv1_1, TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
    {Protocol::tlsv1_2, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
    {Protocol::tlsv1_3, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3},
}};

int version_of(Protocol protocol) {
  return kVersions[static_cast<std::size_t>(protocol)].version;
}

struct Offer {
  ProtocolSet offered;
  ProtocolSet missing;  ///< Named, but not in the library.
};

Offer offer_of(const ProtocolSet &named) {
  Offer offer;
  for (const Protocol p : core::kAllProtocols) {
    if (!named.contains(p)) continue;
    ProtocolSet &set = kLibraryProtocols.contains(p) ? offer.offered : offer.missing;
    set.add(p);
  }
  return offer;
}

bool has_outdated(const ProtocolSet &set) {
  return !set.empty() && set.lowest() < Protocol::tlsv1_2;
}

bool apply(SSL_CTX *ctx, const ProtocolSet &set) {
  for (const VersionRow &row : kVersions) {
    if (set.contains(row.protocol)) {
      SSL_CTX_clear_options(ctx, row.no_option);
    } else {
      SSL_CTX_set_options(ctx, row.no_option);
    }
  }
  return SSL_CTX_set_min_proto_version(ctx, version_of(set.lowest())) == 1 &&
         SSL_CTX_set_max_proto_version(ctx, version_of(set.highest())) == 1;
}

}  // namespace

core::Result<Notices> set_protocols(SSL_CTX *ctx, const core::ServerPolicy &policy) {
  const auto [offered, missing] = offer_of(policy.protocols);
  const std::string lacks = "Your OpenSSL installation does not support " + to_string(missing);
  if (offered.empty()) {
    return core::Error{core::Errc::unsupported,
                       "TLSProtocol: " + lacks + "; name TLSv1.2 or TLSv1.3"};
  }
  clear_errors();
  if (!apply(ctx, offered)) {
    return core::Error{core::Errc::crypto, "TLSProtocol: unable to offer " + to_string(offered) +
                                               ": " + to_line(take_errors())};
  }
  Notices notices;
  if (!missing.empty()) notices.push_back("TLSProtocol: " + lacks + "; it is not offered");
  const bool weak = policy.options.has(core::Option::allow_weak_security);
  if (weak || has_outdated(offered)) SSL_CTX_set_security_level(ctx, 0);
  if (has_outdated(offered) && !weak) {
    notices.push_back(
        "TLSProtocol offers " + to_string(offered) +
        ": for the versions before TLSv1.2, OpenSSL's security level is lowered to 0 for this "
        "server, which also admits short keys and weak signatures; leave them out if no client "
        "needs them");
  }
  return notices;
}

core::ProtocolSet effective_protocols(const SSL_CTX *ctx) {
  core::ProtocolSet set;
  const std::uint64_t options = SSL_CTX_get_options(ctx);
  for (const VersionRow &row : kVersions) {
    // Versions before TLS 1.2 sign with SHA-1, which every level above 0 refuses.
    const bool admitted = row.protocol >= Protocol::tlsv1_2 || SSL_CTX_get_security_level(ctx) == 0;
    if (admitted && (options & row.no_option) == 0) set.add(row.protocol);
  }
  return set;
}

Notices level_notices(const SSL_CTX *ctx, const core::ServerPolicy &policy) {
  if (!has_outdated(offer_of(policy.protocols).offered)) return {};
  if (SSL_CTX_get_security_level(ctx) == 0) return {};
  return {
      "TLSCipherSuite sets @SECLEVEL above 0: the versions before TLSv1.2 that TLSProtocol "
      "names will not be spoken"};
}

}  // namespace mod_tls::ossl
