// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/stapling_policy.h"

#include <algorithm>
#include <iterator>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

struct OptionName {
  std::string_view name;
  StaplingOption option;
};
constexpr OptionName kOptions[] = {
    {"NoFakeTryLater", StaplingOption::no_fake_try_later},
    {"NoNonce", StaplingOption::no_nonce},
    {"NoVerify", StaplingOption::no_verify},
};

}  // namespace

Result<StaplingOptions> parse_stapling_options(std::span<const std::string_view> words) {
  if (words.empty()) return Error{Errc::bad_syntax, "wrong number of parameters"};
  StaplingOptions options;
  for (const std::string_view word : words) {
    const auto *row = std::ranges::find(kOptions, word, &OptionName::name);
    if (row == std::end(kOptions)) {
      return Error{Errc::bad_value, "unknown TLSStaplingOption " + quoted(word) +
                                        "; known are NoFakeTryLater, NoNonce, NoVerify"};
    }
    options.add(row->option);
  }
  return options;
}

std::string to_string(StaplingOptions options) {
  std::string text;
  for (const OptionName &row : kOptions) {
    if (options.has(row.option)) text += (text.empty() ? "" : " ") + std::string(row.name);
  }
  return text.empty() ? "none" : text;
}

Result<StaplingCachePolicy> parse_stapling_cache(std::span<const std::string_view> words) {
  if (words.empty()) return Error{Errc::bad_syntax, "missing parameters"};
  if (equal_ignoring_case(words[0], "off")) return StaplingCachePolicy{};
  const std::size_t colon = words[0].find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return Error{Errc::bad_syntax, "badly formatted parameter " + quoted(words[0]) +
                                       "; allowed are off and provider:info"};
  }
  return StaplingCachePolicy{.provider = std::string(words[0].substr(0, colon)),
                             .info = std::string(words[0].substr(colon + 1))};
}

std::string to_string(const StaplingCachePolicy &policy) {
  return policy.provider.empty() ? "off" : policy.provider + ':' + policy.info;
}

}  // namespace mod_tls::core
