// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/certificate_facts.h"

#include <openssl/bn.h>
#include <openssl/pem.h>

#include <array>

#include "core/ascii.h"
#include "ossl/text.h"

namespace mod_tls::ossl {

namespace {

struct PartRow {
  int nid;
  const char *suffix;
};

// Both kinds of user id are in use.
constexpr PartRow kParts[] = {{NID_countryName, "C"},
                              {NID_commonName, "CN"},
                              {NID_description, "D"},
                              {NID_givenName, "G"},
                              {NID_initials, "I"},
                              {NID_localityName, "L"},
                              {NID_organizationName, "O"},
                              {NID_organizationalUnitName, "OU"},
                              {NID_stateOrProvinceName, "ST"},
                              {NID_surname, "S"},
                              {NID_title, "T"},
                              {NID_userId, "UID"},
                              {NID_x500UniqueIdentifier, "UID"},
                              {NID_pkcs9_emailAddress, "Email"}};

std::string utf8(const ASN1_STRING *text) {
  unsigned char *data = nullptr;
  const int size = ASN1_STRING_to_UTF8(&data, text);
  if (size < 0) return {};
  const OpensslBytesPtr owner{data};
  return core::printable({reinterpret_cast<const char *>(data), static_cast<std::size_t>(size)});
}

std::vector<core::Variable> parts_of(const X509_NAME *name) {
  std::vector<core::Variable> parts;
  for (const PartRow &row : kParts) {
    const int index = X509_NAME_get_index_by_NID(name, row.nid, -1);
    if (index < 0) continue;
    const std::string value = utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
    if (!value.empty()) parts.push_back({row.suffix, value});
  }
  return parts;
}

std::string decimal(const ASN1_INTEGER *number) {
  const BignumPtr big{ASN1_INTEGER_to_BN(number, nullptr)};
  if (!big) return {};
  const OpensslTextPtr text{BN_bn2dec(big.get())};
  return text ? text.get() : "";
}

std::string algorithm_name(const ASN1_OBJECT *object) {
  std::array<char, 80> name{};
  const int size = OBJ_obj2txt(name.data(), static_cast<int>(name.size()), object, 0);
  return size > 0 ? name.data() : std::string{};
}

std::string key_algorithm(const X509 *certificate) {
  ASN1_OBJECT *object = nullptr;
  X509_PUBKEY_get0_param(&object, nullptr, nullptr, nullptr, X509_get_X509_PUBKEY(certificate));
  return object == nullptr ? std::string{} : algorithm_name(object);
}

std::string signature_algorithm(const X509 *certificate) {
  const ASN1_OBJECT *object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, X509_get0_tbs_sigalg(certificate));
  return object == nullptr ? std::string{} : algorithm_name(object);
}

}  // namespace

core::CertificateFacts certificate_facts(const X509 *certificate) {
  const X509_NAME *subject = X509_get_subject_name(certificate);
  const X509_NAME *issuer = X509_get_issuer_name(certificate);
  return {.version = static_cast<int>(X509_get_version(certificate)) + 1,
          .serial = decimal(X509_get0_serialNumber(certificate)),
          .subject = escaped_text_of(subject),
          .issuer = escaped_text_of(issuer),
          .subject_parts = parts_of(subject),
          .issuer_parts = parts_of(issuer),
          .begins = text_of(X509_get0_notBefore(certificate)),
          .ends = text_of(X509_get0_notAfter(certificate)),
          .signature_algorithm = signature_algorithm(certificate),
          .key_algorithm = key_algorithm(certificate),
          .pem = certificate_pem(certificate)};
}

std::string certificate_pem(const X509 *certificate) {
  const BioPtr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(bio.get(), certificate);
  return contents_of(bio);
}

}  // namespace mod_tls::ossl
