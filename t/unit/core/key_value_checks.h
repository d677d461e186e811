// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>

#include "core/key_value.h"

#include "CppUTest/TestHarness.h"

namespace mod_tls::test {

/// A reply and what it means.
struct WholeReply {
  core::KeyValueVerb verb;
  std::string_view text;
  core::KeyValueOutcome outcome;
  std::string_view value = {};
};

inline constexpr core::KeyValueVerb kAllVerbs[] = {core::KeyValueVerb::set, core::KeyValueVerb::get,
                                                   core::KeyValueVerb::remove,
                                                   core::KeyValueVerb::probe};

inline void check_whole(const core::KeyValueProtocol &protocol, const WholeReply &row) {
  const auto scan = protocol.scan(row.verb, row.text);
  const std::string told(row.text);
  CHECK_TRUE_TEXT(scan.state == core::ReplyScan::State::whole, told.c_str());
  CHECK_TRUE_TEXT(scan.reply.outcome == row.outcome, told.c_str());
  CHECK_TRUE(std::string(scan.reply.value.begin(), scan.reply.value.end()) == row.value);
  CHECK_EQUAL(row.outcome == core::KeyValueOutcome::refused, !scan.reply.reason.empty());
}

inline void check_beginnings(const core::KeyValueProtocol &protocol, const WholeReply &row) {
  for (std::size_t size = 0; size < row.text.size(); size++) {
    const std::string told(row.text.substr(0, size));
    const auto scan = protocol.scan(row.verb, told);
    CHECK_TRUE_TEXT(scan.state == core::ReplyScan::State::partial, told.c_str());
  }
}

inline void check_broken(const core::KeyValueProtocol &protocol, std::string_view text) {
  for (const auto verb : kAllVerbs) {
    const auto scan = protocol.scan(verb, text);
    const std::string told(text);
    // One of them may know a beginning, none the whole.
    CHECK_TRUE_TEXT(scan.state == core::ReplyScan::State::broken, told.c_str());
    CHECK_TRUE(scan.reply.outcome == core::KeyValueOutcome::failed);
    CHECK_TRUE(scan.reply.value.empty());
    CHECK_FALSE(scan.reply.reason.empty());
  }
}

}  // namespace mod_tls::test
