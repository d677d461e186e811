// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/reply_line.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kShown = 60;

ReplyScan whole(KeyValueReply reply) {
  return {ReplyScan::State::whole, std::move(reply)};
}

}  // namespace

std::optional<ReplyLine> first_line(std::string_view received) {
  const std::size_t end = received.substr(0, kLongestReplyLine + kLineEnd.size()).find(kLineEnd);
  if (end == std::string_view::npos) return {};
  return ReplyLine{received.substr(0, end), received.substr(end + kLineEnd.size())};
}

ReplyScan partial_reply() {
  return {ReplyScan::State::partial, {}};
}

ReplyScan broken_reply(std::string_view received) {
  return {ReplyScan::State::broken,
          {KeyValueOutcome::failed,
           {},
           "its answer makes no sense: " + quoted(received.substr(0, kShown))}};
}

ReplyScan whole_reply(const ReplyLine &line, KeyValueOutcome outcome) {
  if (!line.rest.empty()) return broken_reply(line.line);
  return whole({outcome, {}, {}});
}

ReplyScan refusal(const ReplyLine &line) {
  if (!line.rest.empty()) return broken_reply(line.line);
  return whole({KeyValueOutcome::refused, {}, "it says " + quoted(line.line)});
}

std::string without_password(std::string reason, std::string_view password) {
  constexpr std::string_view kMask = "***";
  const std::string shown = printable(password);
  if (shown.empty()) return reason;
  for (std::size_t at = reason.find(shown); at != std::string::npos;
       at = reason.find(shown, at + kMask.size())) {
    reason.replace(at, shown.size(), kMask);
  }
  return reason;
}

ReplyScan value_reply(std::string_view rest, std::size_t size, std::string_view end) {
  const std::size_t total = size + end.size();
  if (rest.size() > total) return broken_reply(rest.substr(total));
  // What is there of the end must be its beginning.
  const std::string_view behind = rest.substr(std::min(size, rest.size()));
  if (!end.starts_with(behind)) return broken_reply(behind);
  if (rest.size() < total) return partial_reply();
  const std::string_view value = rest.substr(0, size);
  return whole({KeyValueOutcome::done, {value.begin(), value.end()}, {}});
}

ReplyScan unfinished_line(std::string_view received) {
  return received.size() < kLongestReplyLine + kLineEnd.size() ? partial_reply()
                                                               : broken_reply(received);
}

std::optional<KeyValueOutcome> plain_outcome(std::span<const PlainAnswer> answers,
                                             KeyValueVerb verb, std::string_view line) {
  for (const PlainAnswer &answer : answers) {
    if (answer.verb == verb && answer.line == line) return answer.outcome;
  }
  return {};
}

std::optional<std::size_t> parse_value_size(std::string_view digits) {
  std::size_t size = 0;
  const char *end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, size);
  if (error != std::errc{} || stopped != end || size > kLargestValue) return {};
  return size;
}

}  // namespace mod_tls::core
