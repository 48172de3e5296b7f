#include "cache/size_bounded_blob_store.h"

#include <string>
#include <utility>

#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "cache/counters.h"
#include "cache/disk_blob_store.h"
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
using ::testing::IsEmpty;

// 100 bytes hold five blobs of 20.
class SizeBoundedBlobStoreTest : public ::testing::Test {
 protected:
  static std::string Bytes(char letter) { return std::string(20, letter); }
  static Digest Name(char letter) { return DigestOf(Bytes(letter)); }

  absl::Status Put(char letter) {
    clock_.Advance(absl::Seconds(1));
    const std::string bytes = Bytes(letter);
    return store_.Put(DigestOf(bytes), absl::Cord(bytes));
  }
  void PutAll(const std::string& letters) {
    for (const char letter : letters) ASSERT_THAT(Put(letter), IsOk());
  }

  base::TempDir dir_ = *base::TempDir::Create(::testing::TempDir(), "bounded");
  base::FakeClock clock_;
  Counters counters_;
  std::unique_ptr<DiskBlobStore> owned_ =
      std::make_unique<DiskBlobStore>(*DiskLayout::Open(dir_.path()), &counters_, &clock_);
  DiskBlobStore& disk_ = *owned_;
  int64_t evicted_ = 0;
  SizeBoundedBlobStore store_{std::move(owned_), &disk_, 100,
                              [this](const EvictionResult& evicted) { evicted_ += evicted.blobs; }};
};

TEST_F(SizeBoundedBlobStoreTest, EvictsWhatWasNotUsedForLongest) {
  PutAll("abcde");
  EXPECT_EQ(evicted_, 0);
  clock_.Advance(absl::Seconds(1));
  ASSERT_THAT(store_.Get(Name('a')), IsOk());
  // 20 bytes are needed, and 10 more are freed for those to come.
  ASSERT_THAT(Put('f'), IsOk());
  EXPECT_EQ(evicted_, 2);
  EXPECT_EQ(disk_.StoredBytes(), 80);
  EXPECT_THAT(store_.FindMissing({Name('a'), Name('b'), Name('c'), Name('d')}),
              IsOkAndHolds(ElementsAre(Name('b'), Name('c'))));
}

TEST_F(SizeBoundedBlobStoreTest, WhatIsStoredAlreadyNeedsNoRoom) {
  PutAll("abcdea");
  EXPECT_EQ(evicted_, 0);
}

TEST_F(SizeBoundedBlobStoreTest, NeverEvictsWhatSomeoneHasOpen) {
  PutAll("ab");
  SINTER_ASSERT_OK_AND_ASSIGN(const BlobFile first, store_.Open(Name('a')));
  PutAll("cdefgh");
  EXPECT_THAT(store_.FindMissing({Name('a')}), IsOkAndHolds(IsEmpty()));
}

TEST_F(SizeBoundedBlobStoreTest, WithoutRoomThePutFailsAndNothingElseDoes) {
  PutAll("abcde");
  std::vector<BlobFile> open;
  for (const char letter : std::string("abcde")) {
    SINTER_ASSERT_OK_AND_ASSIGN(open.emplace_back(), store_.Open(Name(letter)));
  }
  EXPECT_THAT(Put('f'), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("20 bytes")));
  EXPECT_EQ(disk_.StoredBytes(), 100);
  open.clear();
  EXPECT_THAT(Put('f'), IsOk());
}

TEST_F(SizeBoundedBlobStoreTest, ABlobLargerThanTheBoundEvictsNothing) {
  PutAll("abcde");
  const std::string large(101, 'x');
  EXPECT_THAT(store_.Put(DigestOf(large), absl::Cord(large)),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(evicted_, 0);
}

}  // namespace
}  // namespace sinter::cache
