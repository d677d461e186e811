// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/provider_registry.h"

#include <algorithm>
#include <cerrno>

namespace mod_tls::abi {

int errno_of(Registration outcome) {
  switch (outcome) {
    case Registration::done:
      return 0;
    case Registration::invalid:
      return EINVAL;
    case Registration::taken:
      return EEXIST;
    case Registration::not_found:
      return ENOENT;
  }
  return EINVAL;
}

template <class Provider>
auto ProviderList<Provider>::position(std::string_view name) const ->
    typename std::vector<Entry>::const_iterator {
  return std::ranges::find(entries_, name, &Entry::name);
}

template <class Provider>
Registration ProviderList<Provider>::add(const char *name, Provider *provider) {
  if (name == nullptr || provider == nullptr) return Registration::invalid;
  if (position(name) != entries_.end()) return Registration::taken;
  const std::string &kept = *names_.emplace(name).first;
  entries_.push_back({.name = kept, .provider = provider});
  provider->cache_name = kept.c_str();
  return Registration::done;
}

template <class Provider>
Registration ProviderList<Provider>::remove(const char *name) {
  if (name == nullptr) return Registration::invalid;
  const auto entry = position(name);
  if (entry == entries_.end()) return Registration::not_found;
  entries_.erase(entry);
  return Registration::done;
}

template <class Provider>
Provider *ProviderList<Provider>::find(std::string_view name) const {
  const auto entry = position(name);
  return entry == entries_.end() ? nullptr : entry->provider;
}

template class ProviderList<tls_sess_cache_t>;
template class ProviderList<tls_ocsp_cache_t>;

}  // namespace mod_tls::abi
