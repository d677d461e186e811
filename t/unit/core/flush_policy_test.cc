// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/flush_policy.h"

#include "CppUTest/TestHarness.h"

using mod_tls::core::FlushInput;
using mod_tls::core::kBatchSize;
using mod_tls::core::kMaxBatchDelay;
using mod_tls::core::must_flush;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kChunk = 16UL * 1024;

struct Case {
  const char *name;
  FlushInput input;
  bool flush;
};

constexpr milliseconds kSoon{kMaxBatchDelay.count() - 1};

constexpr Case kCases[] = {
    {"a full chunk in mid-stream waits", {kChunk, kChunk, false, {}}, false},
    {"so does a chunk above the usual", {kChunk + 1, kChunk, false, {}}, false},
    {"so does one just under a batch", {kBatchSize - 1, kChunk, false, {}}, false},
    {"and one that is almost due", {kChunk, kChunk, false, kSoon}, false},
    {"a byte less than full: the producer is slow", {kChunk - 1, kChunk, false, {}}, true},
    {"a single byte", {1, kChunk, false, {}}, true},
    {"nothing at all", {0, kChunk, false, {}}, true},
    {"the last chunk, though full", {kChunk, kChunk, true, {}}, true},
    {"a whole batch", {kBatchSize, kBatchSize, false, {}}, true},
    {"more than a batch", {kBatchSize * 4, kBatchSize * 4, false, {}}, true},
    {"a full chunk that is due", {kChunk, kChunk, false, kMaxBatchDelay}, true},
    {"a full chunk that is overdue", {kChunk, kChunk, false, kMaxBatchDelay * 50}, true},
    {"the usual size is not known", {kChunk, 0, false, {}}, true},
};

}  // namespace

TEST_GROUP(FlushPolicy){};

TEST(FlushPolicy, OnlyAFullChunkInMidStreamWaits) {
  for (const Case &c : kCases) CHECK_EQUAL_TEXT(c.flush, must_flush(c.input), c.name);
}

TEST(FlushPolicy, DelayIsShorterThanAPersonNotices) {
  CHECK(kMaxBatchDelay > milliseconds{0});
  CHECK(kMaxBatchDelay <= milliseconds{50});
}
