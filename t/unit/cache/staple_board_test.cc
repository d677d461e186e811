// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/staple_board.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "CppUTest/TestHarness.h"

using mod_tls::cache::StapleBoard;
using mod_tls::core::Fingerprint;
using mod_tls::core::FixedText;
using mod_tls::core::StapleNote;

namespace {

constexpr Fingerprint kFirst = {1};
constexpr Fingerprint kSecond = {2};
constexpr Fingerprint kThird = {3};

std::vector<std::uint8_t> response(std::size_t size, std::uint8_t value) {
  return std::vector<std::uint8_t>(size, value);
}

}  // namespace

TEST_GROUP(StapleBoard) {
  std::unique_ptr<StapleBoard> board = std::move(*StapleBoard::create(2));
};

TEST(StapleBoard, WhatIsPinnedUpIsFound) {
  CHECK_FALSE(board->find(kFirst, 10).has_value());
  CHECK_TRUE(board->pin(kFirst, response(100, 7), {5, 20}));
  CHECK_TRUE(board->find(kFirst, 10) == response(100, 7));
  CHECK_FALSE(board->find(kSecond, 10).has_value());
}

TEST(StapleBoard, ItsDatesAreKnownAsLongAsItHangsThere) {
  CHECK_FALSE(board->dates_of(kFirst).has_value());
  CHECK_TRUE(board->pin(kFirst, response(100, 7), {5, 20}));
  CHECK_TRUE((board->dates_of(kFirst) == StapleBoard::Dates{5, 20}));
  CHECK_FALSE(board->dates_of(kSecond).has_value());
  board->keep_only(std::array<Fingerprint, 1>{kSecond});
  CHECK_FALSE(board->dates_of(kFirst).has_value());
}

TEST(StapleBoard, ANoteNeedsNoResponseAndStaysBesideOne) {
  const StapleNote note{
      .asked_again = 70, .unanswered_since = 9, .failure = FixedText<160>("dead")};
  CHECK_FALSE(board->note_of(kFirst).has_value());
  CHECK_TRUE(board->note(kFirst, note));
  CHECK_TRUE(board->note_of(kFirst) == note);
  CHECK_FALSE(board->find(kFirst, 10).has_value());
  CHECK_FALSE(board->dates_of(kFirst).has_value());
  CHECK_TRUE(board->pin(kFirst, response(100, 7), {5, 20}));
  CHECK_TRUE(board->note_of(kFirst) == note);
  CHECK_TRUE(board->find(kFirst, 10).has_value());
  CHECK_FALSE(board->note_of(kSecond).has_value());
}

TEST(StapleBoard, NotesGoWithTheirPlaces) {
  CHECK_TRUE(board->note(kFirst, {.asked_again = 70}));
  CHECK_TRUE(board->note(kSecond, {.asked_again = 80}));
  CHECK_FALSE(board->note(kThird, {.asked_again = 90}));
  board->keep_only(std::array<Fingerprint, 1>{kSecond});
  CHECK_FALSE(board->note_of(kFirst).has_value());
  CHECK_TRUE(board->pin(kThird, response(1, 3), {5, 20}));
  CHECK_TRUE(board->note_of(kThird) == StapleNote{});
}

TEST(StapleBoard, NothingIsFoundFromItsEndOn) {
  CHECK_TRUE(board->pin(kFirst, response(100, 7), {5, 20}));
  CHECK_TRUE(board->find(kFirst, 19).has_value());
  CHECK_FALSE(board->find(kFirst, 20).has_value());
}

TEST(StapleBoard, ANewerOneReplacesTheOlder) {
  CHECK_TRUE(board->pin(kFirst, response(100, 7), {5, 20}));
  CHECK_TRUE(board->pin(kFirst, response(50, 8), {5, 30}));
  CHECK_TRUE(board->find(kFirst, 25) == response(50, 8));
}

TEST(StapleBoard, PlacesAreUsedAgain) {
  CHECK_TRUE(board->pin(kFirst, response(1, 1), {5, 20}));
  CHECK_TRUE(board->pin(kSecond, response(1, 2), {5, 20}));
  CHECK_FALSE(board->pin(kThird, response(1, 3), {5, 20}));
  board->keep_only(std::array{kSecond, kThird});
  CHECK_FALSE(board->find(kFirst, 10).has_value());
  CHECK_TRUE(board->pin(kThird, response(1, 3), {5, 20}));
  CHECK_TRUE(board->find(kThird, 10).has_value());
  CHECK_TRUE(board->find(kSecond, 10).has_value());
}

TEST(StapleBoard, WhatIsEmptyOrTooLargeIsRefused) {
  CHECK_FALSE(board->pin(kFirst, {}, {5, 20}));
  CHECK_FALSE(board->pin(kFirst, response(StapleBoard::kLargest + 1, 1), {5, 20}));
  CHECK_TRUE(board->pin(kFirst, response(StapleBoard::kLargest, 1), {5, 20}));
}

TEST(StapleBoard, AReaderInAnotherProcessNeverSeesHalfAResponse) {
  const pid_t writer = ::fork();
  if (writer == 0) {
    for (std::uint8_t i = 0; i < 200; i++) {
      for (int again = 0; again < 20; again++) board->pin(kFirst, response(8000 + i, i), {5, 1000});
    }
    ::_exit(0);
  }
  int status = 0;
  std::size_t seen = 0;
  while (::waitpid(writer, &status, WNOHANG) == 0) {
    const auto found = board->find(kFirst, 10);
    if (!found) continue;
    seen++;
    const std::uint8_t value = found->front();
    CHECK_EQUAL(8000U + value, found->size());
    CHECK_TRUE(std::ranges::all_of(*found, [&](std::uint8_t byte) { return byte == value; }));
  }
  CHECK_EQUAL(0, status);
  CHECK_TRUE(board->find(kFirst, 10).has_value());
}
