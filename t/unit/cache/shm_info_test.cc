// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/shm_info.h"

#include "cache/shm_table.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls;

TEST_GROUP(ShmInfo){
    void good(const char *text, const char *file, std::size_t size,
              std::size_t notices = 0){const auto info = cache::parse_shm_info(text);
CHECK_TRUE_TEXT(info.ok(), text);
STRCMP_EQUAL(file, info->file.c_str());
UNSIGNED_LONGS_EQUAL(size, info->size);
UNSIGNED_LONGS_EQUAL(notices, info->notices.size());
}
void bad(const char *text, const char *start) {
  const auto info = cache::parse_shm_info(text);
  CHECK_FALSE_TEXT(info.ok(), text);
  CHECK_TRUE_TEXT(info.error().message.starts_with(start), info.error().message.c_str());
}
}
;

TEST(ShmInfo, FileAndSize) {
  good("/file=/var/x", "/var/x", cache::kDefaultTable);
  good("/file=/var/x&size=65536", "/var/x", 65536);
  good("/file=/var/a=b", "/var/a=b", cache::kDefaultTable);
}

TEST(ShmInfo, WhatCannotBeUsedIsIgnoredAndTold) {
  good("/file=/x&size=10", "/x", cache::kDefaultTable, 1);
  good("/file=/x&size=-1", "/x", cache::kDefaultTable, 1);
  good("/file=/x&size=1k", "/x", cache::kDefaultTable, 1);
  good("/file=/x&size=99999999999999999999", "/x", cache::kDefaultTable, 1);
  good("/file=/x&colour=red&size=65536", "/x", 65536, 1);
  good("/file=/x&", "/x", cache::kDefaultTable, 1);
}

TEST(ShmInfo, ErrorsStartAsTheyAlwaysDid) {
  bad("", "badly formatted info '', unable to open shmcache");
  bad("/path=/x", "badly formatted info '/path=/x', unable to open shmcache");
  bad("/file=x", "file 'x' not an absolute path");
  bad("/file=", "file '' not an absolute path");
}
