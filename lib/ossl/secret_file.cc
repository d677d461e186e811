// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "ossl/descriptor.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;

constexpr off_t kLeast = 32;
constexpr off_t kMost = 4096;

Error refused(const std::string &path, const std::string &why) {
  return {Errc::unusable, "unable to use secret file '" + path + "': " + why};
}

std::string fault_of(const struct stat &st) {
  if (!S_ISREG(st.st_mode)) return "it is not a regular file";
  if (st.st_uid != ::geteuid() && st.st_uid != 0) return "it belongs to another user";
  if ((st.st_mode & 077) != 0) return "others can use it (chmod 600)";
  if (st.st_size < kLeast || st.st_size > kMost) {
    return "it has " + std::to_string(st.st_size) +
           " bytes, not 32 to 4096 (make one: openssl rand -out FILE 48)";
  }
  return {};
}

}  // namespace

Result<core::SecretBytes> read_secret_file(const std::string &path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  struct stat st {};
  if (file.get() < 0 || ::fstat(file.get(), &st) != 0) {
    return refused(path, errno == ELOOP ? "it is a symbolic link" : core::errno_text(errno));
  }
  if (const std::string fault = fault_of(st); !fault.empty()) return refused(path, fault);
  std::vector<unsigned char> bytes(static_cast<std::size_t>(st.st_size));
  const bool whole = ::read(file.get(), bytes.data(), bytes.size()) == st.st_size;
  core::SecretBytes secret{std::move(bytes)};
  if (!whole) return refused(path, "it changed while it was read");
  const auto view = secret.view();
  if (std::ranges::all_of(view, [&](unsigned char byte) { return byte == view.front(); })) {
    return refused(path, "all its bytes are equal (make one: openssl rand -out FILE 48)");
  }
  return secret;
}

}  // namespace mod_tls::ossl
