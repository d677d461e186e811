// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Any bytes as a file that a directive names: it is good, or there is a word about it that can
// stand in a log. Nothing asks for a pass phrase.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/ascii.h"
#include "ossl/certificate_names.h"
#include "ossl/file_check.h"
#include "ossl/pem_objects.h"

namespace {

namespace core = mod_tls::core;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr core::FileCheck kChecks[] = {
    core::FileCheck::rsa_certificate, core::FileCheck::ec_certificate, core::FileCheck::private_key,
    core::FileCheck::ca_file, core::FileCheck::certificate_chain};

/// What certificate logins and checks of names look at.
void look_at_names(std::string_view pem) {
  const auto certificates = mod_tls::ossl::certificates_in(pem);
  if (!certificates) return;
  for (const auto &certificate : *certificates) {
    const core::CertificateNames names = mod_tls::ossl::certificate_names(certificate.get());
    for (const std::string &name : names.dns) require(name.find('\0') == std::string::npos);
    for (const auto &address : names.addresses) require(address.size() % 4 == 0);
    for (const char *oid : {"2.5.4.3", "2.5.29.17", "1.3.6.1.5.5.7.1.1"}) {
      for (const std::string &value : mod_tls::ossl::values_of_oid(certificate.get(), oid)) {
        require(!value.empty() && value.find('\0') == std::string::npos);
      }
    }
  }
}

int file_in_memory() {
  static const int kFile = ::memfd_create("pem", MFD_CLOEXEC);
  return kFile;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const int file = file_in_memory();
  require(::ftruncate(file, 0) == 0);
  require(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  look_at_names({reinterpret_cast<const char *>(data), size});
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  for (const core::FileCheck check : kChecks) {
    auto finding = mod_tls::ossl::check_value(check, core::EditValue{path}, 1'700'000'000);
    if (finding) {
      for (const std::string &notice : finding->notices) {
        require(!core::has_control_character(notice));
      }
      continue;
    }
    require(finding.error().message.find(path) != std::string::npos);
    require(!core::has_control_character(finding.error().message));
  }
  return 0;
}
