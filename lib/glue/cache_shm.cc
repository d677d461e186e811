// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_shm.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <random>

#include "cache/shm_info.h"
#include "glue/cache_status.h"
#include "glue/privileges.h"

namespace mod_tls::glue {

namespace {

/// As the original has them for ftok(3).
constexpr int kSessionProject = 247;
constexpr int kResponseProject = 249;

std::uint64_t draw_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

bool ShmBackend::has_again(const std::string &file, std::size_t size) {
  if (file != file_ || size != size_ || !segment_.attach()) return false;
  if (!table_) table_.emplace(segment_.memory());
  return true;
}

core::Status ShmBackend::open(std::string_view info, std::vector<std::string> &notices) {
  auto wanted = cache::parse_shm_info(info);
  if (!wanted) return std::move(wanted).error();
  notices = std::move(wanted->notices);
  if (has_again(wanted->file, wanted->size)) return core::success();
  release();  // after a restart with another file or size
  auto segment = cache::ShmSegment::open(
      {.file = wanted->file,
       .project = use_ == CacheUse::sessions ? kSessionProject : kResponseProject,
       .size = wanted->size,
       .seed = draw_seed(),
       .now = std::time(nullptr)},
      notices);
  if (!segment) return std::move(segment).error();
  segment_ = std::move(*segment);
  file_ = wanted->file;
  size_ = wanted->size;
  table_.emplace(segment_.memory());
  claim();
  return core::success();
}

/// The segment stays, and this daemon in it: after its restart it has the entries again. Where it
/// does not want them any more, release() is for its end.
void ShmBackend::close() {
  table_.reset();
  segment_.detach();
}

core::Status ShmBackend::destroy() {
  // Without its segment the file names nothing; others who use both keep both.
  if (!release()) return core::success();
  const RootPrivileges root;
  ::unlink(file_.c_str());
  return core::success();
}

void ShmBackend::claim() {
  if (table_) segment_.claim(::getpid());
}

bool ShmBackend::release() {
  const RootPrivileges root;
  table_.reset();
  const bool gone = segment_.attach() && segment_.release(::getpid());
  segment_ = cache::ShmSegment{};
  return gone;
}

std::vector<std::string> ShmBackend::describe() {
  const std::string what = use_ == CacheUse::sessions ? "SSL session" : "OCSP response";
  std::vector<std::string> lines{
      "Shared memory (shm) " + what + " cache provided by " + host_.version(), ""};
  const RootPrivileges root;
  const long attached = segment_.attach_count();
  const std::string id = std::to_string(segment_.id());
  if (attached < 0) {
    lines.push_back("Unable to stat shared memory segment ID " + id + ": " +
                    core::errno_text(errno));
  } else {
    lines.push_back("Shared memory segment ID: " + id);
    lines.push_back("Shared memory segment size: " + std::to_string(segment_.memory().size()) +
                    " bytes");
    lines.push_back("Shared memory cache created on: " + date_text(table_->header().created));
    lines.push_back("Shared memory attach count: " + std::to_string(attached));
  }
  lines.emplace_back();
  return lines;
}

}  // namespace mod_tls::glue
