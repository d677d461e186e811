// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace mod_tls::cache {

/// Which segment is wanted. The file is empty; its inode, with `project`, names the segment.
struct SegmentRequest {
  std::string file;
  int project;
  std::size_t size;
  std::uint64_t seed;  ///< For a new table: of its hash.
  std::time_t now;
};

/// ShmSegment is an attached System V segment with a table inside (shm_table.h). Processes that
/// are forked later have it, too. Daemons enter themselves into it, and the last one destroys it.
class ShmSegment {
 public:
  ShmSegment() = default;
  ShmSegment(ShmSegment &&other) noexcept;
  ShmSegment &operator=(ShmSegment &&other) noexcept;
  ShmSegment(const ShmSegment &) = delete;
  ShmSegment &operator=(const ShmSegment &) = delete;
  ~ShmSegment();

  /// Creates the segment, or attaches to the one that is there. One that nobody uses and that does
  /// not fit is replaced; one that is in use is an error that says what to do. `notices` get what
  /// the admin should know.
  static core::Result<ShmSegment> open(const SegmentRequest &request,
                                       std::vector<std::string> &notices);

  /// Lets go of the memory, in this process alone: who has entered stays in it.
  void detach();
  /// Has it back, if it is still there and still ours.
  bool attach();

  [[nodiscard]] bool attached() const { return !memory_.empty(); }
  [[nodiscard]] std::span<std::byte> memory() const { return memory_; }
  /// -1 until one has been opened.
  [[nodiscard]] int id() const { return id_; }
  /// How many processes have it attached, -1 with errno if it cannot be looked at.
  [[nodiscard]] long attach_count() const;

  /// Enters a daemon as a user of the segment.
  void claim(pid_t daemon);
  /// Takes it out again, and destroys the segment if no other living daemon uses it. Processes
  /// that have it attached keep it until they end. Whether it was destroyed.
  bool release(pid_t daemon);

 private:
  ShmSegment(int id, std::span<std::byte> memory) : id_(id), memory_(memory) {}

  int id_ = -1;
  std::span<std::byte> memory_;
};

}  // namespace mod_tls::cache
