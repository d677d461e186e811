// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/staple_note.h"
#include "core/staple_source.h"

namespace mod_tls::cache {

/// StapleBoard is shared memory in which one process pins up OCSP responses and its relatives read
/// them: made before they are forked, without a name or file. Reading takes no lock and never
/// waits: who meets the writer has no response this time.
class StapleBoard final : public core::StapleSource {
  /// Lets nobody but create() make one, and yet std::make_unique().
  struct Key {};
  struct Unmap {
    std::size_t bytes;
    void operator()(void *memory) const noexcept;
  };

 public:
  /// The largest response that can be pinned up.
  static constexpr std::size_t kLargest = core::kLargestStaple;

  /// A board for `places` certificates.
  static core::Result<std::unique_ptr<StapleBoard>> create(std::size_t places);

  StapleBoard(Key key, std::unique_ptr<void, Unmap> memory, std::size_t places);

  /// From when a response is, and when it is to be stapled no more.
  struct Dates {
    core::UnixTime obtained;
    core::UnixTime until;

    friend bool operator==(const Dates &, const Dates &) = default;
  };

  /// Pins up a response in place of an older one for the same certificate. False if it is too large
  /// or no place is free. For one writer only.
  bool pin(const core::Fingerprint &certificate, std::span<const std::uint8_t> response,
           Dates dates);
  /// Notes beside it, or where it would hang, how asking for it goes. False if no place is free.
  /// For the writer only.
  bool note(const core::Fingerprint &certificate, const core::StapleNote &note);
  /// Takes down the responses and notes of all other certificates. For the writer only.
  void keep_only(std::span<const core::Fingerprint> certificates);

  /// The response for a certificate that may be used at `now`.
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> find(const core::Fingerprint &certificate,
                                                              core::UnixTime now) const override;
  /// The dates of what is pinned up for a certificate, good or not.
  [[nodiscard]] std::optional<Dates> dates_of(const core::Fingerprint &certificate) const;
  /// What is noted for a certificate.
  [[nodiscard]] std::optional<core::StapleNote> note_of(const core::Fingerprint &certificate) const;

 private:
  struct Place {
    std::atomic<std::uint32_t> turn;  // odd while the writer is at it
    std::uint32_t used;
    std::uint32_t size;  // 0: there is a note only
    Dates dates;
    core::StapleNote note;
    core::Fingerprint certificate;
    std::array<std::uint8_t, kLargest> response;
  };
  static std::uint32_t begin(Place &place);
  static std::uint32_t take(Place &place, const core::Fingerprint &certificate);
  /// What `copy` gets of the place, read while nobody wrote.
  template <class Copy>
  auto read(const core::Fingerprint &certificate, const Copy &copy) const
      -> std::optional<decltype(copy(std::declval<const Place &>()))>;
  [[nodiscard]] std::span<Place> places() const;
  [[nodiscard]] Place *place_for(const core::Fingerprint &certificate) const;
  [[nodiscard]] Place *place_of(const core::Fingerprint &certificate) const;

  std::unique_ptr<void, Unmap> memory_;
  std::size_t count_;
};

}  // namespace mod_tls::cache
