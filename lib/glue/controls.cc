// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/controls.h"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/control_request.h"
#include "glue/callback_guard.h"
#include "glue/info_report.h"
#include "glue/module_state.h"
#include "glue/policies.h"

#ifdef PR_USE_CTRLS
extern "C" {
#include <mod_ctrls.h>
}
#endif

namespace mod_tls::glue {

#ifdef PR_USE_CTRLS

namespace {

constexpr char kAction[] = "tls";
using Status = core::ControlStatus;

#ifdef PR_CTRLS_STATUS_INTERNAL_ERROR
static_assert(static_cast<int>(Status::done) == PR_CTRLS_STATUS_OK);
static_assert(static_cast<int>(Status::access_denied) == PR_CTRLS_STATUS_ACCESS_DENIED);
static_assert(static_cast<int>(Status::wrong_parameters) == PR_CTRLS_STATUS_WRONG_PARAMETERS);
static_assert(static_cast<int>(Status::unsupported_operation) ==
              PR_CTRLS_STATUS_UNSUPPORTED_OPERATION);
static_assert(static_cast<int>(Status::internal_error) == PR_CTRLS_STATUS_INTERNAL_ERROR);
#endif

int on_tls(pr_ctrls_t *ctrl, int argc, char **argv) noexcept;

/// One row for each permission, then the one the host needs for the end.
std::vector<ctrls_acttab_t> &acl_table() {
  static std::vector<ctrls_acttab_t> rows;  // NOLINT(lazy-global): filled before any fork
  return rows;
}

/// Rows as nobody may use them, in a pool of their own. The host forgets them at a restart.
void fill_acl_table() {
  pool *memory = make_sub_pool(permanent_pool);
  pr_pool_tag(memory, "mod_tls controls");
  acl_table().clear();
  for (const std::string_view name : core::control_permissions()) {
    auto *acl = static_cast<ctrls_acl_t *>(pcalloc(memory, sizeof(ctrls_acl_t)));
    pr_ctrls_init_acl(acl);
    acl->acl_pool = memory;
    acl_table().push_back({name.data(), "", acl, on_tls});
  }
  acl_table().push_back({nullptr, nullptr, nullptr, nullptr});
}

bool allowed(const pr_ctrls_t *ctrl, std::string_view permission) {
  const std::string name(permission);
  return pr_ctrls_check_acl(ctrl, acl_table().data(), name.c_str()) == TRUE;
}

std::vector<core::ControlsAcl> acl_records() {
  std::vector<core::ControlsAcl> records;
  for (const auto &value : values_of(main_server, core::Directive::controls_acls)) {
    records.push_back(std::get<core::ControlsAcl>(value));
  }
  return records;
}

bool may_do(const pr_ctrls_t *ctrl, const core::ControlRequest &request) {
  if (request.first.empty()) return true;
  if (core::pair_decides(acl_records(), request.both)) return allowed(ctrl, request.both);
  return allowed(ctrl, request.first) && (request.second.empty() || allowed(ctrl, request.second));
}

void answer(pr_ctrls_t *ctrl, const std::string &line) {
  pr_ctrls_add_response(ctrl, "%s", line.c_str());
}

Status refuse(pr_ctrls_t *ctrl, const std::string &line, Status status) {
  answer(ctrl, line);
  return status;
}

Status fail(pr_ctrls_t *ctrl, const core::CacheRequest &request, std::string_view reason) {
  return refuse(ctrl, core::failed_text(request, reason), Status::internal_error);
}

template <class Cache>
Status tell_status(pr_ctrls_t *ctrl, const core::CacheRequest &request, Cache *cache) {
  if (cache == nullptr) {
    answer(ctrl, core::unconfigured_text(request.kind));
    return Status::done;
  }
  const auto lines = cache_status(cache, request.verbose);
  if (!lines) return fail(ctrl, request, lines.error().message);
  for (const std::string &line : *lines) answer(ctrl, line);
  return Status::done;
}

/// Some of several servers may have failed.
template <class Cache>
Status fail_partly(pr_ctrls_t *ctrl, const core::CacheRequest &request, Cache *cache, int error) {
  const Status failed = fail(ctrl, request, core::errno_text(error));
  if (cache == nullptr) return failed;
  const auto status = cache_status(cache, false);
  if (!status) return failed;
  for (const std::string &line : core::missed_lines(*status)) answer(ctrl, line);
  return failed;
}

template <class Cache>
Status clear(pr_ctrls_t *ctrl, const core::CacheRequest &request, Cache *cache) {
  errno = ENOSYS;
  const int count = cache != nullptr ? cache->clear(cache) : -1;
  if (count < 0) return fail_partly(ctrl, request, cache, errno);
  answer(ctrl, core::cleared_text(request.kind, count, cache->cache_name));
  return Status::done;
}

template <class Cache>
Status remove(pr_ctrls_t *ctrl, const core::CacheRequest &request, Cache *cache) {
  errno = ENOSYS;
  if (cache == nullptr || cache->remove(cache) < 0) {
    return fail_partly(ctrl, request, cache, errno);
  }
  answer(ctrl, core::removed_text(request.kind, cache->cache_name));
  return Status::done;
}

template <class Cache>
Status carry_out(pr_ctrls_t *ctrl, const core::CacheRequest &request, Cache *cache) {
  switch (request.action) {
    case core::CacheRequest::Action::info:
      return tell_status(ctrl, request, cache);
    case core::CacheRequest::Action::clear:
      return clear(ctrl, request, cache);
    case core::CacheRequest::Action::remove:
      return remove(ctrl, request, cache);
  }
  return Status::internal_error;
}

/// What answers each kind of request.
struct Responder {
  pr_ctrls_t *ctrl;

  Status operator()(const core::ControlRefusal &refusal) const {
    return refuse(ctrl, refusal.text, refusal.status);
  }
  Status operator()(const core::CacheRequest &request) const {
    ModuleState &state = module_state();
    return request.kind == core::CacheKind::sessions ? on(state.session_caching.client(), request)
                                                     : on(state.stapling.cache(), request);
  }
  /// What has been removed is asked for nothing any more, not even to close.
  template <class Client>
  Status on(Client &client, const core::CacheRequest &request) const {
    const Status outcome = carry_out(ctrl, request, client.provider());
    if (outcome == Status::done && request.action == core::CacheRequest::Action::remove)
      client.forget();
    return outcome;
  }
  Status operator()(const core::InfoRequest &request) const {
    const core::InfoReport report = gather_info();
    const auto lines = request.json ? json_lines(report) : core::to_lines(report);
    for (const std::string &line : lines) answer(ctrl, line);
    return Status::done;
  }
};

int on_tls(pr_ctrls_t *ctrl, int argc, char **argv) noexcept {
  const Status ended = guarded(Status::internal_error, [=] {
    const std::vector<std::string_view> words(argv, argv + argc);
    const core::ControlRequest request = core::parse_control_request(words);
    if (!may_do(ctrl, request)) {
      return refuse(ctrl, "access denied", Status::access_denied);
    }
    return std::visit(Responder{ctrl}, request.what);
  });
  return static_cast<int>(ended);
}

void apply(const core::ControlsAcl &acl) {
  pool *memory = acl_table().front().act_acl->acl_pool;
  std::vector<char *> actions;
  for (const std::string &permission : acl.permissions) {
    actions.push_back(pstrdup(memory, permission.c_str()));
  }
  actions.push_back(nullptr);
  const bool group = acl.subject == core::ControlsAcl::Subject::group;
  const char *bad = nullptr;
  pr_ctrls_set_module_acls2(acl_table().data(), memory, actions.data(),
                            acl.allow ? "allow" : "deny", group ? "group" : "user",
                            pstrdup(memory, acl.names.c_str()), &bad);
}

}  // namespace

void register_controls() {
  fill_acl_table();
  pr_ctrls_register(&tls_module, kAction, "query/tune mod_tls settings", on_tls);
}

void apply_controls_acls() {
  for (const core::ControlsAcl &record : acl_records()) apply(record);
}

#else

void register_controls() {}
void apply_controls_acls() {}

#endif

}  // namespace mod_tls::glue
