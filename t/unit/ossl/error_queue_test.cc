// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/error_queue.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

#include "CppUTest/TestHarness.h"

using mod_tls::ossl::clear_errors;
using mod_tls::ossl::has_ssl_reason;
using mod_tls::ossl::shed_error_texts;
using mod_tls::ossl::take_errors;
using mod_tls::ossl::to_line;
using mod_tls::ossl::to_stack_text;

TEST_GROUP(ErrorQueue){void setup()
                           override{OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr);
clear_errors();
}
void teardown() override {
  clear_errors();
}
}
;

TEST(ErrorQueue, NothingIsUnknown) {
  CHECK(take_errors().empty());
  STRCMP_EQUAL("(unknown)", to_stack_text({}).c_str());
  STRCMP_EQUAL("(unknown)", to_line({}).c_str());
}

TEST(ErrorQueue, ErrorsComeOldestFirstAndLeaveTheQueueEmpty) {
  ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
  ERR_raise(ERR_LIB_SSL, SSL_R_UNEXPECTED_EOF_WHILE_READING);
  const auto errors = take_errors();
  UNSIGNED_LONGS_EQUAL(2, errors.size());
  STRCMP_EQUAL(
      "\n  (1) error:0A0000C1:SSL routines::no shared cipher"
      "\n  (2) error:0A000126:SSL routines::unexpected eof while reading",
      to_stack_text(errors).c_str());
  CHECK(take_errors().empty());
}

TEST(ErrorQueue, AdditionalDataStandsInBrackets) {
  ERR_raise_data(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER, "more %d", 1);
  const auto errors = take_errors();
  STRCMP_EQUAL("\n  (1) error:0A0000C1:SSL routines::no shared cipher [more 1]",
               to_stack_text(errors).c_str());
  STRCMP_EQUAL("error:0A0000C1:SSL routines::no shared cipher [more 1]", to_line(errors).c_str());
}

TEST(ErrorQueue, DataCannotForgeALogLine) {
  ERR_raise_data(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER, "a\nb\x1b");
  STRCMP_EQUAL("a?b?", take_errors().front().data.c_str());
}

TEST(ErrorQueue, TheLineSeparatesBySemicolons) {
  ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
  ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
  STRCMP_EQUAL(
      "error:0A0000C1:SSL routines::no shared cipher; "
      "error:0A00010F:SSL routines::bad length",
      to_line(take_errors()).c_str());
}

TEST(ErrorQueue, ReasonsAreThoseOfTheTlsLibraryOnly) {
  ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
  ERR_raise(ERR_LIB_X509, SSL_R_BAD_LENGTH);
  const auto errors = take_errors();
  CHECK(has_ssl_reason(errors, SSL_R_NO_SHARED_CIPHER));
  CHECK_FALSE(has_ssl_reason(errors, SSL_R_BAD_LENGTH));
  CHECK_FALSE(has_ssl_reason({}, SSL_R_NO_SHARED_CIPHER));
}

TEST(ErrorQueue, IsEmptyAndUsableAfterItsTextsWereShed) {
  ERR_raise_data(ERR_LIB_USER, 2, "%s", "a text of its own");
  shed_error_texts();
  CHECK_TRUE(take_errors().empty());
  ERR_raise_data(ERR_LIB_USER, 2, "%s", "another");
  const auto errors = take_errors();
  LONGS_EQUAL(1, errors.size());
  STRCMP_EQUAL("another", errors.front().data.c_str());
}
