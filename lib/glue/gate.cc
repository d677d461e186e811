// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/gate.h"

#include <string>
#include <string_view>

#include "core/command_target.h"
#include "core/failure_reason.h"
#include "core/required_gate.h"
#include "core/session_override.h"
#include "glue/callback_guard.h"
#include "glue/diagnostics.h"
#include "glue/events.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/netio_data.h"
#include "glue/policies.h"
#include "ossl/heap.h"

namespace mod_tls::glue {

namespace {

std::string_view verb_of(const cmd_rec *cmd) {
  return static_cast<const char *>(cmd->argv[0]);
}

/// Makes the host look up the section of `path`; its TLSRequired, where it has one.
std::optional<core::RequiredPolicy> required_at(cmd_rec *cmd, std::string_view path) {
  const char *text = path.empty() ? session.vwd : pstrndup(cmd->tmp_pool, path.data(), path.size());
  char *best = dir_best_path(cmd->tmp_pool, text);
  if (best == nullptr) return {};
  dir_check(cmd->tmp_pool, cmd, cmd->group, best, nullptr);
  if (session.dir_config == nullptr) return {};
  return section_required(session.dir_config->subset);
}

/// The TLSRequired of where a data command aims. A leading '-' can be an option or a name, which
/// ListOptions and the files there decide: the strictest reading counts.
std::optional<core::RequiredPolicy> target_required(cmd_rec *cmd) {
  const std::string_view argument = cmd->arg != nullptr ? cmd->arg : "";
  const auto read_as = [&](core::OptionWords options) {
    return core::command_target(verb_of(cmd), argument, options);
  };
  auto required = required_at(cmd, read_as(core::OptionWords::letters));
  const std::size_t first = argument.find_first_not_of(' ');
  if (first == std::string_view::npos || argument[first] != '-') return required;
  for (const std::string_view path : {read_as(core::OptionWords::strict), argument}) {
    if (required && required->data == core::DataRule::required) break;
    required = required_at(cmd, path);
  }
  return required;
}

std::string section_name() {
  if (session.dir_config != nullptr) return session.dir_config->name;
  if (session.anon_config != nullptr) return session.anon_config->name;
  return main_server->ServerName;
}

std::optional<core::FailureReason> reason_of(core::GateReason reason) {
  switch (reason) {
    case core::GateReason::allowed:
      return {};
    case core::GateReason::authentication:
      return core::FailureReason::login_in_clear;
    case core::GateReason::control:
      return core::FailureReason::command_in_clear;
    case core::GateReason::data:
      return core::FailureReason::data_in_clear;
    case core::GateReason::directory_data:
      return core::FailureReason::directory_data_in_clear;
  }
  return {};
}

void tell_refusal(core::GateReason reason, std::string_view verb) {
  const core::TextField fields[] = {{"{command}", std::string(verb)},
                                    {"{directory}", section_name()}};
  if (const auto row = reason_of(reason)) refuse(*row, fields);
}

core::GateInput gate_input(const TlsSession &tls, cmd_rec *cmd) {
  core::GateInput input{.command = verb_of(cmd),
                        .server = tls.policy().required,
                        .directory = {},
                        .allow_per_user = tls.policy().options.has(core::Option::allow_per_user),
                        .logged_in = session.user != nullptr,
                        .control_protected = tls.control() != nullptr,
                        .data_protected = tls.data_protected()};
  if (input.logged_in && !input.data_protected && core::is_data_command(input.command)) {
    input.directory = target_required(cmd);
  }
  return input;
}

unsigned long long file_size(cmd_rec *cmd) {
  struct stat st {};
  const char *path = cmd->arg != nullptr ? dir_best_path(cmd->tmp_pool, cmd->arg) : nullptr;
  if (path == nullptr || pr_fsio_stat(path, &st) != 0) return 0;
  return static_cast<unsigned long long>(st.st_size);
}

void prepare_transfer(TlsSession &tls, cmd_rec *cmd) {
  if (!tls.data_protected()) return;
  const std::string_view verb = verb_of(cmd);
  if (verb == "PASV" || verb == "EPSV" || verb == "PORT" || verb == "EPRT") {
    tls.supply_before_transfer();
  } else if (core::is_data_command(verb)) {
    size_transfer_chunk(verb == "RETR" ? file_size(cmd) : 0);
    set_sendfile_allowed(false);
  }
}

[[noreturn]] void disconnect(const char *reason) {
  pr_session_disconnect(&tls_module, PR_SESS_DISCONNECT_CONFIG_ACL, reason);
  std::abort();  // the host does not return from there
}

[[noreturn]] void end_session(const std::string &told, const char *reason) {
  pr_response_send(R_530, "%s", told.c_str());
  disconnect(reason);
}

[[noreturn]] void end_unprotected() {
  end_session(refuse(core::FailureReason::login_unprotected), "TLSRequired");
}

/// The host has sent its 530 already.
[[noreturn]] void end_failed_login() {
  refuse(core::FailureReason::certificate_login_failed);
  disconnect("login with certificate failed");
}

/// The TLSRequired of the <Anonymous> section that the name of a USER command belongs to.
std::optional<core::RequiredPolicy> anonymous_required(cmd_rec *cmd) {
  const char *user = cmd->arg;
  char *real_user = nullptr;
  char *anonymous_user = nullptr;
  const config_rec *section =
      pr_auth_get_anon_config(cmd->tmp_pool, &user, &real_user, &anonymous_user);
  if (section == nullptr || section->config_type != CONF_ANON) return {};
  return section_required(section->subset);
}

/// The Protocols directive names what a login may use; the host itself judges plain ftp only.
bool protocol_allowed(const char *protocol) {
  const config_rec *c = find_config(main_server->conf, CONF_PARAM, "Protocols", FALSE);
  if (c == nullptr) return true;
  const auto *list = static_cast<const array_header *>(c->argv[0]);
  auto *const *names = static_cast<char *const *>(list->elts);
  for (unsigned int i = 0; i < list->nelts; i++) {
    if (std::string_view{names[i]} == protocol) return true;
  }
  return false;
}

}  // namespace

modret_t *before_command(cmd_rec *cmd) {
  guarded_or_end(follow_current_server);
  auto &tls = module_state().session;
  if (!tls) return PR_DECLINED(cmd);
  if (!tls->login_guard().may_begin(verb_of(cmd), session.user != nullptr)) end_failed_login();
  tls->settle_policy();
  tls->follow_renegotiation();
  const core::GateVerdict verdict = core::required_gate(gate_input(*tls, cmd));
  if (verdict.allowed()) {
    prepare_transfer(*tls, cmd);
    return PR_DECLINED(cmd);
  }
  tell_refusal(verdict.reason, verb_of(cmd));
  pr_response_add_err(std::to_string(verdict.code).c_str(), "%s",
                      std::string(verdict.text).c_str());
  pr_cmd_set_errno(cmd, EPERM);
  errno = EPERM;
  return PR_ERROR(cmd);
}

modret_t *after_refused_user([[maybe_unused]] cmd_rec *cmd) {
  const auto &tls = module_state().session;
  if (tls && !tls->login_guard().may_go_on(session.user != nullptr)) end_failed_login();
  return PR_DECLINED(cmd);
}

modret_t *after_user(cmd_rec *cmd) {
  after_refused_user(cmd);  // the host calls it no error if the login has failed
  auto &tls = module_state().session;
  if (!tls || session.user != nullptr || cmd->argc < 2) return PR_DECLINED(cmd);
  const core::RequiredPolicy before = tls->policy().required;
  tls->reload_policy();
  const bool protected_now = tls->control() != nullptr;
  const auto anonymous = anonymous_required(cmd);
  if (core::refused_by_name(before, tls->policy().required, protected_now) ||
      (anonymous && core::refused_by_name({}, *anonymous, protected_now))) {
    end_unprotected();
  }
  return PR_DECLINED(cmd);
}

modret_t *after_login([[maybe_unused]] cmd_rec *cmd) {
  auto &tls = module_state().session;
  if (!tls || session.user == nullptr) return PR_DECLINED(cmd);
  tls->reload_policy();
  module_state().pass_phrases.wipe();  // no key is read after a login
  if (core::login_must_end(tls->policy().required, tls->control() != nullptr)) {
    end_unprotected();
  }
  const char *protocol = pr_session_get_protocol(0);
  if (!protocol_allowed(protocol)) {
    const core::TextField fields[] = {{"{protocol}", protocol}};
    end_session(refuse(core::FailureReason::protocol_denied, fields),
                "Denied by Protocols setting");
  }
  ossl::release_free_memory();  // of the handshake and of the login
  return PR_DECLINED(cmd);
}

}  // namespace mod_tls::glue
