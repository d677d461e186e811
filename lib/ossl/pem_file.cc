// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pem_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "ossl/descriptor.h"

namespace mod_tls::ossl {

namespace {

core::Error system_error(int error) {
  const core::Errc code = error == ENOENT ? core::Errc::not_found : core::Errc::io;
  return {code, core::errno_text(error)};
}

std::optional<core::Error> unfit(const struct stat &st) {
  if (S_ISDIR(st.st_mode)) return system_error(EISDIR);
  if (!S_ISREG(st.st_mode)) return core::Error{core::Errc::unusable, "not a regular file"};
  if (st.st_size > static_cast<off_t>(kMaxPemFile)) {
    return core::Error{core::Errc::unusable, "larger than 4 MiB, which no PEM file should be"};
  }
  return {};
}

/// Fills `bytes` from the file; less if it has shrunk meanwhile. False: see errno.
bool read_all(int fd, std::vector<char> &bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return true;
}

}  // namespace

core::Result<PemFile> PemFile::read(const std::string &path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  if (file.get() < 0) return system_error(errno);
  struct stat st {};
  if (::fstat(file.get(), &st) != 0) return system_error(errno);
  if (auto error = unfit(st)) return std::move(*error);
  PemFile contents{std::vector<char>(static_cast<std::size_t>(st.st_size)), st.st_mode};
  if (!read_all(file.get(), contents.bytes_)) return system_error(errno);
  return contents;
}

PemFile::~PemFile() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

BioPtr PemFile::bio() const {
  return BioPtr{BIO_new_mem_buf(bytes_.data(), static_cast<int>(bytes_.size()))};
}

}  // namespace mod_tls::ossl
