// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/directives.h"

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "core/directive_table.h"
#include "glue/callback_guard.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/policies.h"
#include "glue/privileges.h"
#include "glue/session_caching.h"
#include "glue/stapling.h"
#include "ossl/file_check.h"

namespace mod_tls::glue {

namespace {

int host_contexts(std::uint8_t contexts) {
  constexpr std::pair<core::Contexts, int> kMap[] = {
      {core::kServer, CONF_ROOT},   {core::kVirtualHost, CONF_VIRTUAL},
      {core::kGlobal, CONF_GLOBAL}, {core::kAnonymous, CONF_ANON},
      {core::kDirectory, CONF_DIR}, {core::kFtpaccess, CONF_DYNDIR},
  };
  int result = 0;
  for (const auto &[ours, theirs] : kMap) {
    if ((contexts & ours) != 0) result |= theirs;
  }
  return result;
}

int host_flags(core::Merge merge) {
  switch (merge) {
    case core::Merge::plain:
      return 0;
    case core::Merge::multi:
      return CF_MULTI;
    case core::Merge::descend:
      return CF_MERGEDOWN;
  }
  return 0;
}

std::vector<std::string_view> words_of(const cmd_rec *cmd) {
  std::vector<std::string_view> words;
  for (unsigned int i = 1; i < cmd->argc; i++) {
    words.emplace_back(static_cast<const char *>(cmd->argv[i]));
  }
  return words;
}

modret_t *refuse(cmd_rec *cmd, const core::Error &error) {
  CONF_ERROR(cmd, pstrdup(cmd->tmp_pool, error.message.c_str()));
}

/// Tries the value against files and library; notices go to syslog, errors to the caller.
core::Status try_value(const core::DirectiveSpec &spec, const core::EditValue &value) {
  if (spec.check == core::FileCheck::none) return core::success();
  const RootPrivileges root;
  auto finding = ossl::check_value(spec.check, value, std::time(nullptr));
  if (!finding) return std::move(finding).error();
  for (const std::string &notice : finding->notices) log_syslog(PR_LOG_NOTICE, notice);
  return core::success();
}

modret_t *set_directive(cmd_rec *cmd) {
  const core::DirectiveSpec *spec = core::find_directive(static_cast<const char *>(cmd->argv[0]));
  if (spec == nullptr) return PR_DECLINED(cmd);
  CHECK_CONF(cmd, host_contexts(spec->contexts))
  const std::vector<std::string_view> words = words_of(cmd);
  auto value = spec->parse(words);
  if (!value) return refuse(cmd, value.error());
  if (auto status = try_value(*spec, *value); !status) return refuse(cmd, status.error());
  if (const auto *cache = std::get_if<core::SessionCachePolicy>(&*value)) {
    if (auto status = check_session_cache(*cache); !status) return refuse(cmd, status.error());
  }
  if (const auto *cache = std::get_if<core::StaplingCachePolicy>(&*value)) {
    if (auto status = check_stapling_cache(*cache); !status) return refuse(cmd, status.error());
  }
  if (spec->id == core::Directive::options) {
    const std::string notice = core::ignored_options_notice(words);
    if (!notice.empty()) log_syslog(PR_LOG_NOTICE, notice);
  }
  const auto address = resolve(cmd, *spec, words);
  if (!address) return refuse(cmd, address.error());
  config_rec *record = store_record(cmd, *spec, *value, words, *address);
  record->flags |= host_flags(spec->merge);
  return PR_HANDLED(cmd);
}

modret_t *take_directive(cmd_rec *cmd) {
  return module_state().faults.collect(cmd, set_directive(cmd));
}

}  // namespace

conftable *directive_conftable() {
  // The host keeps pointers to the rows and writes the owning module into them.
  static std::vector<conftable> rows = [] {  // NOLINT(lazy-global): built before any fork
    std::vector<conftable> table;
    for (const core::DirectiveSpec &spec : core::directive_table()) {
      table.push_back(
          {const_cast<char *>(spec.name.data()), guarded_handler<take_directive>, nullptr});
    }
    table.push_back({nullptr, nullptr, nullptr});
    return table;
  }();
  return rows.data();
}

}  // namespace mod_tls::glue
