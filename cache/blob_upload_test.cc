#include "cache/blob_upload.h"

#include <string>

#include "base/file_util.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "cache/memory_blob_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::cache {
namespace {

using base::IsOk;
using base::IsOkAndHolds;
using ::testing::IsEmpty;

TEST(BlobUploadTest, PiecesBecomeABlob) {
  const base::TempDir dir = *base::TempDir::Create(::testing::TempDir(), "upload");
  MemoryBlobStore store;
  SINTER_ASSERT_OK_AND_ASSIGN(BlobUpload upload, BlobUpload::Start(dir.path()));
  ASSERT_THAT(upload.Append("a mo"), IsOk());
  ASSERT_THAT(upload.Append("del"), IsOk());
  EXPECT_EQ(upload.size_bytes(), 7);
  const base::Digest digest = upload.Finish();
  EXPECT_EQ(digest, base::DigestOf("a model"));
  ASSERT_THAT(upload.Commit(store, digest), IsOk());
  EXPECT_THAT(store.Get(digest), IsOkAndHolds(absl::Cord("a model")));
}

TEST(BlobUploadTest, OneThatIsGivenUpLeavesNothing) {
  const base::TempDir dir = *base::TempDir::Create(::testing::TempDir(), "upload");
  {
    SINTER_ASSERT_OK_AND_ASSIGN(BlobUpload upload, BlobUpload::Start(dir.path()));
    ASSERT_THAT(upload.Append("a mo"), IsOk());
  }
  EXPECT_THAT(base::ListDirectory(dir.path()), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace sinter::cache
