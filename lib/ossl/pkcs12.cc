// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pkcs12.h"

#include <openssl/pkcs12.h>

#include <utility>
#include <vector>

#include "ossl/error_queue.h"
#include "ossl/own_chain.h"
#include "ossl/pem_file.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

constexpr char kRemedy[] =
    "; if the file is an old one, write it again: openssl pkcs12 -legacy -in OLD | openssl pkcs12 "
    "-export -out NEW";

/// The parts of the file, or, with an empty `key`, why it does not yield them.
struct Contents {
  EvpPkeyPtr key;
  X509Ptr certificate;
  std::vector<X509Ptr> others;
  std::string fault;
};

Result<Pkcs12Ptr> read_pkcs12(const std::string &path) {
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  clear_errors();
  Pkcs12Ptr container{d2i_PKCS12_bio(file->bio().get(), nullptr)};
  if (container) return container;
  return Error{Errc::unusable, "not a PKCS#12 file: " + to_line(take_errors())};
}

std::vector<X509Ptr> take_all(STACK_OF(X509) * stack) {
  const X509StackPtr owner{stack};
  std::vector<X509Ptr> all;
  for (int i = 0; i < sk_X509_num(stack); i++) {
    X509_up_ref(sk_X509_value(stack, i));
    all.emplace_back(sk_X509_value(stack, i));
  }
  return all;
}

/// The MAC proves the password where there is one, so that other faults are not blamed on it.
bool has_other_password(PKCS12 *container, const PassPhrase &password) {
  if (PKCS12_mac_present(container) == 0) return false;
  clear_errors();
  const bool proved = PKCS12_verify_mac(container, password.c_str(), -1) == 1 ||
                      (password.empty() && PKCS12_verify_mac(container, nullptr, 0) == 1);
  clear_errors();
  return !proved;
}

/// False: the password is wrong.
bool open_container(PKCS12 *container, const PassPhrase &password, Contents &contents) {
  if (has_other_password(container, password)) return false;
  EVP_PKEY *key = nullptr;
  X509 *certificate = nullptr;
  STACK_OF(X509) *others = nullptr;
  clear_errors();
  const int parsed = PKCS12_parse(container, password.c_str(), &key, &certificate, &others);
  contents.key.reset(key);
  contents.certificate.reset(certificate);
  contents.others = take_all(others);
  if (parsed == 1) return true;
  contents.fault = to_line(take_errors()) + kRemedy;
  return PKCS12_mac_present(container) != 0;
}

Result<Credential> to_credential(Contents contents) {
  if (!contents.fault.empty()) return Error{Errc::unusable, std::move(contents.fault)};
  if (!contents.certificate) return Error{Errc::unusable, "there is no certificate in it"};
  if (!contents.key) return Error{Errc::unusable, "there is no private key in it"};
  auto chain = issuers_of(contents.certificate.get(), contents.others);
  return Credential{std::move(contents.certificate), std::move(contents.key), std::move(chain), {}};
}

}  // namespace

Result<Credential> load_pkcs12(const std::string &path, const PassPhrases &phrases) {
  auto container = read_pkcs12(path);
  if (!container) return std::move(container).error();
  Contents contents;
  const auto opens = [&](const PassPhrase &password) {
    return open_container(container->get(), password, contents);
  };
  if (opens(PassPhrase{})) return to_credential(std::move(contents));
  contents.fault.clear();
  const Status status = unlock({.type = "PKCS12", .file = path}, phrases, opens);
  if (!status) return status.error();
  return to_credential(std::move(contents));
}

Status check_pkcs12(const std::string &path) {
  auto container = read_pkcs12(path);
  if (!container) return std::move(container).error();
  return core::success();
}

}  // namespace mod_tls::ossl
