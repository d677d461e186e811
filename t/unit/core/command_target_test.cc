// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/command_target.h"

#include <string>

#include "CppUTest/TestHarness.h"

using mod_tls::core::command_target;
using mod_tls::core::OptionWords;

namespace {

struct Row {
  const char *verb;
  const char *argument;
  const char *target;
};

constexpr Row kPlain[] = {
    {"RETR", "file", "file"},
    {"RETR", "two words", "two words"},
    {"RETR", " blanks  kept ", " blanks  kept "},
    {"RETR", "-dash/g", "-dash/g"},
    {"RETR", "priv/*", "priv/*"},
    {"STOR", "-dash/two words", "-dash/two words"},
    {"APPE", "-dash/g", "-dash/g"},
    {"APPE", "-a two words", "-a two words"},
    {"STOU", "", ""},
    {"STOU", "-dash/g", "-dash/g"},
    {"MLSD", "", ""},
    {"MLSD", "-dash", "-dash"},
    {"MLSD", "pri?", "pri?"},
};

/// The same for LIST and NLST.
struct ListRow {
  const char *argument;
  const char *letters;
  const char *strict;
};

constexpr ListRow kLists[] = {
    {"", "", ""},
    {"priv", "priv", "priv"},
    {"two words", "two words", "two words"},
    {" priv", " priv", " priv"},
    {"priv -a", "priv -a", "priv -a"},
    {"-a", "", ""},
    {"-", "", ""},
    {"--", "", ""},
    {"-- priv", "priv", "priv"},
    {"-la ", "", ""},
    {"-la priv", "priv", "priv"},
    {"  -la priv", "priv", "priv"},
    {"-a\tpriv", "priv", "priv"},
    {"-a two words", "two words", "two words"},
    {"-a -l x", "x", "x"},
    {"-a   -l x", "x", "x"},
    {"-a-l x", "x", "x"},
    {"-a  x", " x", " x"},
    {"-a   x", "  x", "  x"},
    {"-a\t x", " x", " x"},
    {"-a /priv", "/priv", "/priv"},
    {"-dash/g", "/g", ""},
    {"-a/x priv", "/x priv", "priv"},
    {"-a/ priv", " priv", "priv"},
    {"-a.. x", ".. x", "x"},
    {"-\xc3\xa4 x", "\xc3\xa4 x", "x"},
    {"-a -", "", ""},
};

constexpr ListRow kPatterns[] = {
    {"priv/*", "priv", "priv"},
    {"/priv/a/H?", "/priv/a", "/priv/a"},
    {"-la priv/[ab]", "priv", "priv"},
    {"priv/{a,b}/c", "priv", "priv"},
    {"priv/a*/b", "priv", "priv"},
    {"priv//*", "priv/", "priv/"},
    {"pri?", "", ""},
    {"*", "", ""},
    {"*/priv", "", ""},
    {"/*", "/", "/"},
    {"/*/priv", "/", "/"},
    {"two words/*", "two words", "two words"},
    {"~/*", "~", "~"},
    {"a/pri\\v/*", "a", "a"},
    {"pri\\v", "pri\\v", "pri\\v"},
    {"]}", "]}", "]}"},
};

void check_lists(const ListRow &row) {
  for (const char *verb : {"LIST", "NLST"}) {
    STRCMP_EQUAL_TEXT(row.letters, std::string(command_target(verb, row.argument)).c_str(),
                      row.argument);
    STRCMP_EQUAL_TEXT(row.strict,
                      std::string(command_target(verb, row.argument, OptionWords::strict)).c_str(),
                      row.argument);
  }
}

}  // namespace

TEST_GROUP(CommandTarget){};

TEST(CommandTarget, IsTheWholeArgumentWhereThereAreNoOptions) {
  for (const Row &row : kPlain) {
    STRCMP_EQUAL_TEXT(row.target, std::string(command_target(row.verb, row.argument)).c_str(),
                      row.argument);
  }
}

TEST(CommandTarget, OptionsOfListsAreSkippedAsTheHostDoesIt) {
  for (const ListRow &row : kLists) check_lists(row);
}

TEST(CommandTarget, PatternsAreCutBackToTheDirectoryBeforeThem) {
  for (const ListRow &row : kPatterns) check_lists(row);
}

TEST(CommandTarget, PointsIntoTheArgument) {
  const std::string argument = "-la priv/*";
  POINTERS_EQUAL(argument.data() + 4, command_target("LIST", argument).data());
}
