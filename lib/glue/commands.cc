// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/commands.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/clear_channel.h"
#include "core/control_security.h"
#include "core/sscn.h"
#include "glue/callback_guard.h"
#include "glue/control_start.h"
#include "glue/diagnostics.h"
#include "glue/log.h"
#include "glue/module_state.h"

namespace mod_tls::glue {

namespace {

std::vector<std::string_view> arguments(const cmd_rec *cmd) {
  std::vector<std::string_view> words;
  for (unsigned int i = 1; i < cmd->argc; i++) {
    words.emplace_back(static_cast<const char *>(cmd->argv[i]));
  }
  return words;
}

std::string code_text(const core::Decision &decision) {
  return std::to_string(decision.code);
}

/// Adds the decided reply; positive ones complete the command, others fail it.
modret_t *answer(cmd_rec *cmd, const core::Decision &decision) {
  if (decision.code == 0) return PR_DECLINED(cmd);
  const std::string code = code_text(decision);
  if (!decision.trace.empty()) trace_line(kTraceFailures, decision.trace);
  if (decision.code < 400) {
    pr_response_add(code.c_str(), "%s", decision.text.c_str());
    return PR_HANDLED(cmd);
  }
  pr_response_add_err(code.c_str(), "%s", decision.text.c_str());
  pr_cmd_set_errno(cmd, EPERM);
  errno = EPERM;
  return PR_ERROR(cmd);
}

bool other_module_handles(const char *command) {
  int index = -1;
  unsigned int hash = 0;
  void *previous = nullptr;
  while (auto *row = static_cast<cmdtable *>(
             pr_stash_get_symbol2(PR_SYM_CMD, command, previous, &index, &hash))) {
    previous = row;
    if (row->cmd_type == CMD && row->m != nullptr && row->m != &tls_module) return true;
  }
  return false;
}

modret_t *start_tls(cmd_rec *cmd, TlsSession &tls, const core::Decision &decision) {
  const bool with_data = decision.effect == core::Effect::start_tls_and_protect_data;
  pr_response_send(code_text(decision).c_str(), "%s", decision.text.c_str());
  discard_pipelined();
  guarded_or_end([&] {
    start_control(tls, with_data ? "SSL/TLS-P negotiation failed on control channel"
                                 : "TLS/TLS-C negotiation failed on control channel");
  });
  if (with_data) {
    protect_data_unasked(tls);
  } else {
    pr_event_generate("mod_tls.ctrl-handshake", session.c);
  }
  return PR_HANDLED(cmd);
}

modret_t *clear_control(cmd_rec *cmd, TlsSession &tls, const core::Decision &decision) {
  tls.supply_for_good();
  pr_response_send(code_text(decision).c_str(), "%s", decision.text.c_str());
  tls.clear_control();
  return PR_HANDLED(cmd);
}

void log_lines(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    tls_log_line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

modret_t *perform(cmd_rec *cmd, TlsSession &tls, const core::Decision &decision) {
  log_lines(decision.log);
  switch (decision.effect) {
    case core::Effect::none:
      return answer(cmd, decision);
    case core::Effect::decline:
      return other_module_handles(static_cast<const char *>(cmd->argv[0])) ? PR_DECLINED(cmd)
                                                                           : answer(cmd, decision);
    case core::Effect::start_tls:
    case core::Effect::start_tls_and_protect_data:
      return start_tls(cmd, tls, decision);
    case core::Effect::protect_data:
      tls.set_data_protected(true);
      return answer(cmd, decision);
    case core::Effect::clear_data:
      tls.set_data_protected(false);
      return answer(cmd, decision);
    case core::Effect::become_data_client:
      tls.set_data_client(true);
      return answer(cmd, decision);
    case core::Effect::become_data_server:
      tls.set_data_client(false);
      return answer(cmd, decision);
    case core::Effect::clear_control:
      return clear_control(cmd, tls, decision);
  }
  return PR_DECLINED(cmd);
}

/// Whether a <Limit> section refuses this command to this user.
bool limit_denies(cmd_rec *cmd) {
  if (dir_check(cmd->tmp_pool, cmd, cmd->group, session.vwd, nullptr) != 0) return false;
  pr_log_debug(DEBUG8, "%s %s denied by <Limit> configuration",
               static_cast<const char *>(cmd->argv[0]), cmd->arg != nullptr ? cmd->arg : "");
  return true;
}

}  // namespace

modret_t *on_auth(cmd_rec *cmd) {
  auto &tls = module_state().session;
  if (!tls) return PR_DECLINED(cmd);
  return perform(cmd, *tls, core::decide_auth(tls->state(), tls->rules(), arguments(cmd)));
}

modret_t *on_ccc(cmd_rec *cmd) {
  auto &tls = module_state().session;
  if (!tls) return PR_DECLINED(cmd);
  core::SecurityRules rules = tls->rules();
  rules.limit_denies = limit_denies(cmd);
  return perform(cmd, *tls, core::decide_ccc(tls->state(), rules, arguments(cmd)));
}

modret_t *on_pbsz(cmd_rec *cmd) {
  auto &tls = module_state().session;
  if (!tls) return PR_DECLINED(cmd);
  return perform(cmd, *tls, core::decide_pbsz(tls->state(), arguments(cmd)));
}

modret_t *on_prot(cmd_rec *cmd) {
  auto &tls = module_state().session;
  if (!tls) return PR_DECLINED(cmd);
  core::SecurityRules rules = tls->rules();
  rules.limit_denies = limit_denies(cmd);
  return perform(cmd, *tls, core::decide_prot(tls->state(), rules, arguments(cmd)));
}

modret_t *on_sscn(cmd_rec *cmd) {
  auto &tls = module_state().session;
  if (!tls) return PR_DECLINED(cmd);
  core::SecurityRules rules = tls->rules();
  rules.limit_denies = limit_denies(cmd);
  return perform(cmd, *tls, core::decide_sscn(tls->state(), rules, arguments(cmd)));
}

}  // namespace mod_tls::glue
