// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/session_cache_policy.h"

#include "core/ascii.h"
#include "core/boolean.h"
#include "core/duration.h"

namespace mod_tls::core {

namespace {

using std::chrono::seconds;

// Differs from the lifetime without TLSSessionCache, and always did.
constexpr seconds kNamedCacheTimeout{1800};

Result<seconds> parse_timeout(std::string_view word) {
  const auto timeout = parse_seconds(word);
  if (timeout && *timeout >= seconds{1}) return *timeout;
  const bool negative =
      word.starts_with('-') && !timeout && timeout.error().code == Errc::bad_value;
  if (timeout.ok() || negative) {
    return Error{Errc::bad_value,
                 "timeout be greater than 1: " + quoted(word) + " (allowed: 1 and more seconds)"};
  }
  return Error{Errc::bad_value,
               quoted(word) + " is not a valid timeout value (allowed: whole seconds, at most " +
                   std::to_string(kMaxDuration.count()) + ")"};
}

Status check_provider(std::string_view word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) {
    return Error{Errc::bad_syntax, "badly formatted parameter: " + quoted(word) +
                                       " (allowed: off, or internal: with a timeout in seconds)"};
  }
  const std::string_view provider = word.substr(0, colon);
  if (provider == "internal") return success();
  return Error{Errc::unsupported, "session cache type " + quoted(provider) +
                                      " not available (this version has: off, internal:)"};
}

}  // namespace

Result<SessionCachePolicy> parse_session_cache(std::span<const std::string_view> words) {
  using Kind = SessionCachePolicy::Kind;
  if (words.empty() || words.size() > 2) {
    return Error{Errc::bad_syntax, "wrong number of parameters"};
  }
  if (parse_boolean(words[0]) == false) return SessionCachePolicy{.kind = Kind::off};
  if (Status status = check_provider(words[0]); !status) return std::move(status).error();
  if (words.size() == 1) return SessionCachePolicy{Kind::internal, kNamedCacheTimeout};
  auto timeout = parse_timeout(words[1]);
  if (!timeout) return std::move(timeout).error();
  return SessionCachePolicy{Kind::internal, *timeout};
}

std::string to_string(const SessionCachePolicy &policy) {
  switch (policy.kind) {
    case SessionCachePolicy::Kind::off:
      return "off";
    case SessionCachePolicy::Kind::internal:
      return "internal: " + std::to_string(policy.timeout.count());
  }
  return "off";
}

}  // namespace mod_tls::core
