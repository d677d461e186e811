// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Golden tests: what a configuration comes to, as text. Each t/golden/NAME.conf holds lines of
// directives, those between <Global> and </Global> as such; NAME.policy is what describe() says.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/directive_table.h"
#include "core/policy_builder.h"
#include "words.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using mod_tls::test::split_words;

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path &path) {
  const std::ifstream file(path);
  CHECK_TRUE_TEXT(file.good(), path.c_str());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

PolicyEdit edit_of(const std::vector<std::string_view> &words, Origin origin) {
  const DirectiveSpec *spec = find_directive(words[0]);
  CHECK_TRUE_TEXT(spec != nullptr, std::string(words[0]).c_str());
  auto value = parse_directive(spec->id, Words(words).subspan(1));
  CHECK_TRUE_TEXT(value.ok(), spec->name.data());
  return {spec->id, origin, std::move(value).value()};
}

/// Puts the lines of <Global> last, as the host does.
std::vector<PolicyEdit> edits_of(const std::string &conf) {
  std::vector<PolicyEdit> edits;
  Origin origin = Origin::own;
  std::istringstream lines(conf);
  for (std::string line; std::getline(lines, line);) {
    const auto words = split_words(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    if (words[0] == "<Global>" || words[0] == "</Global>") {
      origin = words[0] == "<Global>" ? Origin::global : Origin::own;
      continue;
    }
    edits.push_back(edit_of(words, origin));
  }
  std::stable_partition(edits.begin(), edits.end(),
                        [](const PolicyEdit &edit) { return edit.origin == Origin::own; });
  return edits;
}

std::vector<fs::path> golden_configs() {
  std::vector<fs::path> paths;
  for (const auto &entry : fs::directory_iterator(fs::path(MOD_TLS_TEST_DATA) / "golden")) {
    if (entry.path().extension() == ".conf") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_GROUP(PolicyDescribe){};

TEST(PolicyDescribe, EveryGoldenConfigurationComesToItsPolicy) {
  const auto configs = golden_configs();
  CHECK_TRUE(configs.size() >= 15);
  for (fs::path path : configs) {
    const std::string actual = describe(build_policy(edits_of(text_of(path))));
    const std::string expected = text_of(path.replace_extension(".policy"));
    STRCMP_EQUAL_TEXT(expected.c_str(), actual.c_str(), path.c_str());
  }
}

TEST(PolicyDescribe, EveryPolicyFileHasItsConfiguration) {
  for (const auto &entry : fs::directory_iterator(fs::path(MOD_TLS_TEST_DATA) / "golden")) {
    fs::path path = entry.path();
    CHECK_TRUE_TEXT(fs::exists(path.replace_extension(".conf")), entry.path().c_str());
  }
}

TEST(PolicyDescribe, HasOneLineForEachDirectiveInTableOrder) {
  std::istringstream lines(describe(ServerPolicy{}));
  for (const DirectiveSpec &spec : directive_table()) {
    std::string line;
    CHECK_TRUE(static_cast<bool>(std::getline(lines, line)));
    STRCMP_CONTAINS((std::string(spec.name) + ' ').c_str(), line.c_str());
  }
  std::string rest;
  CHECK_FALSE(static_cast<bool>(std::getline(lines, rest)));
}
