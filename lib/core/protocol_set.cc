// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/protocol_set.h"

#include <algorithm>
#include <iterator>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

struct ProtocolWord {
  std::string_view word;
  Protocol protocol;
};

constexpr ProtocolWord kWords[] = {
    {"SSLv3", Protocol::sslv3},     {"TLSv1", Protocol::tlsv1},     {"TLSv1.0", Protocol::tlsv1},
    {"TLSv1.1", Protocol::tlsv1_1}, {"TLSv1.2", Protocol::tlsv1_2}, {"TLSv1.3", Protocol::tlsv1_3},
};

constexpr ProtocolSet kEverything{Protocol::sslv3, Protocol::tlsv1, Protocol::tlsv1_1,
                                  Protocol::tlsv1_2, Protocol::tlsv1_3};

Error unknown_protocol(std::string_view word, std::string_view allowed) {
  return {Errc::bad_value, "unknown protocol: " + quoted(word) + " (allowed: " +
                               std::string(allowed) + "SSLv3, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3)"};
}

const ProtocolWord *find_word(std::string_view word) {
  const auto *found = std::find_if(std::begin(kWords), std::end(kWords), [&](const auto &row) {
    return equal_ignoring_case(row.word, word);
  });
  return found == std::end(kWords) ? nullptr : found;
}

Result<ProtocolSet> parse_list(std::span<const std::string_view> words) {
  ProtocolSet set;
  for (const std::string_view word : words) {
    if (equal_ignoring_case(word, "SSLv23")) {
      set = kEverything;
      continue;
    }
    const ProtocolWord *row = find_word(word);
    if (row == nullptr) return unknown_protocol(word, "ALL as the first word, SSLv23, ");
    set.add(row->protocol);
  }
  return set;
}

Status apply_signed(std::string_view word, ProtocolSet &set) {
  const bool adds = word.starts_with('+');
  if (!adds && !word.starts_with('-')) {
    return Error{Errc::bad_syntax, "missing required +/- prefix: " + printable(word) +
                                       " (after ALL write e.g. -TLSv1 or +TLSv1.3)"};
  }
  const ProtocolWord *row = find_word(word.substr(1));
  if (row == nullptr) return unknown_protocol(word, "+ or - with one of ");
  if (!adds) {
    set.remove(row->protocol);
    return success();
  }
  set.add(row->protocol);
  return success();
}

Result<ProtocolSet> parse_changes(std::span<const std::string_view> words) {
  ProtocolSet set = kEverything;
  for (const std::string_view word : words) {
    if (Status status = apply_signed(word, set); !status) return std::move(status).error();
  }
  if (set.empty()) {
    return Error{Errc::bad_value, "no protocol left after removing all of ALL (keep at least one)"};
  }
  return set;
}

}  // namespace

bool ProtocolSet::has_gap() const {
  if (empty()) return false;
  const auto *first = std::find(std::begin(kAllProtocols), std::end(kAllProtocols), lowest());
  const auto *last = std::find(first, std::end(kAllProtocols), highest());
  return !std::all_of(first, last, [this](Protocol p) { return contains(p); });
}

Protocol ProtocolSet::lowest() const {
  return *std::find_if(std::begin(kAllProtocols), std::prev(std::end(kAllProtocols)),
                       [this](Protocol p) { return contains(p); });
}

Protocol ProtocolSet::highest() const {
  return *std::find_if(std::rbegin(kAllProtocols), std::prev(std::rend(kAllProtocols)),
                       [this](Protocol p) { return contains(p); });
}

std::string_view protocol_name(Protocol p) {
  switch (p) {
    case Protocol::sslv3:
      return "SSLv3";
    case Protocol::tlsv1:
      return "TLSv1";
    case Protocol::tlsv1_1:
      return "TLSv1.1";
    case Protocol::tlsv1_2:
      return "TLSv1.2";
    case Protocol::tlsv1_3:
      return "TLSv1.3";
  }
  return "unknown";
}

Result<ProtocolSet> parse_protocols(std::span<const std::string_view> words) {
  if (words.empty()) return Error{Errc::bad_syntax, "wrong number of parameters"};
  if (equal_ignoring_case(words.front(), "ALL")) return parse_changes(words.subspan(1));
  return parse_list(words);
}

std::string to_string(const ProtocolSet &set) {
  std::string text;
  for (const Protocol p : kAllProtocols) {
    if (!set.contains(p)) continue;
    if (!text.empty()) text += ", ";
    text += protocol_name(p);
  }
  return text;
}

std::string supporting_text(const ProtocolSet &set) {
  if (set.empty()) return "supporting no protocol at all";
  const bool one = set.lowest() == set.highest();
  return "supporting " + to_string(set) + (one ? " protocol only" : " protocols");
}

}  // namespace mod_tls::core
