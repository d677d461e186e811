// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/session_listing.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

std::string in_digits(std::int64_t time) {
  return std::to_string(time);
}

}  // namespace

TEST_GROUP(SessionListing){};

TEST(SessionListing, EachSessionHasABlockOfItsOwn) {
  const std::vector<ListedSession> sessions{{"TLSv1.2", 1000, 600}, {"TLSv1.3", 2000, 60}};
  const std::vector<std::string> wanted{"",
                                        "Cached sessions:",
                                        "  -----BEGIN SSL SESSION PARAMETERS-----",
                                        "    Protocol: TLSv1.2",
                                        "    Started: 1000",
                                        "    Expires: 1600 (600 secs)",
                                        "  -----END SSL SESSION PARAMETERS-----",
                                        "",
                                        "  -----BEGIN SSL SESSION PARAMETERS-----",
                                        "    Protocol: TLSv1.3",
                                        "    Started: 2000",
                                        "    Expires: 2060 (60 secs)",
                                        "  -----END SSL SESSION PARAMETERS-----",
                                        ""};
  CHECK_TRUE(listing_lines(sessions, 2, in_digits) == wanted);
}

TEST(SessionListing, AnEmptyOneSaysSo) {
  const std::vector<std::string> wanted{"", "Cached sessions:", "  (none)"};
  CHECK_TRUE(listing_lines({}, 0, in_digits) == wanted);
}

TEST(SessionListing, WhatDoesNotFitIsCounted) {
  const std::vector<ListedSession> sessions(kListedSessions, ListedSession{"TLSv1.3", 1, 1});
  STRCMP_EQUAL("  (and 20 more)",
               listing_lines(sessions, kListedSessions + 20, in_digits).back().c_str());
  STRCMP_EQUAL("", listing_lines(sessions, kListedSessions, in_digits).back().c_str());
}
