// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/decision_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/ascii.h"
#include "core/reply_text.h"

namespace mod_tls::core::table {

namespace {

using Fields = std::array<TextField, 5>;

/// The host can send and log so much of what a client sent, and more.
constexpr std::size_t kLongestEcho = 256;

Fields fields_of(const Question &question) {
  const std::string word = printable_line(question.first(), kLongestEcho);
  return {{{"{arg}", word},
           {"{ARG}", upper_case(word)},
           {"{args}", printable_line(join(question.args, " "), kLongestEcho)},
           {"{count}", std::to_string(question.args.size())},
           {"{mechanisms}", join(auth_mechanisms(), ", ")}}};
}

int code_of(FailureReason reason) {
  const std::string_view text = failure_row(reason).code;
  int code = 0;
  std::from_chars(text.data(), text.data() + text.size(), code);
  return code;
}

Decision refused(const Row &row, FailureReason reason, const Fields &fields) {
  std::string log = failure_cause(reason, fields);
  if (!row.log.empty()) log += '\n' + fill_in(row.log, fields);
  return {.effect = row.effect,
          .code = code_of(reason),
          .text = failure_reply(reason, fields),
          .log = std::move(log),
          .trace = failure_line(reason, fields)};
}

}  // namespace

bool always(const Question & /*q*/) {
  return true;
}
bool engine_off(const Question &q) {
  return !q.state.engine;
}
bool no_mechanism(const Question &q) {
  return !q.state.engine || !q.state.mechanism;
}
bool control_clear(const Question &q) {
  return !q.state.control_protected;
}
bool control_protected(const Question &q) {
  return q.state.control_protected;
}
bool control_required(const Question &q) {
  return q.rules.required.control;
}
bool data_required(const Question &q) {
  return q.rules.required.data == DataRule::required;
}
bool data_refused(const Question &q) {
  return q.rules.required.data == DataRule::refused;
}
bool no_argument(const Question &q) {
  return q.args.empty();
}
bool not_one_argument(const Question &q) {
  return q.args.size() != 1;
}
bool limit_denies(const Question &q) {
  return q.rules.limit_denies;
}
bool transferring(const Question &q) {
  return q.state.transferring;
}

Decision decide(std::span<const Row> table, const Question &question) {
  const auto row =
      std::ranges::find_if(table, [&](const Row &candidate) { return candidate.when(question); });
  const Fields fields = fields_of(question);
  if (row->reason) return refused(*row, *row->reason, fields);
  return {.effect = row->effect,
          .code = row->code,
          .text = fill_in(row->text, fields),
          .log = fill_in(row->log, fields)};
}

}  // namespace mod_tls::core::table
