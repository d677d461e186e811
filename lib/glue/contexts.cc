// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/contexts.h"

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "core/key_uri.h"
#include "core/policy_builder.h"
#include "core/session_override.h"
#include "core/sscn.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/pass_phrases.h"
#include "glue/policies.h"
#include "glue/privileges.h"
#include "ossl/context_builder.h"
#include "ossl/error_queue.h"
#include "ossl/heap.h"
#include "ossl/protocol_versions.h"
#include "ossl/session_cache.h"
#include "ossl/token_keys.h"
#include "ossl/trust_text.h"
#include "ossl/warm_up.h"

namespace mod_tls::glue {

namespace {

FileStamp stamp_of(const std::string &path) {
  struct stat st {};
  if (::stat(path.c_str(), &st) != 0) return {};
  return {st.st_dev, st.st_ino, st.st_size, st.st_mtim};
}

std::vector<FileStamp> look_at(const std::vector<std::string> &paths) {
  std::vector<FileStamp> stamps;
  stamps.reserve(paths.size());
  for (const std::string &path : paths) stamps.push_back(stamp_of(path));
  return stamps;
}

/// With root privileges only where they are needed: taking them costs more than looking.
std::vector<FileStamp> stamps_of(const core::ServerPolicy &policy) {
  const std::vector<std::string> paths = ossl::watched_files(policy);
  std::vector<FileStamp> stamps = look_at(paths);
  if (std::find(stamps.begin(), stamps.end(), FileStamp{}) == stamps.end()) return stamps;
  const RootPrivileges root;
  return look_at(paths);
}

/// Whether sessions will be forked from this process, and so inherit what it prepares. A session
/// that builds its own context for renewed files prepares nothing for others.
bool is_daemon() {
  return is_master != 0 && ServerType == SERVER_STANDALONE;
}

/// Nobody is asked without a `source`.
ossl::PassPhrases pass_phrases(ossl::PassPhraseSource *source) {
  return {&module_state().pass_phrases, source};
}

core::Result<ossl::BuiltContext> build_warm(const core::ServerPolicy &policy,
                                            ossl::PassPhraseSource *source) {
  auto built = ossl::build_context(policy, std::time(nullptr), pass_phrases(source));
  if (!built) return built;
  module_state().ticket_keys.apply_to(built->ctx.get());
  if (is_daemon()) ossl::warm_up(built->ctx.get());
  return built;
}

bool has_external_cache(const core::ServerPolicy &policy) {
  return policy.session_cache.kind == core::SessionCachePolicy::Kind::external &&
         module_state().session_caching.in_use();
}

void add_external_cache(ServerContext &context) {
  context.external_cache = has_external_cache(context.policy);
  if (!context.external_cache) return;
  ossl::use_session_cache(context.ctx.get(), module_state().session_caching.client());
  if (!context.policy.session_tickets) ossl::issue_no_tickets(context.ctx.get());
}

bool verifies_servers(const core::ServerPolicy &policy) {
  return core::verify_server_mode(policy.verify_server) != core::VerifyServer::off;
}

/// `known` is what the system trusts, if that has been read before.
core::Result<TrustText> trust_for(const core::ServerPolicy &policy, const TrustText &known) {
  if (!verifies_servers(policy)) return std::make_shared<const ossl::KeptText>(std::string{});
  const bool of_system = ossl::uses_system_trust(policy);
  if (known && of_system) return known;
  auto text = ossl::read_trust_text(policy);
  if (!text) return std::move(text).error();
  // One descriptor for all servers; each with CAs of its own would take one.
  return std::make_shared<const ossl::KeptText>(
      of_system ? ossl::KeptText::in_file(std::move(text).value())
                : ossl::KeptText{std::move(text).value()});
}

/// Stamps are taken before the files are read, so that a change in between is seen next time.
core::Result<ServerContextPtr> build(const core::ServerPolicy &policy,
                                     std::vector<FileStamp> stamps, const TrustText &known_trust,
                                     ossl::PassPhraseSource *source) {
  const RootPrivileges root;
  auto built = build_warm(policy, source);
  if (!built) return std::move(built).error();
  auto trust = trust_for(policy, known_trust);
  if (!trust) return std::move(trust).error();
  for (const std::string &notice : built->notices) log_syslog(PR_LOG_NOTICE, notice);
  auto context = std::make_shared<ServerContext>();
  context->policy = policy;
  context->ctx = std::move(built->ctx);
  context->log_lines = std::move(built->log_lines);
  context->trust_text = std::move(trust).value();
  context->stamps = std::move(stamps);
  add_external_cache(*context);
  context->stapler = module_state().stapling.stapler_for(policy.stapling);
  if (context->stapler) context->stapler->install(context->ctx.get());
  return ServerContextPtr{std::move(context)};
}

void report_unusable(const core::Error &error) {
  const std::string text =
      "changed files cannot be used, keeping the last good ones: " + error.message;
  log_syslog(PR_LOG_WARNING, text);
  tls_log_line(text);
}

void report_protocols(const server_rec *server, const ServerContext &context) {
  const core::ProtocolSet set = ossl::effective_protocols(context.ctx.get());
  log_syslog(PR_LOG_INFO,
             std::string("Server ") + server->ServerName + ": " + core::supporting_text(set));
}

core::ServerLabel label_of(const server_rec *server) {
  const char *address = server->addr != nullptr ? pr_netaddr_get_ipstr(server->addr) : nullptr;
  return {.name = server->ServerName != nullptr ? server->ServerName : "",
          .address = address != nullptr ? address : "",
          .port = static_cast<std::uint16_t>(server->ServerPort)};
}

bool report_findings(const server_rec *server, const core::ServerPolicy &policy) {
  bool usable = true;
  for (const auto &finding : core::cross_check(policy, server_facts(server))) {
    const bool fatal = finding.severity == core::PolicyFinding::Severity::fatal;
    log_syslog(fatal ? PR_LOG_ERR : PR_LOG_NOTICE, finding.text);
    usable = usable && !fatal;
  }
  return usable;
}

}  // namespace

core::Result<ServerContextPtr> ContextStore::obtain(const core::ServerPolicy &policy,
                                                    ossl::PassPhraseSource *source) {
  const bool cached = has_external_cache(policy);
  const auto same = std::find_if(known_.begin(), known_.end(), [&](const auto &known) {
    return known->policy == policy && known->external_cache == cached;
  });
  std::vector<FileStamp> stamps = stamps_of(policy);
  if (same == known_.end()) {
    auto built = build(policy, std::move(stamps), system_trust(), source);
    if (!built) return built;
    known_.push_back(*built);
    return built;
  }
  if ((*same)->stamps == stamps) return *same;
  auto replaced = build(policy, std::move(stamps), (*same)->trust_text, source);
  if (replaced) {
    *same = *replaced;
  } else {
    report_unusable(replaced.error());
    keeps_old_files_ = true;
  }
  return *same;
}

TrustText ContextStore::system_trust() const {
  for (const ServerContextPtr &known : known_) {
    if (verifies_servers(known->policy) && ossl::uses_system_trust(known->policy)) {
      return known->trust_text;
    }
  }
  return {};
}

core::Status ContextStore::rebuild() {
  module_state().pass_phrases.retry();
  keeps_old_files_ = false;
  PassPhraseAsker asker(server_policy(main_server).pass_phrase_provider);
  std::map<unsigned int, ServerContextPtr> fresh;
  std::string faults;
  for (server_rec *s : all_servers()) {
    const core::ServerPolicy policy = server_policy(s);
    if (!policy.engine) continue;
    if (!report_findings(s, policy)) {
      faults += std::string(faults.empty() ? "" : "; ") + "see above for server " + s->ServerName;
      continue;
    }
    asker.set_server(label_of(s));
    auto context = obtain(policy, &asker);
    if (context) {
      report_protocols(s, **context);
      fresh.emplace(s->sid, *context);
      continue;
    }
    faults += (faults.empty() ? "server " : "; server ") + std::string(s->ServerName) + ": " +
              context.error().message;
  }
  if (!faults.empty()) return core::Error{core::Errc::unusable, faults};
  by_server_ = std::move(fresh);
  std::erase_if(known_, [](const auto &known) { return known.use_count() == 1; });
  std::erase_if(refused_, [this](const auto &refused) {
    return std::ranges::find(known_, refused.first, &ServerContextPtr::get) == known_.end();
  });
  forget_pass_phrases();
  return core::success();
}

void ContextStore::stir_memory() {
  heap_plug_.pull();
}

void ContextStore::settle_memory() {
  ossl::shed_error_texts();
  if (is_daemon()) heap_plug_.renew();
  ossl::release_free_memory();
}

void ContextStore::forget_pass_phrases() const {
  std::vector<std::string> files;
  for (const ServerContextPtr &known : known_) {
    for (const auto &[kind, credential] : core::configured_credentials(known->policy)) {
      files.push_back(credential.key_file());
    }
  }
  module_state().pass_phrases.keep_only(files);
}

bool ContextStore::refresh() {
  bool changed = false;
  for (ServerContextPtr &known : known_) {
    const ServerContextPtr old = known;
    known = current(old);
    if (known == old) continue;
    refused_.erase(old.get());
    changed = true;
    for (auto &[sid, context] : by_server_) {
      if (context == old) context = known;
    }
  }
  return changed;
}

void ContextStore::refuse(const ServerContext &kept, std::vector<FileStamp> stamps,
                          const core::Error &why) {
  report_unusable(why);
  refused_.insert_or_assign(&kept, std::move(stamps));
}

ServerContextPtr ContextStore::current(const ServerContextPtr &context) {
  std::vector<FileStamp> stamps = stamps_of(context->policy);
  if (stamps == context->stamps) return context;
  const auto refused = refused_.find(context.get());
  if (refused != refused_.end() && refused->second == stamps) return context;
  auto replaced = build(context->policy, stamps, context->trust_text, nullptr);
  if (replaced) return *replaced;
  refuse(*context, std::move(stamps), replaced.error());
  return context;
}

ServerContextPtr ContextStore::find(const server_rec *server) const {
  const auto found = by_server_.find(server->sid);
  return found == by_server_.end() ? nullptr : found->second;
}

core::Status reopen_token_keys(const ServerContext &context) {
  const auto in_token = [](const auto &source) { return core::is_token_uri(source.files.key); };
  if (!std::ranges::any_of(core::configured_credentials(context.policy), in_token)) {
    return core::success();
  }
  if (session.user != nullptr) {
    return core::Error{core::Errc::not_permitted,
                       "a key in a token cannot be opened after the login (TLSOptions "
                       "AllowPerUser); put the key into a file"};
  }
  const RootPrivileges root;
  return ossl::reopen_token_keys(context.ctx.get(), context.policy, pass_phrases(nullptr));
}

core::Result<ServerContextPtr> context_for(const ServerContextPtr &context,
                                           const core::ServerPolicy &policy) {
  if (!core::needs_other_context(context->policy, policy)) return context;
  return build(policy, stamps_of(policy), context->trust_text, nullptr);
}

}  // namespace mod_tls::glue
