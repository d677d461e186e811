// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Any bytes as a file that a directive names: it is good, or there is a word about it that can
// stand in a log. Nothing asks for a pass phrase.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/ascii.h"
#include "ossl/file_check.h"

namespace {

namespace core = mod_tls::core;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr core::FileCheck kChecks[] = {
    core::FileCheck::rsa_certificate, core::FileCheck::ec_certificate, core::FileCheck::private_key,
    core::FileCheck::ca_file, core::FileCheck::certificate_chain};

int file_in_memory() {
  static const int kFile = ::memfd_create("pem", MFD_CLOEXEC);
  return kFile;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const int file = file_in_memory();
  require(::ftruncate(file, 0) == 0);
  require(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
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
