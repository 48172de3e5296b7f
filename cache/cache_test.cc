#include "cache/cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "base/file_util.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "cache/digest_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::cache {
namespace {

using base::Digest;
using base::DigestOf;
using base::IsOk;
using base::IsOkAndHolds;
using base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class CacheTest : public ::testing::Test {
 protected:
  CacheTest() { Reopen(); }

  // As a restart would: what the old process had in memory is gone.
  void Reopen() {
    cache_.reset();
    metrics_ = std::make_unique<base::MetricRegistry>();
    CacheConfig config;
    config.root = dir_.path() + "/cache";
    config.max_bytes = 1000;
    config.on_corrupt = [this](const Digest& expected, const Digest&) {
      corrupt_.push_back(expected);
    };
    cache_ = *Cache::Open(config, &clock_, metrics_.get());
  }

  // Stores a result of one file. RETURNS: the file's digest.
  Digest StoreResult(const Digest& action, const std::string& bytes) {
    EXPECT_THAT(base::WriteFileAtomically(dir_.path() + "/model.so", bytes), IsOk());
    v1::CachedResult result;
    v1::CachedResult::File& file = *result.add_files();
    file.set_path("model.so");
    *file.mutable_digest() = ToProto(DigestOf(bytes));
    const auto stored = cache_->results().Store(action, result, dir_.path());
    EXPECT_THAT(stored, IsOk());
    EXPECT_THAT(stored->cached, IsOk());
    return DigestOf(bytes);
  }

  std::string BlobPath(const Digest& digest) const {
    return DiskLayout::EntryPath(dir_.path() + "/cache/cas", digest);
  }

  // Flips a bit of the blob's first byte on disk.
  void Damage(const Digest& digest) {
    const std::string path = BlobPath(digest);
    ASSERT_EQ(chmod(path.c_str(), 0644), 0);
    SINTER_ASSERT_OK_AND_ASSIGN(std::string bytes, base::ReadFile(path));
    bytes[0] ^= 1;
    SINTER_ASSERT_OK_AND_ASSIGN(const base::UniqueFd fd, base::OpenFile(path, O_WRONLY));
    ASSERT_THAT(base::WriteAll(fd.get(), bytes, path), IsOk());
    // Past the few seconds for which a file that was intact is trusted.
    clock_.Advance(absl::Minutes(1));
  }

  const Digest action_ = DigestOf("an action");
  base::TempDir dir_ = *base::TempDir::Create(::testing::TempDir(), "cache");
  base::FakeClock clock_;
  std::unique_ptr<base::MetricRegistry> metrics_;
  std::vector<Digest> corrupt_;
  std::unique_ptr<Cache> cache_;
};

TEST_F(CacheTest, AResultOutlivesARestart) {
  StoreResult(action_, "a library");
  Reopen();
  EXPECT_THAT(cache_->results().Lookup(action_), IsOk());
  EXPECT_EQ(cache_->counters().SinceStart().blobs, 1);
  EXPECT_EQ(cache_->counters().SinceStart().bytes, 9);
}

TEST_F(CacheTest, ADamagedBlobIsAMissCountedKeptForInspectionAndHealed) {
  const Digest library = StoreResult(action_, "a library");
  Damage(library);
  EXPECT_THAT(cache_->results().Lookup(action_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(corrupt_, ElementsAre(library));
  EXPECT_EQ(cache_->counters().SinceStart().corrupt, 1);
  EXPECT_THAT(base::ListDirectory(dir_.path() + "/cache/quarantine"), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(metrics_->ToPrometheusText(), HasSubstr("\nsinter_cache_corrupt_total 1\n"));
  StoreResult(action_, "a library");
  EXPECT_THAT(cache_->results().Lookup(action_), IsOk());
}

TEST_F(CacheTest, VerifyFindsDamageWithoutAReader) {
  const Digest library = StoreResult(action_, "a library");
  StoreResult(DigestOf("another action"), "another library");
  Damage(library);
  SINTER_ASSERT_OK_AND_ASSIGN(const VerifyResult result, cache_->Verify());
  EXPECT_EQ(result.checked_blobs, 2);
  EXPECT_EQ(result.corrupt_blobs, 1);
  EXPECT_EQ(result.checked_results, 2);
  EXPECT_EQ(result.corrupt_results, 0);
  EXPECT_THAT(cache_->blobs().FindMissing({library}), IsOkAndHolds(ElementsAre(library)));
  EXPECT_EQ(cache_->Verify()->corrupt_blobs, 0);
}

TEST_F(CacheTest, VerifyDoesNotCountAsUse) {
  const Digest library = StoreResult(action_, "a library");
  const absl::Time used = clock_.Now();
  clock_.Advance(absl::Hours(48));
  ASSERT_THAT(cache_->Verify(), IsOk());
  struct stat info;
  ASSERT_EQ(stat(BlobPath(library).c_str(), &info), 0);
  EXPECT_EQ(absl::TimeFromTimespec(info.st_atim), used);
}

TEST_F(CacheTest, VerifyStopsWhenTold) {
  StoreResult(action_, "a library");
  base::Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_THAT(cache_->Verify(&cancellation), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(CacheTest, GarbageIsWhatIsOldOrUseless) {
  const Digest old_library = StoreResult(action_, std::string(300, 'o'));
  clock_.Advance(absl::Hours(1));
  const Digest new_action = DigestOf("new");
  const Digest new_library = StoreResult(new_action, std::string(300, 'n'));
  Damage(StoreResult(DigestOf("bad"), "bad"));
  ASSERT_THAT(cache_->Verify(), IsOk());
  // A process that was killed has left a file.
  ASSERT_THAT(base::WriteFileAtomically(cache_->temp_root() + "/file-stale", "x"), IsOk());

  SINTER_ASSERT_OK_AND_ASSIGN(const GarbageResult result, cache_->CollectGarbage(300));
  EXPECT_EQ(result.evicted.blobs, 1);
  EXPECT_EQ(result.evicted.bytes, 300);
  EXPECT_EQ(result.results, 2);  // of the old library and of the bad one
  EXPECT_EQ(result.temporaries, 1);
  EXPECT_EQ(result.quarantined, 1);
  EXPECT_THAT(cache_->blobs().FindMissing({old_library, new_library}),
              IsOkAndHolds(ElementsAre(old_library)));
  EXPECT_THAT(cache_->results().Lookup(new_action), IsOk());
  EXPECT_EQ(cache_->counters().SinceStart().evicted, 1);

  SINTER_ASSERT_OK_AND_ASSIGN(const GarbageResult all, cache_->CollectGarbage(0));
  EXPECT_EQ(all.evicted.blobs, 1);
  EXPECT_EQ(cache_->counters().SinceStart().bytes, 0);
}

TEST_F(CacheTest, StaysBelowItsBound) {
  for (const char letter : std::string("abcdefgh")) {
    clock_.Advance(absl::Seconds(1));
    StoreResult(DigestOf(std::string(1, letter)), std::string(300, letter));
  }
  EXPECT_LE(cache_->counters().SinceStart().bytes, 1000);
  EXPECT_GT(cache_->counters().SinceStart().evicted, 0);
  EXPECT_THAT(cache_->results().Lookup(DigestOf("h")), IsOk());
  // Its file was evicted, so the first is no hit.
  EXPECT_THAT(cache_->results().Lookup(DigestOf("a")), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace sinter::cache
