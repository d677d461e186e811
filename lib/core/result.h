// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "core/error.h"

namespace mod_tls::core {

/// Result holds either a T or the Error that says why there is none. Asking for the part that is
/// not there is a programming error and ends in std::bad_variant_access.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T &value() & { return std::get<0>(state_); }
  [[nodiscard]] const T &value() const & { return std::get<0>(state_); }
  [[nodiscard]] T &&value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] const Error &error() const & { return std::get<1>(state_); }
  [[nodiscard]] Error &&error() && { return std::get<1>(std::move(state_)); }

  T &operator*() & { return value(); }
  const T &operator*() const & { return value(); }
  T &&operator*() && { return std::move(*this).value(); }
  T *operator->() { return &value(); }
  const T *operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

/// Status is the Result of something that yields nothing but success.
using Status = Result<std::monostate>;

/// The successful Status.
inline Status success() {
  return std::monostate{};
}

}  // namespace mod_tls::core
