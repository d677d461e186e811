// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cerrno>
#include <string>
#include <vector>

#include "core/result.h"

namespace mod_tls::abi {

/// errno as a provider left it; 0 is not an explanation.
[[nodiscard]] inline int last_provider_error() {
  return errno != 0 ? errno : EIO;
}

/// ProviderClient holds the provider of a cache that is in use, if any: one of the two records of
/// mod_tls.h.
template <class Record>
class ProviderClient {
 public:
  /// Closes the provider, if one is open.
  void close() {
    if (provider_ == nullptr) return;
    provider_->close(provider_);
    provider_ = nullptr;
  }
  /// Uses the provider no more, without closing what it has destroyed itself.
  void forget() { provider_ = nullptr; }

  [[nodiscard]] Record *provider() const { return provider_; }

 protected:
  /// Opens `provider` with what follows the colon in the directive. A provider that was open
  /// stays so if it is the same, and is closed if not; after an error none is open.
  template <class... More>
  core::Status open_provider(Record &provider, const std::string &info, More... more) {
    if (provider_ != &provider) close();
    provider_ = nullptr;
    std::vector<char> writable(info.begin(), info.end());
    writable.push_back('\0');
    errno = 0;
    if (provider.open(&provider, writable.data(), more...) < 0) {
      return core::Error{core::Errc::unusable, core::errno_text(last_provider_error())};
    }
    provider_ = &provider;
    return core::success();
  }

 private:
  Record *provider_ = nullptr;
};

}  // namespace mod_tls::abi
