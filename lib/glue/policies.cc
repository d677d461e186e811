// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/policies.h"

#include <string>

#include "core/ascii.h"
#include "glue/log.h"

namespace mod_tls::glue {

namespace {

constexpr char kFromGlobal[] = "<Global>";
constexpr char kOwn[] = "own";
constexpr char kFromSection[] = "section";

const config_rec *first_record(const xaset_t *set) {
  return set == nullptr ? nullptr : reinterpret_cast<const config_rec *>(set->xas_list);
}

const char *mark_of_origin(const cmd_rec *cmd) {
  if (cmd->config == nullptr) return kOwn;
  return cmd->config->config_type == CONF_GLOBAL ? kFromGlobal : kFromSection;
}

bool is_masquerade(const core::DirectiveSpec &spec) {
  return spec.id == core::Directive::masquerade_address;
}

std::vector<std::string_view> stored_words(const config_rec *record) {
  if (core::find_directive(record->name)->id == core::Directive::engine) {
    return {*static_cast<const unsigned char *>(record->argv[0]) != 0 ? "on" : "off"};
  }
  std::vector<std::string_view> words;
  for (unsigned int i = is_masquerade(*core::find_directive(record->name)) ? 1 : 0;
       i + 1 < record->argc; i++) {
    words.emplace_back(static_cast<const char *>(record->argv[i]));
  }
  return words;
}

core::Origin stored_origin(const config_rec *record) {
  const std::string_view mark = static_cast<const char *>(record->argv[record->argc - 1]);
  if (mark == kFromSection) return core::Origin::section;
  return mark == kFromGlobal ? core::Origin::global : core::Origin::own;
}

std::optional<core::PolicyEdit> edit_of(const config_rec *record) {
  if (record->config_type != CONF_PARAM || record->name == nullptr || record->argc == 0) return {};
  const core::DirectiveSpec *spec = core::find_directive(record->name);
  if (spec == nullptr) return {};
  auto value = core::parse_directive(spec->id, stored_words(record));
  if (!value) return {};  // refused when the configuration was read
  return core::PolicyEdit{spec->id, stored_origin(record), std::move(value).value()};
}

void append_edits(const xaset_t *set, std::vector<core::PolicyEdit> &edits) {
  for (const config_rec *c = first_record(set); c != nullptr; c = c->next) {
    if (auto edit = edit_of(c)) edits.push_back(std::move(*edit));
  }
}

/// Whether a directive exists once per daemon, in the main server's records.
bool is_of_daemon(core::Directive directive) {
  return core::spec_of(directive).contexts == core::kServer;
}

void append_daemon_edits(const server_rec *server, std::vector<core::PolicyEdit> &edits) {
  const auto *main = reinterpret_cast<const server_rec *>(server_list->xas_list);
  if (main == server) return;
  for (const config_rec *c = first_record(main->conf); c != nullptr; c = c->next) {
    auto edit = edit_of(c);
    if (edit && is_of_daemon(edit->directive)) edits.push_back(*edit);
  }
}

bool has_relaxing_section(const xaset_t *set) {
  std::vector<const xaset_t *> todo{set};
  while (!todo.empty()) {
    const config_rec *c = first_record(todo.back());
    todo.pop_back();
    for (; c != nullptr; c = c->next) {
      if (c->config_type != CONF_ANON && c->config_type != CONF_DIR) continue;
      const auto required = section_required(c->subset);
      if (required && !required->auth) return true;
      todo.push_back(c->subset);
    }
  }
  return false;
}

}  // namespace

core::Result<const pr_netaddr_t *> resolve(cmd_rec *cmd, const core::DirectiveSpec &spec,
                                           std::span<const std::string_view> words) {
  if (!is_masquerade(spec)) return nullptr;
  const std::string name{words[0]};
  const pr_netaddr_t *address = pr_netaddr_get_addr2(cmd->tmp_pool, name.c_str(), nullptr,
                                                     PR_NETADDR_GET_ADDR_FL_INCL_DEVICE);
  if (address != nullptr) return address;
  return core::Error{core::Errc::not_found,
                     "unable to resolve \"" + core::printable(name) +
                         "\" (allowed: an IP address, a host name or a network device)"};
}

config_rec *store_record(cmd_rec *cmd, const core::DirectiveSpec &spec,
                         const core::EditValue &value, std::span<const std::string_view> words,
                         const pr_netaddr_t *address) {
  config_rec *record = add_config_param(spec.name.data(), 0);
  const bool engine = spec.id == core::Directive::engine;
  const std::size_t first = address != nullptr ? 1 : 0;
  const std::size_t kept = engine ? 1 : first + words.size();
  record->argc = static_cast<unsigned int>(kept + 1);
  record->argv = static_cast<void **>(pcalloc(record->pool, (kept + 2) * sizeof(void *)));
  if (address != nullptr) record->argv[0] = pr_netaddr_dup(record->pool, address);
  for (std::size_t i = first; i < kept && !engine; i++) {
    const std::string_view word = words[i - first];
    record->argv[i] = pstrndup(record->pool, word.data(), word.size());
  }
  if (engine) {
    auto *flag = static_cast<unsigned char *>(pcalloc(record->pool, 1));
    *flag = std::get<bool>(value) ? TRUE : FALSE;
    record->argv[0] = flag;
  }
  record->argv[kept] = pstrdup(record->pool, mark_of_origin(cmd));
  return record;
}

std::vector<server_rec *> all_servers() {
  std::vector<server_rec *> servers;
  for (auto *s = reinterpret_cast<server_rec *>(server_list->xas_list); s != nullptr; s = s->next) {
    servers.push_back(s);
  }
  return servers;
}

core::ServerPolicy server_policy(const server_rec *server) {
  std::vector<core::PolicyEdit> edits;
  append_edits(server->conf, edits);
  append_daemon_edits(server, edits);
  return core::build_policy(edits);
}

std::vector<core::EditValue> values_of(const server_rec *server, core::Directive directive) {
  std::vector<core::EditValue> values;
  for (const config_rec *c = first_record(server->conf); c != nullptr; c = c->next) {
    auto edit = edit_of(c);
    if (edit && edit->directive == directive) values.push_back(std::move(edit->value));
  }
  return values;
}

std::optional<core::RequiredPolicy> section_required(xaset_t *section) {
  const auto name = core::spec_of(core::Directive::required).name;
  const config_rec *record = find_config(section, CONF_PARAM, name.data(), FALSE);
  if (record == nullptr) return {};
  const auto edit = edit_of(record);
  if (!edit) return {};
  return std::get<core::RequiredPolicy>(edit->value);
}

core::ServerFacts server_facts(const server_rec *server) {
  return {.name = server->ServerName != nullptr ? server->ServerName : "",
          .has_session_overrides = pr_module_exists("mod_ifsession.c") == TRUE,
          .has_relaxing_section = has_relaxing_section(server->conf),
          .reverse_dns = ServerUseReverseDNS != FALSE};
}

}  // namespace mod_tls::glue
