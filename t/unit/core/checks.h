// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstring>
#include <string>

#include "core/result.h"

#include "CppUTest/TestHarness.h"

namespace mod_tls::test {

/// Fails unless `result` is an error whose message starts with `start`.
template <class T>
void check_refused(const core::Result<T> &result, const char *start, const char *input) {
  const std::string text = result.ok() ? "(accepted)" : result.error().message;
  STRCMP_EQUAL_TEXT(start, text.substr(0, std::strlen(start)).c_str(), input);
}

}  // namespace mod_tls::test
