// Several processes with one cache folder, and what is left when they are killed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_util.h"
#include "base/metrics.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "base/unique_fd.h"
#include "cache/cache.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::cache {
namespace {

using base::DigestOf;
using base::IsOk;
using base::IsOkAndHolds;
using ::testing::IsEmpty;

constexpr int64_t kMaxBytes = 100 << 10;
constexpr int kProcesses = 3;
constexpr int kBlobs = 25;

// 10 KiB each, so that all of them together are far above the bound.
std::string BlobBytes(int number) { return std::string(10 << 10, static_cast<char>('a' + number)); }

class CacheSharingTest : public ::testing::Test {
 protected:
  // Each process has its own of these.
  struct User {
    base::RealClock clock;
    base::MetricRegistry metrics;
    std::unique_ptr<Cache> cache;
  };
  std::unique_ptr<User> Open() {
    auto user = std::make_unique<User>();
    CacheConfig config;
    config.root = root_;
    config.max_bytes = kMaxBytes;
    config.recount = false;
    auto cache = Cache::Open(config, &user->clock, &user->metrics);
    EXPECT_THAT(cache, IsOk());
    if (cache.ok()) user->cache = *std::move(cache);
    return user;
  }

  // Runs `work` in a process that exits with 0 if it returns true.
  pid_t Start(const std::function<bool()>& work) {
    const pid_t pid = fork();
    if (pid == 0) _exit(work() ? 0 : 1);
    return pid;
  }

  // That what is stored is intact and counted right, and nothing else is left.
  void ExpectInOrder() {
    const auto user = Open();
    const Statistics counted = user->cache->counters().AllTime();
    EXPECT_THAT(base::ListDirectory(user->cache->temp_root()), IsOkAndHolds(IsEmpty()));
    SINTER_ASSERT_OK_AND_ASSIGN(const VerifyResult verified, user->cache->Verify());
    EXPECT_EQ(verified.corrupt_blobs, 0);
    EXPECT_EQ(verified.checked_blobs, counted.blobs);
    EXPECT_EQ(verified.checked_blobs * (10 << 10), counted.bytes);
  }

  base::TempDir dir_ = *base::TempDir::Create(::testing::TempDir(), "sharing");
  const std::string root_ = dir_.path() + "/cache";
};

TEST_F(CacheSharingTest, ProcessesStoreReadAndEvictTogether) {
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    children.push_back(Start([this, process] {
      const auto user = Open();
      for (int i = 0; i < kBlobs; ++i) {
        // The same blobs in another order, so that they are stored, read and evicted at once.
        const std::string bytes = BlobBytes((i * (process + 1)) % kBlobs);
        FileBlobStore& blobs = user->cache->blobs();
        if (!blobs.Put(DigestOf(bytes), absl::Cord(bytes)).ok()) return false;
        const absl::StatusOr<absl::Cord> read = blobs.Get(DigestOf(bytes));
        // Another process may have evicted it; then it is a miss and nothing worse.
        if (!read.ok() && !absl::IsNotFound(read.status())) return false;
        if (read.ok() && *read != bytes) return false;
      }
      return user->cache->counters().SinceStart().corrupt == 0;
    }));
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  ExpectInOrder();
  // The bound, and what the others may have stored at the same moment.
  EXPECT_LE(Open()->cache->counters().AllTime().bytes, kMaxBytes + (kProcesses - 1) * (10 << 10));
}

TEST_F(CacheSharingTest, AKilledWriterLeavesNothingHalfDone) {
  for (int kill_after = 1; kill_after <= 5; ++kill_after) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const base::UniqueFd read_end(ends[0]);
    base::UniqueFd write_end(ends[1]);
    const pid_t child = Start([&] {
      const auto user = Open();
      for (int i = 0;; ++i) {
        const std::string bytes = BlobBytes((i + kill_after) % kBlobs);
        user->cache->blobs().Put(DigestOf(bytes), absl::Cord(bytes)).IgnoreError();
        if (write(write_end.get(), "x", 1) != 1) return false;
      }
    });
    write_end.Reset();
    // It is in the middle of the next blob, or the one after.
    char stored;
    for (int i = 0; i < kill_after; ++i) ASSERT_EQ(read(read_end.get(), &stored, 1), 1);
    ASSERT_EQ(kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    // The kill may have come between storing a blob and counting it.
    const auto user = Open();
    ASSERT_THAT(user->cache->CollectGarbage(kMaxBytes), IsOk());
    ExpectInOrder();
  }
}

}  // namespace
}  // namespace sinter::cache
