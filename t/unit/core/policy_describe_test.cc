// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Golden tests: what a configuration comes to, as text. Each t/golden/NAME.conf holds lines of
// directives, those between <Global> and </Global> as such; NAME.policy is what describe() says.
// MOD_TLS_WRITE_GOLDEN=1 in the environment writes the .policy files anew, to be looked at and
// committed: MOD_TLS_WRITE_GOLDEN=1 obj/unit/core/run -g PolicyDescribe
// MOD_TLS_TEST_DATA is the folder t/; without it, it is found beside this source.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config_line.h"
#include "core/directive_table.h"
#include "core/policy_builder.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using mod_tls::test::edit_of;

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path &path) {
  const std::ifstream file(path);
  CHECK_TRUE_TEXT(file.good(), path.c_str());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Puts the lines of <Global> last, as the host does.
std::vector<PolicyEdit> edits_of(const std::string &conf) {
  std::vector<PolicyEdit> edits;
  Origin origin = Origin::own;
  std::istringstream lines(conf);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line == "<Global>" || line == "</Global>") {
      origin = line == "<Global>" ? Origin::global : Origin::own;
      continue;
    }
    edits.push_back(edit_of(line, origin));
  }
  std::stable_partition(edits.begin(), edits.end(),
                        [](const PolicyEdit &edit) { return edit.origin == Origin::own; });
  return edits;
}

fs::path golden_folder() {
#ifdef MOD_TLS_TEST_DATA
  return fs::path(MOD_TLS_TEST_DATA) / "golden";
#else
  return fs::path(__FILE__).parent_path() / "../../golden";
#endif
}

std::vector<fs::path> golden_configs() {
  std::vector<fs::path> paths;
  for (const auto &entry : fs::directory_iterator(golden_folder())) {
    if (entry.path().extension() == ".conf") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_GROUP(PolicyDescribe){};

TEST(PolicyDescribe, SessionsAreToldApartByWhatAdmits) {
  ServerPolicy other;
  other.log_file = "/var/log/other";
  other.session_cache.timeout = std::chrono::seconds{5};
  other.masquerade_address = "192.0.2.1";
  other.server_info_file = "/etc/proftpd/serverinfo.pem";
  other.renegotiate.data_kilobytes = 1024;
  STRCMP_EQUAL(session_identity(ServerPolicy{}).c_str(), session_identity(other).c_str());
  other.verify_depth = 3;
  CHECK_FALSE(session_identity(ServerPolicy{}) == session_identity(other));
}

TEST(PolicyDescribe, EveryGoldenConfigurationComesToItsPolicy) {
  const auto configs = golden_configs();
  CHECK_TRUE(configs.size() >= 40);
  for (fs::path path : configs) {
    const std::string actual = describe(build_policy(edits_of(text_of(path))));
    path.replace_extension(".policy");
    if (std::getenv("MOD_TLS_WRITE_GOLDEN") != nullptr) std::ofstream(path) << actual;
    const std::string expected = text_of(path);
    STRCMP_EQUAL_TEXT(expected.c_str(), actual.c_str(), path.c_str());
  }
}

TEST(PolicyDescribe, EveryPolicyFileHasItsConfiguration) {
  for (const auto &entry : fs::directory_iterator(golden_folder())) {
    fs::path path = entry.path();
    CHECK_TRUE_TEXT(fs::exists(path.replace_extension(".conf")), entry.path().c_str());
  }
}

TEST(PolicyDescribe, HasOneLineForEachDirectiveInTableOrder) {
  std::istringstream lines(describe(ServerPolicy{}));
  for (const DirectiveSpec &spec : directive_table()) {
    if (spec.id == Directive::controls_acls) continue;  // the daemon's, not a server's
    std::string line;
    CHECK_TRUE(static_cast<bool>(std::getline(lines, line)));
    STRCMP_CONTAINS((std::string(spec.name) + ' ').c_str(), line.c_str());
  }
  std::string rest;
  CHECK_FALSE(static_cast<bool>(std::getline(lines, rest)));
}
