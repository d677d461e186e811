// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <memory>

namespace mod_tls::glue {

/// The one T of a module. Never destroyed: the process that reads the configuration exits while
/// the daemon lives on, and its destructors must not touch what is shared.
template <class T>
T &never_destroyed() {
  alignas(T) static std::byte storage[sizeof(T)];
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): see above
  static T *const object = std::construct_at(reinterpret_cast<T *>(storage));
  return *object;
}

}  // namespace mod_tls::glue
