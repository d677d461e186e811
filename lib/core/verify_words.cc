// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/verify_words.h"

#include "core/ascii.h"
#include "core/boolean.h"
#include "core/duration.h"

namespace mod_tls::core {

namespace {

Error expected_boolean(std::string_view word, const char *allowed) {
  return {Errc::bad_value,
          "expected Boolean parameter: " + quoted(word) + " (allowed: " + allowed + ")"};
}

Result<std::string_view> mechanism(std::string_view word) {
  for (const std::string_view known : {"crl", "ocsp"}) {
    if (equal_ignoring_case(word, known)) return known;
  }
  return Error{Errc::bad_value, "unsupported verification mechanism " + quoted(word) +
                                    " requested (allowed: crl, ocsp)"};
}

}  // namespace

Result<VerifyClient> parse_verify_client(std::string_view word) {
  if (equal_ignoring_case(word, "optional")) return VerifyClient::optional;
  const auto boolean = parse_boolean(word);
  if (!boolean) return expected_boolean(word, "on, off, optional");
  return *boolean ? VerifyClient::on : VerifyClient::off;
}

Result<std::uint32_t> parse_verify_depth(std::string_view word) {
  const auto depth = parse_seconds(word);
  if (depth) return static_cast<std::uint32_t>(depth->count());
  return Error{Errc::bad_value,
               "depth must be zero or greater: " + quoted(word) + " (allowed: a whole number)"};
}

Result<std::string> parse_verify_order(std::span<const std::string_view> words) {
  if (words.empty() || words.size() > 2) {
    return Error{Errc::bad_syntax, "wrong number of parameters"};
  }
  std::string order;
  for (const std::string_view word : words) {
    auto known = mechanism(word);
    if (!known) return std::move(known).error();
    order.append(order.empty() ? "" : " ").append(*known);
  }
  return order;
}

Result<std::string> parse_verify_server(std::string_view word) {
  if (equal_ignoring_case(word, "NoReverseDNS")) return std::string("NoReverseDNS");
  const auto boolean = parse_boolean(word);
  if (!boolean) return expected_boolean(word, "on, off, NoReverseDNS");
  return std::string(*boolean ? "on" : "off");
}

}  // namespace mod_tls::core
