// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/hashed_folder.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace mod_tls::ossl {

namespace {

struct CloseFolder {
  void operator()(DIR *folder) const noexcept { ::closedir(folder); }
};

constexpr std::size_t kHashDigits = 8;

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The hash that `name` begins with, if it is a name of `kind`.
std::optional<unsigned long> hash_in(std::string_view name, HashedKind kind) {
  const std::string_view separator = kind == HashedKind::crl ? ".r" : ".";
  if (name.size() <= kHashDigits || !name.substr(kHashDigits).starts_with(separator)) return {};
  if (!is_number(name.substr(kHashDigits + separator.size()))) return {};
  unsigned long hash = 0;
  const char *end = name.data() + kHashDigits;
  const auto [stop, error] = std::from_chars(name.data(), end, hash, 16);
  if (error != std::errc{} || stop != end) return {};
  return hash;
}

}  // namespace

core::Result<std::vector<HashedFile>> hashed_files(const std::string &folder, HashedKind kind) {
  const std::unique_ptr<DIR, CloseFolder> open{::opendir(folder.c_str())};
  if (!open) return core::Error{core::Errc::io, core::errno_text(errno)};
  std::vector<HashedFile> files;
  while (const dirent *entry = ::readdir(open.get())) {
    const auto hash = hash_in(entry->d_name, kind);
    if (hash) files.push_back({folder + '/' + entry->d_name, *hash});
  }
  std::ranges::sort(files, {}, &HashedFile::path);
  return files;
}

}  // namespace mod_tls::ossl
