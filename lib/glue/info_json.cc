// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <sstream>

#include "glue/info_report.h"
#include "glue/proftpd.h"

extern "C" {
#include <json.h>
}

namespace mod_tls::glue {

namespace {

/// A line of an answer is cut at 1023 bytes, which would leave no JSON.
constexpr std::size_t kLongestValue = 900;

/// JsonPool is the memory of one document.
class JsonPool {
 public:
  JsonPool() : pool_(make_sub_pool(permanent_pool)) { pr_pool_tag(pool_, "mod_tls info"); }
  JsonPool(const JsonPool &) = delete;
  JsonPool &operator=(const JsonPool &) = delete;
  ~JsonPool() { destroy_pool(pool_); }

  [[nodiscard]] pool *get() const { return pool_; }
  [[nodiscard]] pr_json_object_t *object() const { return pr_json_object_alloc(pool_); }
  [[nodiscard]] pr_json_array_t *array() const { return pr_json_array_alloc(pool_); }

  void set(pr_json_object_t *object, const char *key, const std::string &value) const {
    pr_json_object_set_string(pool_, object, key, value.substr(0, kLongestValue).c_str());
  }
  void set(pr_json_object_t *object, const char *key, std::int64_t value) const {
    pr_json_object_set_number(pool_, object, key, static_cast<double>(value));
  }

 private:
  pool *pool_;
};

pr_json_object_t *fields(const JsonPool &json, const std::vector<core::ReportField> &list) {
  pr_json_object_t *object = json.object();
  for (const core::ReportField &field : list) json.set(object, field.name.c_str(), field.value);
  return object;
}

pr_json_object_t *certificate(const JsonPool &json, const core::CertificateReport &report) {
  pr_json_object_t *object = json.object();
  json.set(object, "type", report.type);
  json.set(object, "subject", report.subject);
  json.set(object, "not_after", report.not_after);
  json.set(object, "days_left", report.days_left);
  const std::string problem = core::prospect_text(report.prospect);
  if (!problem.empty()) json.set(object, "staple_problem", problem);
  if (!report.prospect.verdict.empty()) json.set(object, "staple_says", report.prospect.verdict);
  if (report.prospect.asked_in) json.set(object, "staple_next", *report.prospect.asked_in);
  if (!report.staple) return object;
  json.set(object, "staple_age", report.staple->age);
  json.set(object, "staple_left", report.staple->left);
  return object;
}

pr_json_object_t *ticket_key(const JsonPool &json, const core::TicketKeyReport &report) {
  pr_json_object_t *object = json.object();
  json.set(object, "age", report.age);
  json.set(object, "left", report.left);
  pr_json_object_set_bool(json.get(), object, "seals", report.seals ? TRUE : FALSE);
  return object;
}

template <class Each, class Make>
void set_list(const JsonPool &json, pr_json_object_t *object, const char *key,
              const std::vector<Each> &list, const Make &make) {
  pr_json_array_t *array = json.array();
  for (const Each &each : list) pr_json_array_append_object(json.get(), array, make(json, each));
  pr_json_object_set_array(json.get(), object, key, array);
}

pr_json_object_t *server(const JsonPool &json, const core::ServerReport &report) {
  pr_json_object_t *object = json.object();
  json.set(object, "name", report.name);
  json.set(object, "address", report.address);
  pr_json_object_set_bool(json.get(), object, "engine", report.engine ? TRUE : FALSE);
  pr_json_object_set_bool(json.get(), object, "stapling", report.stapling ? TRUE : FALSE);
  set_list(json, object, "certificates", report.certificates, certificate);
  pr_json_object_set_object(json.get(), object, "policy", fields(json, report.policy));
  return object;
}

pr_json_object_t *cache(const JsonPool &json, const core::CacheReport &report) {
  pr_json_object_t *object = json.object();
  json.set(object, "directive", report.directive);
  json.set(object, "provider", report.provider);
  const core::CacheCounters counters = core::counters_in(report.status);
  if (counters.hits) json.set(object, "hits", *counters.hits);
  if (counters.misses) json.set(object, "misses", *counters.misses);
  if (counters.errors) json.set(object, "errors", *counters.errors);
  pr_json_object_set_object(json.get(), object, "status", fields(json, report.status));
  return object;
}

}  // namespace

std::vector<std::string> json_lines(const core::InfoReport &report) {
  const JsonPool json;
  pr_json_object_t *document = json.object();
  json.set(document, "version", report.version);
  json.set(document, "library", report.library);
  set_list(json, document, "servers", report.servers, server);
  set_list(json, document, "ticket_keys", report.ticket_keys, ticket_key);
  set_list(json, document, "caches", report.caches, cache);

  const char *text = pr_json_object_to_text(json.get(), document, "  ");
  std::istringstream stream(text != nullptr ? text : "");
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace mod_tls::glue
