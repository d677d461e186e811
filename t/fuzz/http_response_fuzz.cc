// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Any bytes as what an OCSP responder sends over HTTP, in pieces of any size: how they are cut
// makes no difference, and what is kept of them is bounded.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "core/ascii.h"
#include "core/http_response.h"
#include "core/http_url.h"

namespace {

namespace core = mod_tls::core;
using Bytes = std::span<const std::uint8_t>;
using Progress = core::HttpResponse::Progress;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  Progress before_end;
  Progress at_end;
  core::HttpResponse response;
};

Outcome read_in_pieces(Bytes bytes, std::size_t piece) {
  core::HttpResponse response;
  for (Bytes rest = bytes; !rest.empty();) {
    const Bytes next = rest.first(std::min(piece, rest.size()));
    response.feed(next);
    rest = rest.subspan(next.size());
  }
  const Progress before = response.feed({});
  const Progress after = response.end();
  return {before, after, std::move(response)};
}

void require_same(const Outcome &one, const Outcome &other) {
  require(one.before_end == other.before_end && one.at_end == other.at_end);
  require(one.response.status() == other.response.status());
  require(one.response.body() == other.response.body());
  require(one.response.location() == other.response.location());
  require(one.response.reason() == other.response.reason());
}

/// Where a redirection leads is asked next, and stands in lines of the log.
void look_at_location(const std::string &location) {
  const auto url = core::parse_http_url(location);
  if (!url) {
    require(!core::has_control_character(url.error().message));
    return;
  }
  require(!core::has_control_character(url->host) && !core::has_control_character(url->target));
  require(url->host.find(' ') == std::string::npos && url->target.find(' ') == std::string::npos);
  const auto again = core::parse_http_url("http://" + core::host_field(*url) + url->target);
  require(again.ok() && *again == *url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes bytes{data + 1, size - 1};
  const Outcome whole = read_in_pieces(bytes, std::max<std::size_t>(bytes.size(), 1));
  require_same(whole, read_in_pieces(bytes, std::size_t{data[0]} + 1));
  if (bytes.size() < 2000) require_same(whole, read_in_pieces(bytes, 1));
  require(whole.at_end != Progress::more);
  require((whole.at_end == Progress::failed) == !whole.response.reason().empty());
  require(whole.response.body().size() <= core::HttpResponse::kLargestBody);
  require(whole.response.location().size() <= core::HttpResponse::kLargestHead);
  look_at_location(whole.response.location());
  return 0;
}
