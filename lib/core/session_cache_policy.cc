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

/// "provider:info", split at the first colon.
Result<SessionCachePolicy> parse_provider(std::string_view word) {
  using Kind = SessionCachePolicy::Kind;
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) {
    return Error{Errc::bad_syntax, "badly formatted parameter: " + quoted(word) +
                                       " (allowed: off, internal:, or provider:information, each "
                                       "but off with a timeout in seconds)"};
  }
  const std::string provider{word.substr(0, colon)};
  if (provider == "internal") return SessionCachePolicy{Kind::internal, kNamedCacheTimeout};
  if (provider.empty()) return unknown_session_cache(provider, {});
  return SessionCachePolicy{Kind::external, kNamedCacheTimeout, provider,
                            std::string(word.substr(colon + 1))};
}

}  // namespace

Result<SessionCachePolicy> parse_session_cache(std::span<const std::string_view> words) {
  using Kind = SessionCachePolicy::Kind;
  if (words.empty() || words.size() > 2) {
    return Error{Errc::bad_syntax, "wrong number of parameters"};
  }
  if (parse_boolean(words[0]) == false) return SessionCachePolicy{.kind = Kind::off};
  auto policy = parse_provider(words[0]);
  if (!policy || words.size() == 1) return policy;
  auto timeout = parse_timeout(words[1]);
  if (!timeout) return std::move(timeout).error();
  policy->timeout = *timeout;
  return policy;
}

std::string to_string(const SessionCachePolicy &policy) {
  switch (policy.kind) {
    case SessionCachePolicy::Kind::off:
      return "off";
    case SessionCachePolicy::Kind::internal:
      return "internal: " + std::to_string(policy.timeout.count());
    case SessionCachePolicy::Kind::external:
      return policy.provider + ":" + policy.info + " " + std::to_string(policy.timeout.count());
  }
  return "off";
}

Error unknown_session_cache(std::string_view provider, std::span<const std::string_view> known) {
  std::string names = "off, internal:";
  for (const std::string_view name : known) names += ", " + std::string(name) + ":";
  return {Errc::unsupported, "session cache type " + quoted(provider) +
                                 " not available (loaded: " + names +
                                 "; others come with LoadModule mod_tls_shmcache.c, "
                                 "mod_tls_memcache.c, mod_tls_redis.c or mod_tls_fscache.c "
                                 "before this line)"};
}

}  // namespace mod_tls::core
