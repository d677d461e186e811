// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/cache_fs.h"

#include <sys/stat.h>

#include <ctime>

#include "core/ascii.h"
#include "glue/daemon_account.h"
#include "glue/privileges.h"

namespace mod_tls::glue {

namespace {

bool may_write(int directory, uid_t user, gid_t group) {
  struct stat st {};
  if (user == PR_ROOT_UID || ::fstat(directory, &st) != 0) return true;
  if (st.st_uid == user) return (st.st_mode & S_IWUSR) != 0;
  return st.st_gid == group && (st.st_mode & S_IWGRP) != 0;
}

}  // namespace

cache::Outcome RootedStore::put(cache::ByteView name, cache::ByteView value, std::time_t expires,
                                std::time_t now) {
  const RootPrivileges root;
  return store_.put(name, value, expires, now);
}

cache::Found RootedStore::get(cache::ByteView name, std::time_t now) {
  const RootPrivileges root;
  return store_.get(name, now);
}

cache::Outcome RootedStore::remove(cache::ByteView name) {
  const RootPrivileges root;
  return store_.remove(name);
}

core::Result<std::uint64_t> RootedStore::clear() {
  const RootPrivileges root;
  return store_.clear();
}

cache::StoreFacts RootedStore::facts() {
  const RootPrivileges root;
  return store_.facts();
}

void RootedStore::sweep(std::time_t now, unsigned char share) {
  const RootPrivileges root;
  store_.sweep(now, share);
}

core::Status FsBackend::open(std::string_view info, std::vector<std::string> &notices) {
  store_.reset();
  const auto path = cache::parse_fs_info(info);
  if (!path) return path.error();
  auto directory = cache::FsStore::open_directory(*path, daemon_user());
  if (!directory) return std::move(directory).error();
  if (use_ == CacheUse::ocsp && !may_write(directory->get(), daemon_user(), daemon_group())) {
    notices.push_back(
        "OCSP responses are not kept in " + core::quoted(*path) +
        ": who fetches them is the server's User, who may not write there (chown it)");
  }
  store_.emplace(std::move(*directory), *shared_);
  const std::time_t now = std::time(nullptr);
  store_->sweep(now, static_cast<unsigned char>(now));
  return core::success();
}

core::Status FsBackend::destroy() {
  const auto cleared = store_->clear();
  if (cleared) store_.reset();
  return cleared ? core::success() : core::Status{cleared.error()};
}

std::vector<std::string> FsBackend::describe() {
  const std::string what = use_ == CacheUse::sessions ? "SSL session" : "OCSP response";
  const std::string many = use_ == CacheUse::sessions ? "SSL sessions" : "OCSP responses";
  return {"Filesystem (fs) " + what + " cache provided by " + host_.version(), "",
          "Current " + many + " cached: " + std::to_string(store_->facts().entries), ""};
}

}  // namespace mod_tls::glue
