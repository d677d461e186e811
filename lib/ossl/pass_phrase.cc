// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/pass_phrase.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

namespace mod_tls::ossl {

namespace {

constexpr std::size_t kRoom = PassPhrase::kLongest + 1;

char *map_page() {
  void *page = ::mmap(nullptr, kRoom, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED ? nullptr : static_cast<char *>(page);
}

}  // namespace

void PassPhrase::WipeAndUnmap::operator()(char *page) const noexcept {
  OPENSSL_cleanse(page, kRoom);
  ::munmap(page, kRoom);
}

PassPhrase::PassPhrase() : page_(map_page()) {
  lock();
}

bool PassPhrase::append(char c) {
  if (!page_ || c == '\0' || size_ == kLongest) return false;
  page_.get()[size_++] = c;
  return true;
}

void PassPhrase::drop_last() {
  if (size_ > 0) page_.get()[--size_] = '\0';
}

void PassPhrase::clear() {
  if (page_) OPENSSL_cleanse(page_.get(), kRoom);
  size_ = 0;
}

void PassPhrase::trim_end_of_line() {
  while (view().ends_with('\n') || view().ends_with('\r')) drop_last();
}

void PassPhrase::lock() const {
  if (!page_) return;
  ::mlock(page_.get(), kRoom);
  ::madvise(page_.get(), kRoom, MADV_DONTDUMP);
}

}  // namespace mod_tls::ossl
