// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/certificate_names.h"

#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <optional>
#include <string_view>

#include "ossl/error_queue.h"

namespace mod_tls::ossl {

namespace {

using core::CertificateNames;

std::string_view bytes_of(const ASN1_STRING *text) {
  return {reinterpret_cast<const char *>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// Nothing for bytes that are no text.
std::optional<std::string> utf8(const ASN1_STRING *text) {
  unsigned char *data = nullptr;
  const int size = ASN1_STRING_to_UTF8(&data, text);
  clear_errors();
  if (size < 0) return {};
  const OpensslBytesPtr owner{data};
  return std::string(reinterpret_cast<const char *>(data), static_cast<std::size_t>(size));
}

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

/// Puts a name into its list, or among the suspicious ones.
void add(std::string value, const char *kind, std::vector<std::string> &list,
         CertificateNames &names) {
  if (has_nul(value)) {
    names.suspicious.push_back({kind, std::move(value)});
  } else if (!value.empty()) {
    list.push_back(std::move(value));
  }
}

/// The last CN is the most specific one: directories name themselves before their people.
void add_common_name(const X509_NAME *subject, CertificateNames &names) {
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
    last = at;
  }
  if (last < 0) return;
  auto text = utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
  if (!text) return;
  std::vector<std::string> one;
  add(std::move(*text), "CommonName", one, names);
  if (!one.empty()) names.common_name = std::move(one.front());
}

void add_address(const ASN1_OCTET_STRING *address, CertificateNames &names) {
  const std::string_view bytes = bytes_of(address);
  if (bytes.size() == 4 || bytes.size() == 16) {
    names.addresses.emplace_back(bytes.begin(), bytes.end());
  }
}

void add_alternative(const GENERAL_NAME *name, CertificateNames &names) {
  int type = 0;
  const auto *value = static_cast<const ASN1_STRING *>(GENERAL_NAME_get0_value(name, &type));
  if (type == GEN_DNS) add(std::string(bytes_of(value)), "dNSName SAN", names.dns, names);
  if (type == GEN_EMAIL) add(std::string(bytes_of(value)), "Email SAN", names.emails, names);
  if (type == GEN_IPADD) add_address(value, names);
}

using ObjectPtr = std::unique_ptr<ASN1_OBJECT, FreeWith<&ASN1_OBJECT_free>>;
using TypePtr = std::unique_ptr<ASN1_TYPE, FreeWith<&ASN1_TYPE_free>>;

using StringPtr = std::unique_ptr<ASN1_STRING, FreeWith<&ASN1_STRING_free>>;

/// The types of strings that a subject may have, and those of the other texts in certificates.
constexpr auto kTextParsers = {&d2i_DIRECTORYSTRING, &d2i_DISPLAYTEXT};

/// Whether all of a value is one DER object.
bool is_der(const unsigned char *begin, std::size_t size) {
  const unsigned char *at = begin;
  const TypePtr type{d2i_ASN1_TYPE(nullptr, &at, static_cast<long>(size))};
  return type != nullptr && at == begin + size;
}

/// The text inside an extension, whose value should be DER; old tools put bare bytes there.
std::optional<std::string> text_inside(std::string_view value) {
  const auto *begin = reinterpret_cast<const unsigned char *>(value.data());
  for (const auto &parse : kTextParsers) {
    const unsigned char *at = begin;
    const StringPtr text{parse(nullptr, &at, static_cast<long>(value.size()))};
    if (text && at == begin + value.size()) return utf8(text.get());
  }
  const bool other = is_der(begin, value.size());
  clear_errors();
  if (other) return {};
  return std::string(value);
}

void keep(std::optional<std::string> value, std::vector<std::string> &values) {
  if (value && !value->empty() && !has_nul(*value)) values.push_back(std::move(*value));
}

}  // namespace

CertificateNames certificate_names(const X509 *certificate) {
  CertificateNames names;
  add_common_name(X509_get_subject_name(certificate), names);
  const GeneralNamesPtr alternatives{static_cast<GENERAL_NAMES *>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
  clear_errors();
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); i++) {
    add_alternative(sk_GENERAL_NAME_value(alternatives.get(), i), names);
  }
  return names;
}

std::vector<std::string> values_of_oid(const X509 *certificate, const std::string &oid) {
  std::vector<std::string> values;
  const ObjectPtr object{OBJ_txt2obj(oid.c_str(), 1)};
  clear_errors();
  if (!object) return values;
  const X509_NAME *subject = X509_get_subject_name(certificate);
  for (int at = -1; (at = X509_NAME_get_index_by_OBJ(subject, object.get(), at)) >= 0;) {
    keep(utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))), values);
  }
  for (int at = -1; (at = X509_get_ext_by_OBJ(certificate, object.get(), at)) >= 0;) {
    keep(text_inside(bytes_of(X509_EXTENSION_get_data(X509_get_ext(certificate, at)))), values);
  }
  return values;
}

}  // namespace mod_tls::ossl
