// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/http_url.h"

#include <algorithm>
#include <charconv>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr std::size_t kLongest = 2048;
constexpr std::uint16_t kHttpPort = 80;

Error bad_url(std::string_view text, std::string_view why) {
  return {Errc::bad_syntax,
          "error parsing URL " + quoted(text.substr(0, 200)) + ": " + std::string(why)};
}

bool starts_with(std::string_view text, std::string_view scheme) {
  return equal_ignoring_case(text.substr(0, scheme.size()), scheme);
}

/// Visible ASCII only: nothing that could end a line of the request.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool read_port(std::string_view text, std::uint16_t &port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

/// Splits "host", "host:port", "[address]" or "[address]:port".
bool read_authority(std::string_view text, HttpUrl &url) {
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (url.host.empty() || url.host.find_first_of("@[]") != std::string::npos) return false;
  if (rest.empty()) return true;
  return rest.front() == ':' && read_port(rest.substr(1), url.port);
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view text) {
  constexpr std::string_view kHttp = "http://";
  if (text.size() > kLongest || !is_plain(text)) return bad_url(text, "it is no URL");
  if (starts_with(text, "https://")) {
    return Error{Errc::unsupported, "error parsing URL " + quoted(text) +
                                        ": OCSP is spoken over http here; its responses are "
                                        "signed"};
  }
  if (!starts_with(text, kHttp)) return bad_url(text, "it does not begin with http://");
  text.remove_prefix(kHttp.size());
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  HttpUrl url;
  if (!read_authority(text.substr(0, end), url)) return bad_url(text, "no host, or a bad port");
  std::string_view target = text.substr(end);
  target = target.substr(0, target.find('#'));
  if (!target.empty()) url.target = (target.front() == '?' ? "/" : "") + std::string(target);
  return url;
}

std::string host_field(const HttpUrl &url) {
  const bool address6 = url.host.find(':') != std::string::npos;
  std::string field = address6 ? '[' + url.host + ']' : url.host;
  if (url.port != kHttpPort) field += ':' + std::to_string(url.port);
  return field;
}

}  // namespace mod_tls::core
