// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/log_fault.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

struct Row {
  LogFault fault;
  const char *error;
  const char *text;
};

constexpr Row kRows[] = {
    {LogFault::not_absolute, "",
     "notice: unable to open TLSLog: not an absolute path: 'a/b'; write the whole path, from '/' on"
     " (sessions go on without this log)"},
    {LogFault::symbolic_link, "",
     "notice: unable to open TLSLog: cannot log to a symbolic link: 'a/b'; name the file that the "
     "link leads to (sessions go on without this log)"},
    {LogFault::writable_folder, "",
     "notice: unable to open TLSLog: parent directory is world-writable: 'a/b'; chmod o-w its "
     "folder, or name a file in another one (sessions go on without this log)"},
    {LogFault::system, "No such file or directory",
     "notice: unable to open TLSLog: No such file or directory: 'a/b'; make its folder, and let "
     "root write there (sessions go on without this log)"},
};

}  // namespace

TEST_GROUP(LogFault){};

TEST(LogFault, EachNamesPathCauseAndRemedy) {
  for (const Row &row : kRows) {
    STRCMP_EQUAL(row.text, log_fault_text("a/b", row.fault, row.error).c_str());
  }
}

TEST(LogFault, APathWithControlCharactersStaysOneLine) {
  const std::string text = log_fault_text("/a\nb", LogFault::symbolic_link, "");
  CHECK_TRUE(text.find('\n') == std::string::npos);
}
