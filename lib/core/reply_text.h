// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mod_tls::core {

/// One placeholder of a reply or log text, braces included, and what stands in its place.
struct TextField {
  std::string_view placeholder;  ///< "{arg}"
  std::string value;
};

/// `pattern` with every placeholder replaced. Values come from clients: what is filled in is not
/// looked at again, and control characters in it become '?', so that none can forge a line.
[[nodiscard]] std::string fill_in(std::string_view pattern, std::span<const TextField> fields);

/// The words with `separator` between them.
[[nodiscard]] std::string join(std::span<const std::string_view> words, std::string_view separator);

}  // namespace mod_tls::core
