// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_words.h"

#include <string>

#include "core/ascii.h"
#include "core/boolean.h"

namespace mod_tls::glue {

namespace {

std::string kept_name(std::string_view directive) {
  return "mod_tls: " + std::string(directive);
}

}  // namespace

modret_t *keep_words(cmd_rec *cmd, CheckWords check) {
  CHECK_CONF(cmd, CONF_ROOT | CONF_VIRTUAL | CONF_GLOBAL)
  std::vector<std::string_view> words;
  for (unsigned int i = 1; i < cmd->argc; i++) {
    words.emplace_back(static_cast<const char *>(cmd->argv[i]));
  }
  if (const core::Status status = check(words); !status) {
    CONF_ERROR(cmd, pstrdup(cmd->tmp_pool, status.error().message.c_str()));
  }
  const std::string name = kept_name(static_cast<const char *>(cmd->argv[0]));
  config_rec *record = add_config_param(pstrdup(cmd->server->pool, name.c_str()), 1, nullptr);
  record->argc = static_cast<unsigned int>(words.size());
  record->argv = static_cast<void **>(pcalloc(record->pool, (words.size() + 1) * sizeof(void *)));
  for (unsigned int i = 0; i < record->argc; i++) {
    record->argv[i] = pstrdup(record->pool, static_cast<const char *>(cmd->argv[i + 1]));
  }
  return PR_HANDLED(cmd);
}

std::optional<std::vector<std::string_view>> kept_words(std::string_view directive) {
  const config_rec *record =
      find_config(main_server->conf, CONF_PARAM, kept_name(directive).c_str(), FALSE);
  if (record == nullptr) return {};
  std::vector<std::string_view> words;
  for (unsigned int i = 0; i < record->argc; i++) {
    words.emplace_back(static_cast<const char *>(record->argv[i]));
  }
  return words;
}

core::Result<bool> parse_switch(std::span<const std::string_view> words) {
  if (words.size() != 1) return core::Error{core::Errc::bad_syntax, "wrong number of parameters"};
  const auto on = core::parse_boolean(words.front());
  if (on) return *on;
  return core::Error{core::Errc::bad_value, core::quoted(words.front()) + " is neither on nor off"};
}

}  // namespace mod_tls::glue
