// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Any words behind "ftpdctl tls", and behind TLSControlsACLs: what a request needs is one of the
// permissions there are, and answers are lines of printable text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/ascii.h"
#include "core/control_request.h"
#include "core/controls_acl.h"

namespace {

namespace core = mod_tls::core;
using Words = std::vector<std::string_view>;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_permission(std::string_view word) {
  const auto known = core::control_permissions();
  return std::find(known.begin(), known.end(), word) != known.end();
}

Words words_of(std::string_view text, char between) {
  Words words;
  for (std::size_t at = 0; at <= text.size() && words.size() < 32;) {
    const std::string_view word = text.substr(at, text.find(between, at) - at);
    words.push_back(word);
    at += word.size() + 1;
  }
  return words;
}

void require_line(const std::string &text) {
  require(!text.empty() && !core::has_control_character(text));
}

struct Look {
  void operator()(const core::ControlRefusal &refusal) const { require_line(refusal.text); }
  void operator()(const core::InfoRequest &) const {}
  void operator()(const core::CacheRequest &request) const {
    require(!request.verbose || request.action == core::CacheRequest::Action::info);
    require_line(core::failed_text(request, "reason"));
  }
};

void look_at_request(const Words &words) {
  const core::ControlRequest request = core::parse_control_request(words);
  require(request.first.empty() || is_permission(request.first));
  require(request.second.empty() || is_permission(request.second));
  require(request.both.empty() || is_permission(request.both));
  // What can be carried out needs a permission.
  const bool refused = std::holds_alternative<core::ControlRefusal>(request.what);
  require(refused || !request.first.empty());
  std::visit(Look{}, request.what);
}

void look_at_acl(const Words &words) {
  const auto acl = core::parse_controls_acl(words);
  if (!acl) {
    require_line(acl.error().message);
    return;
  }
  for (const std::string &permission : acl->permissions) require(is_permission(permission));
  (void)core::pair_decides({&*acl, 1}, "sesscache clear");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char *>(data), size};
  for (const char between : {' ', '\0'}) {
    const Words words = words_of(text, between);
    look_at_request(words);
    look_at_acl(words);
  }
  return 0;
}
