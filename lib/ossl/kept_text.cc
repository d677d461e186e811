// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/kept_text.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace mod_tls::ossl {

namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

KeptText KeptText::in_file(std::string text) {
  auto file = std::make_unique<const Descriptor>(::memfd_create("mod_tls", MFD_CLOEXEC));
  if (!write_all(file->get(), text)) return KeptText{std::move(text)};
  return {std::move(file), text.size()};
}

core::Result<std::string> KeptText::read() const {
  if (!file_) return in_heap_;
  std::string text(size_, '\0');
  for (std::size_t done = 0; done < size_;) {
    const ssize_t got =
        ::pread(file_->get(), text.data() + done, size_ - done, static_cast<off_t>(done));
    if (got <= 0) {
      return core::Error{core::Errc::unusable,
                         "unable to read what was kept in memory: " +
                             std::system_category().message(got < 0 ? errno : ENODATA)};
    }
    done += static_cast<std::size_t>(got);
  }
  return text;
}

}  // namespace mod_tls::ossl
