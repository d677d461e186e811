// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/staple_board.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace mod_tls::cache {

namespace {

/// Attempts of a reader that meets the writer; each costs a copy.
constexpr int kAttempts = 3;

}  // namespace

void StapleBoard::Unmap::operator()(void *memory) const noexcept {
  ::munmap(memory, bytes);
}

StapleBoard::StapleBoard(Key /*key*/, std::unique_ptr<void, Unmap> memory, std::size_t places)
    : memory_(std::move(memory)), count_(places) {}

core::Result<std::unique_ptr<StapleBoard>> StapleBoard::create(std::size_t places) {
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
  const std::size_t bytes = std::max<std::size_t>(places, 1) * sizeof(Place);
  void *memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return core::Error{core::Errc::io, "no shared memory for OCSP responses",
                       core::errno_text(errno)};
  }
  return std::make_unique<StapleBoard>(Key{}, std::unique_ptr<void, Unmap>(memory, Unmap{bytes}),
                                       places);
}

std::span<StapleBoard::Place> StapleBoard::places() const {
  return {static_cast<Place *>(memory_.get()), count_};
}

StapleBoard::Place *StapleBoard::place_of(const core::Fingerprint &certificate) const {
  const auto all = places();
  const auto found = std::ranges::find_if(
      all, [&](const Place &place) { return place.used != 0 && place.certificate == certificate; });
  return found == all.end() ? nullptr : &*found;
}

/// The odd number of a new turn, also where a writer before was killed in the middle of his.
std::uint32_t StapleBoard::begin(Place &place) {
  const std::uint32_t turn = (place.turn.load(std::memory_order_relaxed) + 2) | 1U;
  place.turn.store(turn, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  return turn;
}

/// The one it has, or a free one; null if there is none.
StapleBoard::Place *StapleBoard::place_for(const core::Fingerprint &certificate) const {
  if (Place *place = place_of(certificate)) return place;
  const auto all = places();
  const auto free = std::ranges::find(all, std::uint32_t{0}, &Place::used);
  return free == all.end() ? nullptr : &*free;
}

/// As begin(), for who needs the place for that certificate.
std::uint32_t StapleBoard::take(Place &place, const core::Fingerprint &certificate) {
  const std::uint32_t turn = begin(place);
  if (place.used == 0) {
    place.size = 0;
    place.note = {};
  }
  place.used = 1;
  place.certificate = certificate;
  return turn;
}

bool StapleBoard::pin(const core::Fingerprint &certificate, std::span<const std::uint8_t> response,
                      Dates dates) {
  if (response.empty() || response.size() > kLargest) return false;
  Place *place = place_for(certificate);
  if (place == nullptr) return false;
  const std::uint32_t turn = take(*place, certificate);
  place->size = static_cast<std::uint32_t>(response.size());
  place->dates = dates;
  std::ranges::copy(response, place->response.begin());
  place->turn.store(turn + 1, std::memory_order_release);
  return true;
}

bool StapleBoard::note(const core::Fingerprint &certificate, const core::StapleNote &note) {
  Place *place = place_for(certificate);
  if (place == nullptr) return false;
  const std::uint32_t turn = take(*place, certificate);
  place->note = note;
  place->turn.store(turn + 1, std::memory_order_release);
  return true;
}

void StapleBoard::keep_only(std::span<const core::Fingerprint> certificates) {
  for (Place &place : places()) {
    if (place.used == 0) continue;
    if (std::ranges::find(certificates, place.certificate) != certificates.end()) continue;
    const std::uint32_t turn = begin(place);
    place.used = 0;
    place.size = 0;
    place.turn.store(turn + 1, std::memory_order_release);
  }
}

template <class Copy>
auto StapleBoard::read(const core::Fingerprint &certificate, const Copy &copy) const
    -> std::optional<decltype(copy(std::declval<const Place &>()))> {
  for (int attempt = 0; attempt < kAttempts; attempt++) {
    const Place *place = place_of(certificate);
    if (place == nullptr) return {};
    const std::uint32_t before = place->turn.load(std::memory_order_acquire);
    if (before % 2 != 0) continue;
    const bool same = place->certificate == certificate;
    auto copied = copy(*place);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (place->turn.load(std::memory_order_relaxed) != before) continue;
    if (!same) return {};
    return copied;
  }
  return {};
}

std::optional<std::vector<std::uint8_t>> StapleBoard::find(const core::Fingerprint &certificate,
                                                           core::UnixTime now) const {
  using Response = std::vector<std::uint8_t>;
  auto response = read(certificate, [&](const Place &place) {
    if (now >= place.dates.until) return Response{};
    const std::size_t size = std::min<std::size_t>(place.size, kLargest);
    return Response(place.response.begin(),
                    place.response.begin() + static_cast<std::ptrdiff_t>(size));
  });
  if (!response || response->empty()) return {};
  return response;
}

std::optional<StapleBoard::Dates> StapleBoard::dates_of(
    const core::Fingerprint &certificate) const {
  struct Sized {
    std::uint32_t size;
    Dates dates;
  };
  const auto found = read(certificate, [](const Place &place) {
    return Sized{place.size, place.dates};
  });
  return found && found->size != 0 ? std::optional{found->dates} : std::nullopt;
}

std::optional<core::StapleNote> StapleBoard::note_of(const core::Fingerprint &certificate) const {
  return read(certificate, [](const Place &place) { return place.note; });
}

}  // namespace mod_tls::cache
