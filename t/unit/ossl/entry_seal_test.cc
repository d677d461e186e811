// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/entry_seal.h"

#include <algorithm>

#include "CppUTest/TestHarness.h"

using namespace mod_tls;
using ossl::EntryKind;
using Bytes = std::vector<unsigned char>;

namespace {

constexpr std::time_t kNow = 1'800'000'000;
const Bytes kId{1, 2, 3, 4};
const Bytes kOther{1, 2, 3, 5};

bool opens(const ossl::EntryKey &key, EntryKind kind, const Bytes &id, std::time_t now,
           const Bytes &entry) {
  return ossl::open_entry(key, {kind, id}, now, entry).ok();
}

}  // namespace

TEST_GROUP(EntrySeal) {
  ossl::EntryKey key = *ossl::random_entry_key();
  Bytes text{9, 8, 7, 6, 5};
  Bytes seal() {
    return *ossl::seal_entry(key, {EntryKind::session, kId}, kNow + 60, text);
  }
};

TEST(EntrySeal, WhatWasSealedIsOpened) {
  const Bytes entry = seal();
  LONGS_EQUAL(text.size() + ossl::kSealBytes, entry.size());
  const auto opened = ossl::open_entry(key, {EntryKind::session, kId}, kNow, entry);
  CHECK_TRUE(opened.ok());
  CHECK_TRUE(*opened == text);
  CHECK_TRUE(std::search(entry.begin(), entry.end(), text.begin(), text.end()) == entry.end());
}

TEST(EntrySeal, NoText) {
  text.clear();
  const auto opened = ossl::open_entry(key, {EntryKind::session, kId}, kNow, seal());
  CHECK_TRUE(opened.ok());
  CHECK_TRUE(opened->empty());
}

TEST(EntrySeal, EachSealDiffers) {
  CHECK_FALSE(seal() == seal());
}

TEST(EntrySeal, AnEntryUnderAnotherNameIsRefused) {
  CHECK_FALSE(opens(key, EntryKind::session, kOther, kNow, seal()));
  CHECK_FALSE(opens(key, EntryKind::session, {}, kNow, seal()));
}

TEST(EntrySeal, AnEntryOfAnotherKindIsRefused) {
  CHECK_FALSE(opens(key, EntryKind::ocsp_response, kId, kNow, seal()));
}

TEST(EntrySeal, AnEntryOfAnotherKeyIsRefused) {
  CHECK_FALSE(opens(*ossl::random_entry_key(), EntryKind::session, kId, kNow, seal()));
}

TEST(EntrySeal, AnExpiredEntryIsRefused) {
  CHECK_TRUE(opens(key, EntryKind::session, kId, kNow + 59, seal()));
  CHECK_FALSE(opens(key, EntryKind::session, kId, kNow + 60, seal()));
}

TEST(EntrySeal, EveryFlippedBitIsSeen) {  // also a later expiry
  const Bytes entry = seal();
  for (std::size_t bit = 0; bit < entry.size() * 8; bit++) {
    Bytes changed = entry;
    changed[bit / 8] = static_cast<unsigned char>(changed[bit / 8] ^ (1U << (bit % 8)));
    CHECK_FALSE(opens(key, EntryKind::session, kId, kNow, changed));
  }
}

TEST(EntrySeal, EveryOtherLengthIsRefused) {
  const Bytes entry = seal();
  for (std::size_t size = 0; size < entry.size(); size++) {
    CHECK_FALSE(opens(key, EntryKind::session, kId, kNow,
                      Bytes(entry.begin(), entry.begin() + static_cast<long>(size))));
  }
  Bytes longer = entry;
  longer.push_back(0);
  CHECK_FALSE(opens(key, EntryKind::session, kId, kNow, longer));
}

TEST(EntrySeal, EqualSecretsMakeEqualKeysAndNoOthersDo) {
  const Bytes secret(48, 3);
  const Bytes another(48, 4);
  const auto one = ossl::derive_entry_key(secret, EntryKind::session);
  const auto two = ossl::derive_entry_key(secret, EntryKind::session);
  const auto other = ossl::derive_entry_key(another, EntryKind::session);
  CHECK_TRUE(std::ranges::equal(one->bytes(), two->bytes()));
  CHECK_FALSE(std::ranges::equal(one->bytes(), other->bytes()));
}

TEST(EntrySeal, WhoHasTheKeyOfOneKindHasNotThatOfTheOther) {
  const Bytes secret(48, 3);
  const auto sessions = ossl::derive_entry_key(secret, EntryKind::session);
  const auto responses = ossl::derive_entry_key(secret, EntryKind::ocsp_response);
  CHECK_FALSE(std::ranges::equal(sessions->bytes(), responses->bytes()));
}
