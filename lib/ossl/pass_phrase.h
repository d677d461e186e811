// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace mod_tls::ossl {

/// PassPhrase is a secret text in a page of memory of its own: kept out of the swap where the
/// system allows, and out of core dumps; wiped when it goes. Ends in a NUL, has none inside.
class PassPhrase {
 public:
  /// What OpenSSL takes, without the NUL.
  static constexpr std::size_t kLongest = 1023;

  PassPhrase();
  PassPhrase(PassPhrase &&) noexcept = default;
  PassPhrase &operator=(PassPhrase &&) noexcept = default;
  PassPhrase(const PassPhrase &) = delete;
  PassPhrase &operator=(const PassPhrase &) = delete;
  ~PassPhrase() = default;

  /// Adds a character. False: it is NUL, or there is no room (or no memory).
  [[nodiscard]] bool append(char c);
  /// Takes the last character away, if there is one.
  void drop_last();
  void clear();
  /// Takes CR and LF at the end away.
  void trim_end_of_line();

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::string_view view() const { return {c_str(), size_}; }
  [[nodiscard]] const char *c_str() const { return page_ ? page_.get() : ""; }

  /// Locks the page in memory once more: locks do not survive fork(2). Best effort.
  void lock() const;

 private:
  struct WipeAndUnmap {
    void operator()(char *page) const noexcept;
  };

  std::unique_ptr<char, WipeAndUnmap> page_;
  std::size_t size_ = 0;
};

}  // namespace mod_tls::ossl
