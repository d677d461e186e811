// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/trust_text.h"

#include <openssl/pem.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "ossl/error_queue.h"
#include "ossl/pem_file.h"

namespace mod_tls::ossl {

namespace {

/// Far more than all public CAs need.
constexpr std::size_t kMaxText = 8UL * 1024 * 1024;

core::Status append_file(const std::string &path, std::string &text) {
  const auto file = PemFile::read(path);
  if (!file) return file.error();
  if (file->empty() || text.size() + file->text().size() > kMaxText) return core::success();
  if (text.find(file->text()) != std::string::npos) return core::success();  // part of a bundle
  text.append(file->text()).append("\n");
  return core::success();
}

/// "a1b2c3d4.0", as openssl-rehash(1) names certificates.
bool is_hashed_name(std::string_view name) {
  constexpr std::size_t kHash = 8;
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return name.size() > kHash + 1 && name[kHash] == '.' &&
         std::ranges::all_of(name.substr(0, kHash), is_hex) &&
         std::ranges::all_of(name.substr(kHash + 1), is_digit);
}

void append_folder(const std::string &path, std::string &text) {
  std::vector<std::string> files;
  std::error_code error;
  std::filesystem::directory_iterator entry{path, error};
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    if (is_hashed_name(entry->path().filename().native())) files.push_back(entry->path().native());
  }
  std::ranges::sort(files);
  for (const std::string &file : files) (void)append_file(file, text);
}

std::string system_location(const char *variable, const char *built_in) {
  const char *named = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): before any thread
  return named != nullptr ? named : built_in;
}

}  // namespace

bool uses_system_trust(const core::ServerPolicy &policy) {
  return policy.ca_file.empty() && policy.ca_path.empty();
}

core::Result<std::string> read_trust_text(const core::ServerPolicy &policy) {
  std::string text;
  if (!policy.ca_file.empty()) {
    const core::Status read = append_file(policy.ca_file, text);
    if (!read) {
      return core::Error{core::Errc::unusable, "TLSCACertificateFile: unable to use '" +
                                                   policy.ca_file + "': " + read.error().message};
    }
  }
  if (!policy.ca_path.empty()) append_folder(policy.ca_path, text);
  if (!uses_system_trust(policy)) return text;
  (void)append_file(system_location(X509_get_default_cert_file_env(), X509_get_default_cert_file()),
                    text);
  append_folder(system_location(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()),
                text);
  return text;
}

core::Result<X509StorePtr> make_trust_store(const std::string &text) {
  clear_errors();
  X509StorePtr store{X509_STORE_new()};
  const BioPtr bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  std::size_t count = 0;
  while (const X509Ptr certificate{PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr)}) {
    if (store && X509_STORE_add_cert(store.get(), certificate.get()) == 1) count++;
  }
  clear_errors();  // the end of the text is one
  if (count > 0) return store;
  return core::Error{core::Errc::unusable,
                     "there is no CA certificate to verify the other server with: set "
                     "TLSCACertificateFile, or TLSVerifyServer off"};
}

}  // namespace mod_tls::ossl
