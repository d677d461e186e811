// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// By its place, because the headers of ProFTPD have one of this name, too.
#include "../../mod_tls.h"

namespace mod_tls::abi {

/// How an entry into a registry, or out of it, ended.
enum class Registration {
  done,
  invalid,    ///< A null pointer was given.
  taken,      ///< A provider of that name is there already.
  not_found,  ///< There is no provider of that name.
};

/// The errno by which C callers learn it; 0 for `done`.
[[nodiscard]] int errno_of(Registration outcome);

/// ProviderList knows the providers of one kind of cache by their names, which are compared
/// exactly. The providers stay their modules'; they must outlive their entry.
template <class Provider>
class ProviderList {
 public:
  struct Entry {
    std::string_view name;
    Provider *provider;
  };

  ProviderList() = default;
  ProviderList(const ProviderList &) = delete;
  ProviderList &operator=(const ProviderList &) = delete;
  ~ProviderList() = default;

  /// Enters `provider`, and points its `cache_name` to a copy of `name` that lives as long as the
  /// list, even if the provider is removed.
  Registration add(const char *name, Provider *provider);
  /// Takes an entry out. A cache in use is the caller's to close before.
  Registration remove(const char *name);

  /// The provider of a name, or nullptr.
  [[nodiscard]] Provider *find(std::string_view name) const;
  /// All of them, in the order of their registration.
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }

 private:
  [[nodiscard]] typename std::vector<Entry>::const_iterator position(std::string_view name) const;

  // The nodes of a set stay where they are. Names are never taken out: a module that comes and
  // goes with each restart finds its own again.
  std::set<std::string, std::less<>> names_;
  std::vector<Entry> entries_;
};

extern template class ProviderList<tls_sess_cache_t>;
extern template class ProviderList<tls_ocsp_cache_t>;

/// ProviderRegistry holds what modules have registered through the functions of mod_tls.h.
struct ProviderRegistry {
  ProviderList<tls_sess_cache_t> sessions;
  ProviderList<tls_ocsp_cache_t> ocsp;
};

}  // namespace mod_tls::abi
