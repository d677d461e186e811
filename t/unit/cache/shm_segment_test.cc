// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "cache/shm_segment.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "cache/shm_table.h"

#include "CppUTest/TestHarness.h"
#include "store_contract.h"

using namespace mod_tls;
namespace fs = std::filesystem;
using cache::SegmentRequest;
using cache::ShmSegment;

namespace {

/// The id of a process that has ended.
pid_t dead_process() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  return child;
}

}  // namespace

TEST_GROUP(ShmSegment) {
  fs::path folder;
  SegmentRequest request;
  std::vector<std::string> notices;

  void setup() override {
    folder = fs::temp_directory_path() / ("mod_tls-segment-" + std::to_string(getpid()));
    fs::create_directory(folder);
    request = {folder / "key", 247, 65536, 1, 1000};
  }
  void teardown() override {
    if (const int id = segment_id(); id >= 0) shmctl(id, IPC_RMID, nullptr);
    fs::remove_all(folder);
    notices.clear();
    notices.shrink_to_fit();
    request.file.clear();
    request.file.shrink_to_fit();
  }
  int segment_id() {
    const key_t key = ftok(request.file.c_str(), request.project);
    return key == -1 ? -1 : shmget(key, 0, 0);
  }
  ShmSegment open() {
    auto segment = ShmSegment::open(request, notices);
    CHECK_TRUE_TEXT(segment.ok(), segment.ok() ? "" : segment.error().message.c_str());
    return std::move(*segment);
  }
  void refused(const char *why) {
    const auto segment = ShmSegment::open(request, notices);
    CHECK_FALSE(segment.ok());
    STRCMP_CONTAINS(why, segment.error().message.c_str());
  }
};

TEST(ShmSegment, IsCreatedForItsOwnerAlone) {
  const ShmSegment segment = open();
  shmid_ds facts{};
  shmctl(segment.id(), IPC_STAT, &facts);
  LONGS_EQUAL(0600, facts.shm_perm.mode & 0777);
  LONGS_EQUAL(65536, facts.shm_segsz);
  LONGS_EQUAL(1, segment.attach_count());
  LONGS_EQUAL(0600, static_cast<int>(fs::status(request.file).permissions()));
  CHECK_TRUE(notices.empty());
}

TEST(ShmSegment, TwoDaemonsShareIt) {
  const ShmSegment one = open();
  const ShmSegment two = open();
  LONGS_EQUAL(one.id(), two.id());
  cache::ShmTable first{one.memory()};
  cache::ShmTable second{two.memory()};
  first.put(test::sample(32, 1), test::sample(100, 2), 2000, 1000);
  CHECK_TRUE(second.get(test::sample(32, 1), 1000).bytes == test::sample(100, 2));
}

TEST(ShmSegment, GoesWithTheLastLivingDaemon) {
  ShmSegment segment = open();
  segment.claim(getpid());
  segment.claim(getppid());
  segment.claim(dead_process());
  segment.release(getpid());
  CHECK_TRUE(segment_id() >= 0);
  segment.release(getppid());
  LONGS_EQUAL(-1, segment_id());
}

TEST(ShmSegment, WhatACrashedDaemonLeftIsUsedAgain) {
  {
    ShmSegment segment = open();
    segment.claim(dead_process());
    cache::ShmTable table{segment.memory()};
    table.put(test::sample(32, 1), test::sample(100, 2), 2000, 1000);
  }
  const ShmSegment again = open();
  cache::ShmTable table{again.memory()};
  CHECK_TRUE(table.get(test::sample(32, 1), 1000).outcome == cache::Outcome::done);
  CHECK_TRUE(notices.empty());
}

TEST(ShmSegment, OneThatOthersMayUseIsReplaced) {
  shmid_ds facts{};
  int before = -1;
  {
    const ShmSegment segment = open();
    before = segment.id();
    shmctl(before, IPC_STAT, &facts);
    facts.shm_perm.mode = 0666;
    LONGS_EQUAL(0, shmctl(before, IPC_SET, &facts));
  }
  const ShmSegment again = open();
  CHECK_TRUE(again.id() != before);
  LONGS_EQUAL(1, notices.size());
  shmctl(again.id(), IPC_STAT, &facts);
  LONGS_EQUAL(0600, facts.shm_perm.mode & 0777);
}

TEST(ShmSegment, OneThatAnotherUserMadeAndGaveAwayIsReplaced) {
  if (geteuid() != 0) return;  // nobody to give it away
  int before = -1;
  {
    const ShmSegment segment = open();
    before = segment.id();
  }
  shmctl(before, IPC_RMID, nullptr);
  const key_t key = ftok(request.file.c_str(), request.project);
  const pid_t other = fork();
  if (other == 0) {
    if (setuid(65534) != 0) _exit(1);
    const int id = shmget(key, request.size, IPC_CREAT | IPC_EXCL | 0600);
    auto *memory = static_cast<std::byte *>(shmat(id, nullptr, 0));
    shmid_ds facts{};
    const bool ready = cache::format_table({memory, request.size}, 1, 1000).ok() &&
                       shmctl(id, IPC_STAT, &facts) == 0;
    facts.shm_perm.uid = 0;
    _exit(ready && shmctl(id, IPC_SET, &facts) == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(other, &status, 0);
  LONGS_EQUAL(0, status);
  const ShmSegment ours = open();
  shmid_ds facts{};
  shmctl(ours.id(), IPC_STAT, &facts);
  LONGS_EQUAL(0, facts.shm_perm.cuid);
  LONGS_EQUAL(1, notices.size());
}

TEST(ShmSegment, Q38AnotherSizeReplacesWhatNobodyUses) {
  { const ShmSegment segment = open(); }
  request.size = 131072;
  const ShmSegment larger = open();
  LONGS_EQUAL(131072, larger.memory().size());
  LONGS_EQUAL(1, notices.size());
}

TEST(ShmSegment, AnotherSizeThanALivingDaemonsIsRefused) {
  ShmSegment segment = open();
  segment.claim(getppid());
  request.size = 131072;
  refused("requested shm size (131072 bytes) is larger than existing shm size (65536 bytes)");
  request.size = 32768;
  refused("is smaller than existing");
  segment.release(getppid());
}

TEST(ShmSegment, AForeignSegmentIsReplacedIfNobodyUsesItAndLeftAloneElse) {
  { const ShmSegment made = open(); }
  shmctl(segment_id(), IPC_RMID, nullptr);
  const key_t key = ftok(request.file.c_str(), request.project);
  const int foreign = shmget(key, 65536, IPC_CREAT | IPC_EXCL | 0600);
  void *users = shmat(foreign, nullptr, 0);
  refused("is in use by another program");
  shmdt(users);
  const ShmSegment segment = open();
  CHECK_TRUE(segment.id() != foreign);
  LONGS_EQUAL(1, notices.size());
}

TEST(ShmSegment, Q23OddFilesAreRefused) {
  fs::create_symlink(folder / "elsewhere", request.file);
  refused("it is a symbolic link");
  CHECK_FALSE(fs::exists(folder / "elsewhere"));
  fs::remove(request.file);
  fs::create_directory(request.file);
  refused("Is a directory");
  fs::remove(request.file);
  mkfifo(request.file.c_str(), 0600);
  refused("not a regular file");
  request.file = folder / "no" / "such" / "folder";
  refused("unable to open file");
}

TEST(ShmSegment, SizesThatTheKernelRefusesAreTold) {
  request.size = std::size_t{1} << 62;
  refused("unable to allocate shared memory");
}

TEST(ShmSegment, ASegmentOfAnotherVersionIsReplacedIfNobodyUsesIt) {
  {
    const ShmSegment segment = open();
    reinterpret_cast<cache::SegmentHeader *>(segment.memory().data())->version = 99;
    refused("is in use by another program");
  }
  const ShmSegment fresh = open();
  CHECK_TRUE(cache::check_table(fresh.memory()).ok());
  LONGS_EQUAL(1, notices.size());
  STRCMP_CONTAINS("replacing the unused shared memory segment", notices[0].c_str());
}

TEST(ShmSegment, ASegmentThatIsTooSmallForItsHeaderIsReplaced) {
  { const ShmSegment made = open(); }
  shmctl(segment_id(), IPC_RMID, nullptr);
  const key_t key = ftok(request.file.c_str(), request.project);
  CHECK_TRUE(shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600) >= 0);
  const ShmSegment segment = open();
  LONGS_EQUAL(65536, segment.memory().size());
}

TEST(ShmSegment, ACorruptedSegmentServesAgain) {
  {
    const ShmSegment segment = open();
    cache::ShmTable table{segment.memory()};
    table.put(test::sample(32, 1), test::sample(100, 2), 2000, 1000);
    // All but the locks of the shards, which only the C library understands.
    const std::size_t from = cache::kHeaderBytes + sizeof(pthread_mutex_t);
    for (std::byte &byte : segment.memory().subspan(from)) byte = std::byte{0xa5};
  }
  const ShmSegment again = open();
  cache::ShmTable table{again.memory()};
  CHECK_TRUE(table.get(test::sample(32, 1), 1000).outcome == cache::Outcome::miss);
  test::check_store_contract(table);
}

TEST(ShmSegment, ALockThatADeadDaemonHeldIsFree) {
  { const ShmSegment made = open(); }
  const pid_t child = fork();
  if (child == 0) {
    const int fd = ::open(request.file.c_str(), O_RDWR | O_CLOEXEC);
    _exit(flock(fd, LOCK_EX) == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  LONGS_EQUAL(0, status);
  CHECK_TRUE(open().attached());
}

TEST(ShmSegment, AFileThatSomebodyKeepsLockedIsToldAfterABoundedTime) {
  { const ShmSegment made = open(); }
  const int holder = ::open(request.file.c_str(), O_RDWR | O_CLOEXEC);
  CHECK_EQUAL(0, flock(holder, LOCK_EX));
  refused("unable to lock file");
  close(holder);
}

/// In a child without rights, if this process has any: 0 if it was refused with `why`.
TEST(ShmSegment, FilesThatMayNotBeOpenedAreTold) {
  { const ShmSegment made = open(); }
  const pid_t child = fork();
  if (child == 0) {
    const bool other = geteuid() != 0 || setuid(65534) == 0;
    if (geteuid() != 65534) chmod(request.file.c_str(), 0);
    const auto segment = ShmSegment::open(request, notices);
    const bool told = !segment.ok() && segment.error().message.find("unable to open file") == 0 &&
                      segment.error().message.find("Permission denied") != std::string::npos;
    _exit(other && told ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  LONGS_EQUAL(0, status);
}

TEST(ShmSegment, WhatIsLetGoOfCanBeHadBackAsLongAsItIsThere) {
  ShmSegment segment = open();
  segment.claim(getpid());
  segment.detach();
  CHECK_FALSE(segment.attached());
  shmid_ds facts{};
  shmctl(segment.id(), IPC_STAT, &facts);
  LONGS_EQUAL(0, facts.shm_nattch);
  CHECK_TRUE(segment.attach());
  LONGS_EQUAL(65536, segment.memory().size());
  segment.detach();
  CHECK_TRUE(segment.attach() && segment.release(getpid()));
  CHECK_FALSE(ShmSegment{}.attach());
}

TEST(ShmSegment, WhatWasRemovedMeanwhileIsNotHadBack) {
  ShmSegment gone = open();
  const ShmSegment another = open();  // the system keeps it for this one
  gone.detach();
  shmctl(gone.id(), IPC_RMID, nullptr);
  CHECK_FALSE(gone.attach());
}

TEST(ShmSegment, WhatIsNoTableAnyMoreIsNotHadBack) {
  ShmSegment spoilt = open();
  const ShmSegment another = open();
  spoilt.detach();
  std::fill(another.memory().begin(), another.memory().end(), std::byte{0xff});
  CHECK_FALSE(spoilt.attach());
  CHECK_FALSE(spoilt.attached());
}
