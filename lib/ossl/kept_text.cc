// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/kept_text.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace mod_tls::ossl {

KeptText KeptText::in_file(std::string text) {
  auto file = std::make_unique<const Descriptor>(::memfd_create("mod_tls", MFD_CLOEXEC));
  const ssize_t written = ::write(file->get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) return KeptText{std::move(text)};
  return {std::move(file), text.size()};
}

core::Result<std::string> KeptText::read() const {
  if (!file_) return in_heap_;
  std::string text(size_, '\0');
  const ssize_t got = ::pread(file_->get(), text.data(), text.size(), 0);
  if (got != static_cast<ssize_t>(text.size())) {
    return core::Error{core::Errc::unusable, "unable to read what was kept in memory: " +
                                                 core::errno_text(got < 0 ? errno : ENODATA)};
  }
  return text;
}

}  // namespace mod_tls::ossl
