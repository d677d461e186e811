// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/fs_store.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cache/hex.h"
#include "cache/shared_block.h"

#include "CppUTest/TestHarness.h"
#include "store_contract.h"

using namespace mod_tls;
namespace fs = std::filesystem;
using cache::FsStore;
using cache::Outcome;
using test::sample;

namespace {

constexpr std::time_t kNow = 1'800'000'000;

}  // namespace

TEST_GROUP(FsStore) {
  fs::path folder;
  cache::SharedBlock<cache::FsShared> shared;

  void setup() override {
    folder = fs::temp_directory_path() / ("mod_tls-fs-" + std::to_string(getpid()));
    fs::create_directory(folder);
    fs::permissions(folder, fs::perms::owner_all);
  }
  void teardown() override {
    fs::remove_all(folder);
  }

  FsStore open() {
    auto directory = FsStore::open_directory(folder, getuid());
    CHECK_TRUE_TEXT(directory.ok(), directory.ok() ? "" : directory.error().message.c_str());
    return FsStore{std::move(*directory), *shared};
  }
  fs::path file_of(unsigned int i) {
    return folder / (cache::to_hex(sample(32, i)) + ".entry");
  }
  std::size_t files() {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  void refused(const char *why) {
    const auto directory = FsStore::open_directory(folder, getuid());
    CHECK_FALSE(directory.ok());
    STRCMP_CONTAINS(why, directory.error().message.c_str());
  }
};

TEST(FsStore, KeepsTheContract) {
  FsStore store = open();
  test::check_store_contract(store);
  LONGS_EQUAL(0, files());
}

TEST(FsStore, EntriesAreForTheirOwnerAndWholeOrNotThere) {
  FsStore store = open();
  store.put(sample(32, 1), sample(100, 1), kNow + 60, kNow);
  struct stat st {};
  LONGS_EQUAL(0, stat(file_of(1).c_str(), &st));
  LONGS_EQUAL(0600, st.st_mode & 07777);
  LONGS_EQUAL(kNow + 60, st.st_mtime);
  LONGS_EQUAL(1, files());
}

TEST(FsStore, ExpiredEntriesAreMissesAndGo) {
  FsStore store = open();
  store.put(sample(32, 1), sample(100, 1), kNow + 60, kNow);
  CHECK_TRUE(store.get(sample(32, 1), kNow + 59).outcome == Outcome::done);
  CHECK_TRUE(store.get(sample(32, 1), kNow + 60).outcome == Outcome::miss);
  LONGS_EQUAL(0, files());
  LONGS_EQUAL(1, store.facts().expired);
}

TEST(FsStore, WhatExpiredIsCountedForAllProcesses) {
  FsStore store = open();
  for (unsigned int i = 0; i < 3; i++) store.put(sample(32, i), sample(9, i), kNow + 60, kNow);
  store.get(sample(32, 0), kNow + 60);
  const pid_t child = fork();
  if (child == 0) {
    store.get(sample(32, 1), kNow + 60);
    store.sweep(kNow + 60, 0);
    _exit(store.facts().expired == 3 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  LONGS_EQUAL(0, status);
  LONGS_EQUAL(3, store.facts().expired);
}

TEST(FsStore, SweepingRemovesWhatExpiredAndWhatWasLeftHalfWritten) {
  FsStore store = open();
  for (unsigned int i = 0; i < 20; i++) {
    auto name = sample(32, i);
    name.back() = 200;
    store.put(name, sample(10, i), kNow + (i < 10 ? 60 : 600), kNow);
  }
  std::ofstream(folder / ".123-ab.new") << "half";
  std::ofstream(folder / "notes.txt") << "not ours";
  store.sweep(kNow + 100, 0);
  LONGS_EQUAL(11, files());
  CHECK_TRUE(fs::exists(folder / "notes.txt"));
  LONGS_EQUAL(10, store.facts().entries);
}

TEST(FsStore, FilesOfOtherPeopleStay) {
  FsStore store = open();
  store.put(sample(32, 1), sample(5, 1), kNow + 60, kNow);
  for (const char *name :
       {"foo.new", ".foo.new", ".12-x.new", ".new", "x.entry", ".entry", "abc.entry", "AB.entry"}) {
    std::ofstream(folder / name) << "not ours";
  }
  LONGS_EQUAL(1, store.facts().entries);
  store.sweep(kNow + 1'000'000, 0);
  LONGS_EQUAL(8, files());
  LONGS_EQUAL(0, *store.clear());
  LONGS_EQUAL(8, files());
}

TEST(FsStore, SweepingALargeDirectoryReachesAllOfItInTime) {
  auto directory = FsStore::open_directory(folder, getuid());
  FsStore store{std::move(*directory), *shared, {.files = 8}};
  for (unsigned int i = 0; i < 80; i++) {
    auto name = sample(32, i);
    name.front() = static_cast<unsigned char>(i);
    name.back() = 200;
    store.put(name, sample(10, i), kNow + (i % 4 == 0 ? 60 : 600), kNow);
  }
  store.sweep(kNow + 100, 4);
  CHECK_TRUE(files() >= 70);
  for (unsigned int i = 0; i < 80; i++) store.sweep(kNow + 100, static_cast<unsigned char>(i));
  LONGS_EQUAL(60, files());
}

TEST(FsStore, WhatStandsInTheWayOfAFreshFileGoesAndBlocksNobody) {
  FsStore store = open();
  const auto name = sample(32, 1);
  const std::string half = cache::to_hex(cache::ByteView{name}.first(16));
  const fs::path fresh = folder / ("." + std::to_string(getpid()) + "-" + half + ".new");
  mkfifo(fresh.c_str(), 0600);
  CHECK_TRUE(store.put(name, sample(5, 1), kNow + 60, kNow) == Outcome::done);
  std::ofstream(folder / "secret") << "secret";
  fs::create_hard_link(folder / "secret", fresh);
  CHECK_TRUE(store.put(name, sample(5, 1), kNow + 60, kNow) == Outcome::done);
  LONGS_EQUAL(6, fs::file_size(folder / "secret"));
  LONGS_EQUAL(2, files());
}

TEST(FsStore, ClearTellsWhatItCouldNotRemove) {
  FsStore store = open();
  store.put(sample(32, 1), sample(5, 1), kNow + 60, kNow);
  fs::create_directory(file_of(2));
  const auto cleared = store.clear();
  CHECK_FALSE(cleared.ok());
  STRCMP_EQUAL("unable to remove entries: Is a directory", cleared.error().message.c_str());
  LONGS_EQUAL(1, files());
}

TEST(FsStore, Q23LinksAreNotFollowed) {
  FsStore store = open();
  std::ofstream(folder / "secret") << "secret";
  fs::create_symlink(folder / "secret", file_of(1));
  CHECK_TRUE(store.get(sample(32, 1), kNow).outcome == Outcome::miss);
  CHECK_FALSE(fs::is_symlink(file_of(1)));
  fs::create_symlink(folder / "secret", file_of(2));
  CHECK_TRUE(store.put(sample(32, 2), sample(5, 1), kNow + 60, kNow) == Outcome::done);
  LONGS_EQUAL(6, fs::file_size(folder / "secret"));
}

TEST(FsStore, OddThingsUnderItsNamesAreMisses) {
  FsStore store = open();
  mkfifo(file_of(1).c_str(), 0600);
  CHECK_TRUE(store.get(sample(32, 1), kNow).outcome == Outcome::miss);
  fs::create_directory(file_of(2));
  CHECK_TRUE(store.get(sample(32, 2), kNow).outcome == Outcome::miss);
}

TEST(FsStore, Q62ClearCountsWhatItRemoves) {
  FsStore store = open();
  for (unsigned int i = 0; i < 7; i++) store.put(sample(32, i), sample(5, i), kNow + 60, kNow);
  LONGS_EQUAL(7, store.facts().entries);
  LONGS_EQUAL(7, *store.clear());
  LONGS_EQUAL(0, store.facts().entries);
}

TEST(FsStore, DirectoriesThatOthersCanWriteToAreRefused) {
  fs::permissions(folder, fs::perms::all);
  refused("unable to use world-writable");
  refused("(perms 0777)");
}

TEST(FsStore, WhatIsNoDirectoryIsRefused) {
  fs::remove(folder);
  refused("unable to check");
  std::ofstream(folder) << "a file";
  refused("Not a directory");
  fs::remove(folder);
  fs::create_directory_symlink("/", folder);
  refused("Not a directory");
}

TEST(FsStore, InformationIsParsed) {
  STRCMP_EQUAL("/a/b", cache::parse_fs_info("/path=/a/b")->c_str());
  STRCMP_CONTAINS("badly formatted info '/file=/x', unable to open fscache",
                  cache::parse_fs_info("/file=/x").error().message.c_str());
  STRCMP_CONTAINS("path 'a' not an absolute path",
                  cache::parse_fs_info("/path=a").error().message.c_str());
}

TEST(FsStore, Q46StatusLooksAtABoundedNumberOfFiles) {
  auto directory = FsStore::open_directory(folder, getuid());
  FsStore store{std::move(*directory), *shared, {.names = 6}};
  for (unsigned int i = 0; i < 20; i++) store.put(sample(32, i), sample(5, i), kNow + 60, kNow);
  CHECK_TRUE(store.facts().entries >= 3);  // "." and ".." are among the six
  CHECK_TRUE(store.facts().entries <= 6);
  LONGS_EQUAL(20, *store.clear());
}

TEST(FsStore, ADirectoryThatMayNotBeWrittenToIsRefused) {
  const pid_t child = fork();
  if (child == 0) {
    fs::permissions(folder, fs::perms{0555});
    const bool other = geteuid() != 0 || setuid(65534) == 0;
    const auto directory = FsStore::open_directory(folder, getuid());
    const bool told = !directory.ok() && directory.error().message.find("unable to write to") == 0;
    _exit(other && told ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  LONGS_EQUAL(0, status);
}

TEST(FsStore, ADirectoryOfSomebodyElseIsRefused) {
  if (geteuid() != 0) {
    // The root directory is root's, which is fine, and not writable, which is not.
    CHECK_FALSE(FsStore::open_directory("/", getuid()).ok());
    return;
  }
  LONGS_EQUAL(0, chown(folder.c_str(), 65534, 65534));
  refused("it belongs neither to root nor to the server's User");
  CHECK_TRUE(FsStore::open_directory(folder, 65534).ok());
}

TEST(FsStore, NamesStayInsideTheDirectory) {
  FsStore store = open();
  for (const std::string text : {"../x", "/etc/passwd", "..", ".", "a/b", "a\n"}) {
    const cache::Bytes name(text.begin(), text.end());
    CHECK_TRUE(store.put(name, sample(5, 1), kNow + 60, kNow) == Outcome::done);
    CHECK_TRUE(store.get(name, kNow).outcome == Outcome::done);
  }
  LONGS_EQUAL(6, files());
  CHECK_FALSE(fs::exists(folder.parent_path() / "x"));
  CHECK_TRUE(store.put(sample(101, 1), sample(5, 1), kNow + 60, kNow) == Outcome::too_large);
}
