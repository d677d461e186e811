// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/session_reuse.h"

#include <algorithm>

namespace mod_tls::core {

namespace {

bool same_binding(const ReuseInput &input) {
  return input.control.size() == kBindingSize && std::ranges::equal(input.control, input.data);
}

}  // namespace

ReuseVerdict judge_reuse(const ReuseInput &input) {
  if (input.resumed && same_binding(input)) return ReuseVerdict::accepted;
  if (!input.required) return ReuseVerdict::not_required;
  return input.resumed ? ReuseVerdict::other_session : ReuseVerdict::not_resumed;
}

}  // namespace mod_tls::core
