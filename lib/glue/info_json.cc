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
  return object;
}

pr_json_object_t *server(const JsonPool &json, const core::ServerReport &report) {
  pr_json_object_t *object = json.object();
  json.set(object, "name", report.name);
  json.set(object, "address", report.address);
  pr_json_object_set_bool(json.get(), object, "engine", report.engine ? TRUE : FALSE);
  pr_json_array_t *certificates = json.array();
  for (const auto &each : report.certificates) {
    pr_json_array_append_object(json.get(), certificates, certificate(json, each));
  }
  pr_json_object_set_array(json.get(), object, "certificates", certificates);
  pr_json_object_set_object(json.get(), object, "policy", fields(json, report.policy));
  return object;
}

pr_json_object_t *cache(const JsonPool &json, const core::CacheReport &report) {
  pr_json_object_t *object = json.object();
  json.set(object, "directive", report.directive);
  json.set(object, "provider", report.provider);
  pr_json_object_set_object(json.get(), object, "status", fields(json, report.status));
  return object;
}

}  // namespace

std::vector<std::string> json_lines(const core::InfoReport &report) {
  const JsonPool json;
  pr_json_object_t *document = json.object();
  json.set(document, "version", report.version);
  json.set(document, "library", report.library);
  pr_json_array_t *servers = json.array();
  for (const auto &each : report.servers) {
    pr_json_array_append_object(json.get(), servers, server(json, each));
  }
  pr_json_object_set_array(json.get(), document, "servers", servers);
  pr_json_array_t *caches = json.array();
  for (const auto &each : report.caches) {
    pr_json_array_append_object(json.get(), caches, cache(json, each));
  }
  pr_json_object_set_array(json.get(), document, "caches", caches);

  const char *text = pr_json_object_to_text(json.get(), document, "  ");
  std::istringstream stream(text != nullptr ? text : "");
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace mod_tls::glue
