// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/decision_table.h"

#include <algorithm>

#include "core/ascii.h"
#include "core/reply_text.h"

namespace mod_tls::core::table {

namespace {

std::string filled(std::string_view pattern, const Question &question) {
  const TextField fields[] = {{"{arg}", std::string{question.first()}},
                              {"{ARG}", upper_case(question.first())},
                              {"{args}", join(question.args, " ")},
                              {"{mechanisms}", join(auth_mechanisms(), ", ")}};
  return fill_in(pattern, fields);
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
  return {.effect = row->effect,
          .code = row->code,
          .text = filled(row->text, question),
          .log = filled(row->log, question)};
}

}  // namespace mod_tls::core::table
