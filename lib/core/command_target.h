// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string_view>

namespace mod_tls::core {

/// How the host reads the options before the path of LIST and NLST (its ListOptions directive).
enum class OptionWords {
  letters,  ///< '-' and the letters and digits behind it; a path may follow without a blank.
  strict,   ///< '-' and everything up to the next blank.
};

/// The path that a data command (`verb` in upper case: RETR, STOR, APPE, STOU, LIST, NLST, MLSD)
/// aims at, inside `argument`, which is everything behind the verb, blanks kept. Empty: the
/// current directory.
///
/// Only LIST and NLST take options and patterns. Options are skipped as the host's mod_ls does it.
/// (It takes an argument of a single word for a path, whatever it begins with, if there is such a
/// file: only the caller can know that.) Of a path with a pattern in it, the result is the longest
/// leading directory without one.
[[nodiscard]] std::string_view command_target(std::string_view verb, std::string_view argument,
                                              OptionWords options = OptionWords::letters);

}  // namespace mod_tls::core
