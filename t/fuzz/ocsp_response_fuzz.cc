// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Any bytes as an OCSP response about a certificate that is the same in each run, so that those of
// the corpus are about it: only what its issuer signed is believed, and only while it is valid.
#include <openssl/x509v3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "core/ascii.h"
#include "ossl/ocsp_message.h"

namespace {

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;

constexpr core::UnixTime kNow = 1'800'000'000;
constexpr core::UnixTime kSlack = 300;
constexpr long kSerialOfCertificate = 2;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Of a key that everybody knows: certificates and signatures come out the same each time.
ossl::EvpPkeyPtr fixed_key() {
  std::array<unsigned char, 32> bytes{};
  bytes.fill(7);
  return ossl::EvpPkeyPtr{
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size())};
}

ossl::X509Ptr certificate(EVP_PKEY *key, const char *name, long serial) {
  ossl::X509Ptr made{X509_new()};
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), 1'000'000'000);
  ASN1_TIME_set(X509_getm_notAfter(made.get()), 2'500'000'000);
  const auto *text = reinterpret_cast<const unsigned char *>(name);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC, text, -1, -1,
                             0);
  const auto *issuer = reinterpret_cast<const unsigned char *>("issuer");
  X509_NAME_add_entry_by_txt(X509_get_issuer_name(made.get()), "CN", MBSTRING_ASC, issuer, -1, -1,
                             0);
  X509_set_pubkey(made.get(), key);
  require(X509_sign(made.get(), key, nullptr) > 0);
  return made;
}

const ossl::OcspQuestion &question() {
  static const auto kQuestion = [] {
    const ossl::EvpPkeyPtr key = fixed_key();
    const ossl::X509Ptr issuer = certificate(key.get(), "issuer", 1);
    const ossl::X509Ptr subject = certificate(key.get(), "server", kSerialOfCertificate);
    return ossl::OcspQuestion::create(subject.get(), issuer.get(), false);
  }();
  return kQuestion.value();
}

void look_at(const core::Result<ossl::OcspAnswer> &answer) {
  if (!answer) {
    require(!answer.error().message.empty());
    require(!core::has_control_character(answer.error().message));
    return;
  }
  require(answer->made <= kNow + kSlack);
  require(answer->times.obtained == kNow);
  if (answer->times.next_update) require(*answer->times.next_update >= kNow - kSlack);
  require(!core::has_control_character(answer->revocation_reason));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::span bytes{data, size};
  const auto verified = question().check(bytes, true, kNow);
  const auto believed = question().check(bytes, false, kNow);
  look_at(verified);
  look_at(believed);
  require(!verified || believed.ok());
  return 0;
}
