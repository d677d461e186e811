// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/directive_table.h"
#include "words.h"

namespace mod_tls::test {

/// The value in one line of configuration, read as the host would read it.
inline core::Result<core::EditValue> parse_line(std::string_view line) {
  const auto words = split_words(line);
  const core::DirectiveSpec *spec = words.empty() ? nullptr : core::find_directive(words[0]);
  if (spec != nullptr) return core::parse_directive(spec->id, core::Words(words).subspan(1));
  return core::Error{core::Errc::not_found, "no directive: " + std::string(line)};
}

/// The edit that a valid line stands for; an exception fails the test for others.
inline core::PolicyEdit edit_of(std::string_view line, core::Origin origin) {
  core::EditValue value = *parse_line(line);
  return {core::find_directive(split_words(line)[0])->id, origin, std::move(value)};
}

}  // namespace mod_tls::test
