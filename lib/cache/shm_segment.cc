// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/shm_segment.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include "cache/file_handle.h"
#include "cache/shm_table.h"

namespace mod_tls::cache {

namespace {

using core::Errc;
using core::Error;
using core::Result;

constexpr int kLockTries = 40;
constexpr timespec kLockPause{0, 50'000'000};

Error file_error(const std::string &what, const std::string &file, int error) {
  return {Errc::io, "unable to " + what + " file '" + file + "': " + core::errno_text(error)};
}

/// Two daemons that start at once prepare the segment one after the other.
bool lock_file(int fd) {
  for (int i = 0; i < kLockTries; i++) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    ::nanosleep(&kLockPause, nullptr);
  }
  errno = EWOULDBLOCK;
  return false;
}

/// The file is what names the segment: only its owner may choose it.
Result<FileHandle> open_key_file(const std::string &path) {
  FileHandle file{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600)};
  if (!file) {
    if (errno == ELOOP) {
      return Error{Errc::not_permitted, "unable to use file '" + path + "': it is a symbolic link"};
    }
    return file_error("open", path, errno);
  }
  struct stat st {};
  if (::fstat(file.get(), &st) != 0) return file_error("stat", path, errno);
  if (!S_ISREG(st.st_mode)) {
    return Error{Errc::unusable, "unable to use file '" + path + "': not a regular file"};
  }
  if (st.st_uid != ::geteuid() && st.st_uid != 0) {
    return Error{Errc::not_permitted,
                 "unable to use file '" + path + "': it belongs to another user (remove it)"};
  }
  if (!lock_file(file.get())) return file_error("lock", path, errno);
  return file;
}

bool daemon_lives(pid_t pid) {
  return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
}

bool used_by_another(const SegmentHeader &header, pid_t self) {
  return std::ranges::any_of(
      header.owners, [self](const auto &owner) { return owner != self && daemon_lives(owner); });
}

std::span<std::byte> attach_memory(int id, std::size_t size) {
  void *address = ::shmat(id, nullptr, 0);
  // The manual's way of saying no.
  if (reinterpret_cast<std::intptr_t>(address) == -1) return {};
  return {static_cast<std::byte *>(address), size};
}

Error segment_error(const SegmentRequest &request, int error) {
  std::string text = "unable to allocate shared memory of " + std::to_string(request.size) +
                     " bytes for '" + request.file + "': " + core::errno_text(error);
  if (error == ENOSPC || error == ENOMEM || error == EINVAL) {
    text += " (see kernel.shmmax and kernel.shmall, or write a smaller &size=)";
  }
  return {Errc::io, text};
}

Error in_use_error(const SegmentRequest &request, int id, std::size_t there, bool ours) {
  if (!ours || there == request.size) {
    return {Errc::unusable, "the shared memory segment " + std::to_string(id) + " of file '" +
                                request.file + "' is in use by another program; name another file"};
  }
  const std::string word = request.size < there ? "smaller" : "larger";
  return {Errc::unusable, "requested shm size (" + std::to_string(request.size) + " bytes) is " +
                              word + " than existing shm size (" + std::to_string(there) +
                              " bytes), which another daemon uses; give both the same size, or "
                              "name another file"};
}

/// Others can make one beforehand and give it away: who made it counts, too, and who may use it.
bool is_own(const ipc_perm &permissions) {
  return permissions.uid == ::geteuid() && permissions.cuid == ::geteuid() &&
         (permissions.mode & 077) == 0;
}

/// What is there already: taken over, found unusable but free (an empty span), or in use.
Result<std::span<std::byte>> take_over(const SegmentRequest &request, int id) {
  shmid_ds there{};
  if (::shmctl(id, IPC_STAT, &there) != 0) return segment_error(request, errno);
  const std::span<std::byte> memory =
      is_own(there.shm_perm) ? attach_memory(id, there.shm_segsz) : std::span<std::byte>{};
  const bool ours = !memory.empty() && check_table(memory).ok();
  if (ours && memory.size() == request.size) return memory;
  const auto *header = reinterpret_cast<const SegmentHeader *>(memory.data());
  const bool used = ours ? used_by_another(*header, ::getpid()) : there.shm_nattch > 0;
  if (!memory.empty()) ::shmdt(memory.data());
  if (used) return in_use_error(request, id, there.shm_segsz, ours);
  return std::span<std::byte>{};
}

}  // namespace

ShmSegment::ShmSegment(ShmSegment &&other) noexcept
    : id_(std::exchange(other.id_, -1)), memory_(std::exchange(other.memory_, {})) {}

ShmSegment &ShmSegment::operator=(ShmSegment &&other) noexcept {
  std::swap(id_, other.id_);
  std::swap(memory_, other.memory_);
  return *this;
}

ShmSegment::~ShmSegment() {
  detach();
}

void ShmSegment::detach() {
  if (attached()) ::shmdt(memory_.data());
  memory_ = {};
}

bool ShmSegment::attach() {
  shmid_ds there{};
  if (attached()) return true;
  if (id_ < 0 || ::shmctl(id_, IPC_STAT, &there) != 0) return false;
  const bool goes = (there.shm_perm.mode & SHM_DEST) != 0;  // with the last that has it
  if (goes || !is_own(there.shm_perm)) return false;
  memory_ = attach_memory(id_, there.shm_segsz);
  if (attached() && !check_table(memory_).ok()) detach();
  return attached();
}

Result<ShmSegment> ShmSegment::open(const SegmentRequest &request,
                                    std::vector<std::string> &notices) {
  const auto file = open_key_file(request.file);
  if (!file) return file.error();
  const key_t key = ::ftok(request.file.c_str(), request.project);
  if (key == -1) return file_error("stat", request.file, errno);
  if (const int id = ::shmget(key, 0, 0); id >= 0) {
    auto memory = take_over(request, id);
    if (!memory) return std::move(memory).error();
    if (!memory->empty()) return ShmSegment{id, *memory};
    notices.push_back("replacing the unused shared memory segment " + std::to_string(id) +
                      " of file '" + request.file + "'");
    ::shmctl(id, IPC_RMID, nullptr);
  } else if (errno != ENOENT) {
    return segment_error(request, errno);
  }
  const int id = ::shmget(key, request.size, IPC_CREAT | IPC_EXCL | 0600);
  if (id < 0) return segment_error(request, errno);
  ShmSegment segment{id, attach_memory(id, request.size)};
  if (!segment.attached()) return segment_error(request, errno);
  if (auto status = format_table(segment.memory(), request.seed, request.now); !status) {
    return std::move(status).error();
  }
  return segment;
}

long ShmSegment::attach_count() const {
  shmid_ds facts{};
  return ::shmctl(id_, IPC_STAT, &facts) == 0 ? static_cast<long>(facts.shm_nattch) : -1;
}

void ShmSegment::claim(pid_t daemon) {
  if (!attached()) return;
  auto &owners = reinterpret_cast<SegmentHeader *>(memory_.data())->owners;
  if (std::ranges::any_of(owners, [=](const auto &owner) { return owner == daemon; })) return;
  for (auto &owner : owners) {
    std::int32_t before = owner;
    if (daemon_lives(before)) continue;
    if (owner.compare_exchange_strong(before, daemon)) return;
  }
}

bool ShmSegment::release(pid_t daemon) {
  if (!attached()) return false;
  auto *header = reinterpret_cast<SegmentHeader *>(memory_.data());
  for (auto &owner : header->owners) {
    std::int32_t self = daemon;
    owner.compare_exchange_strong(self, 0);
  }
  return !used_by_another(*header, daemon) && ::shmctl(id_, IPC_RMID, nullptr) == 0;
}

}  // namespace mod_tls::cache
