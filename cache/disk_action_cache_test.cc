#include "cache/disk_action_cache.h"

#include <string>

#include "base/file_util.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::cache {
namespace {

using base::IsOk;
using base::IsOkAndHolds;
using base::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DiskActionCacheTest : public ::testing::Test {
 protected:
  static v1::CachedResult Result(const std::string& summary) {
    v1::CachedResult result;
    result.set_summary(summary);
    return result;
  }
  std::string Path() const { return DiskLayout::EntryPath(layout_.ActionRoot(), action_); }

  const base::Digest action_ = base::DigestOf("an action");
  base::TempDir dir_ = *base::TempDir::Create(::testing::TempDir(), "actions");
  const DiskLayout layout_ = *DiskLayout::Open(dir_.path());
  Counters counters_;
  DiskActionCache cache_{layout_, &counters_};
};

TEST_F(DiskActionCacheTest, RemembersTheLastResultEvenAfterARestart) {
  EXPECT_THAT(cache_.Get(action_), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(cache_.Put(action_, Result("first"), Sync::kNow), IsOk());
  ASSERT_THAT(cache_.Put(action_, Result("second"), Sync::kNow), IsOk());
  DiskActionCache restarted(layout_, &counters_);
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::CachedResult result, restarted.Get(action_));
  EXPECT_EQ(result.summary(), "second");
  EXPECT_THAT(restarted.ListActions(), IsOkAndHolds(ElementsAre(action_)));
  EXPECT_THAT(base::ListDirectory(layout_.TempRoot()), IsOkAndHolds(IsEmpty()));
}

TEST_F(DiskActionCacheTest, ForgetsWhatIsRemoved) {
  ASSERT_THAT(cache_.Put(action_, Result("x"), Sync::kNow), IsOk());
  ASSERT_THAT(cache_.Remove(action_), IsOk());
  ASSERT_THAT(cache_.Remove(action_), IsOk());
  EXPECT_THAT(cache_.Get(action_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DiskActionCacheTest, ADamagedEntryIsAMissAndIsCounted) {
  ASSERT_THAT(cache_.Put(action_, Result("a summary"), Sync::kNow), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string whole, base::ReadFile(Path()));
  std::string flipped = whole, cut = whole.substr(0, 20);
  flipped.back() ^= 1;
  for (const std::string& damaged : {flipped, cut, std::string()}) {
    ASSERT_THAT(base::WriteFileAtomically(Path(), damaged), IsOk());
    EXPECT_THAT(cache_.Get(action_), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(base::ReadFile(Path()), StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_EQ(counters_.SinceStart().corrupt, 3);
}

TEST_F(DiskActionCacheTest, AMalformedDigestIsRefused) {
  EXPECT_THAT(cache_.Get({"../x", 1}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(cache_.Put({"../x", 1}, Result(""), Sync::kNow),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sinter::cache
