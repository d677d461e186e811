// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <memory>

#include "glue/cache_host.h"
#include "glue/cache_provider.h"
#include "glue/callback_guard.h"
#include "glue/privileges.h"
#include "glue/proftpd.h"

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

/// Registers what a cache module offers under `name`; a null pointer is a use that the module does
/// not have. 0, or -1 with a log line.
int enroll_caches(const CacheHost &host, const char *name, SessionProvider *sessions,
                  OcspProvider *responses);

}  // namespace mod_tls::glue
