#include "cache/result_cache.h"

#include <string>
#include <utility>

#include "base/fake_clock.h"
#include "base/file_util.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "cache/digest_proto.h"
#include "cache/memory_action_cache.h"
#include "cache/memory_blob_store.h"
#include "cache/verifying_blob_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::cache {
namespace {

using base::Digest;
using base::DigestOf;
using base::IsOk;
using base::StatusIs;
using ::testing::SizeIs;

std::string ReadAll(const BlobFile& file) {
  std::string bytes(static_cast<size_t>(file.size_bytes), '\0');
  EXPECT_THAT(base::ReadExactly(file.fd.get(), 0, file.size_bytes, bytes.data(), file.path),
              IsOk());
  return bytes;
}

class ResultCacheTest : public ::testing::Test {
 protected:
  // What a worker left in its folder.
  v1::CachedResult Result() {
    v1::CachedResult result;
    for (const std::string name : {"manifest.json", "model.so"}) {
      const std::string bytes = "bytes of " + name;
      EXPECT_THAT(base::WriteFileAtomically(dir_.path() + "/" + name, bytes), IsOk());
      v1::CachedResult::File& file = *result.add_files();
      file.set_path(name);
      *file.mutable_digest() = ToProto(DigestOf(bytes));
    }
    return result;
  }

  const Digest action_ = DigestOf("an action");
  const Digest library_ = DigestOf("bytes of model.so");
  base::TempDir dir_ = *base::TempDir::Create(::testing::TempDir(), "results");
  base::FakeClock clock_;
  std::unique_ptr<MemoryBlobStore> owned_ = std::make_unique<MemoryBlobStore>();
  MemoryBlobStore& disk_ = *owned_;
  VerifyingBlobStore blobs_{std::move(owned_), &clock_, [](const Digest&, const Digest&) {}};
  MemoryActionCache actions_;
  ResultCache results_{&blobs_, &actions_};
};

TEST_F(ResultCacheTest, AStoredResultIsAHitWithAllItsFiles) {
  EXPECT_THAT(results_.Lookup(action_), StatusIs(absl::StatusCode::kNotFound));
  SINTER_ASSERT_OK_AND_ASSIGN(const ResultCache::Stored stored,
                              results_.Store(action_, Result(), dir_.path()));
  EXPECT_THAT(stored.cached, IsOk());
  ASSERT_THAT(stored.open.files, SizeIs(2));
  SINTER_ASSERT_OK_AND_ASSIGN(const OpenResult hit, results_.Lookup(action_));
  ASSERT_THAT(hit.files, SizeIs(2));
  EXPECT_EQ(ReadAll(hit.files[0]), "bytes of manifest.json");
  EXPECT_EQ(ReadAll(hit.files[1]), "bytes of model.so");
}

TEST_F(ResultCacheTest, AResultWithACorruptFileIsAMissAndForgotten) {
  ASSERT_THAT(results_.Store(action_, Result(), dir_.path()), IsOk());
  ASSERT_THAT(disk_.Put(library_, absl::Cord("bytes of model.sO")), IsOk());
  EXPECT_THAT(results_.Lookup(action_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(actions_.Get(action_), StatusIs(absl::StatusCode::kNotFound));
  // Compiled again, it is whole again.
  ASSERT_THAT(results_.Store(action_, Result(), dir_.path()), IsOk());
  EXPECT_THAT(results_.Lookup(action_), IsOk());
}

TEST_F(ResultCacheTest, OnAFullDiskTheFilesAreServedButNotCached) {
  disk_.FailPutsWith(absl::ResourceExhaustedError("full"));
  SINTER_ASSERT_OK_AND_ASSIGN(const ResultCache::Stored stored,
                              results_.Store(action_, Result(), dir_.path()));
  EXPECT_THAT(stored.cached, StatusIs(absl::StatusCode::kResourceExhausted));
  ASSERT_THAT(stored.open.files, SizeIs(2));
  EXPECT_EQ(ReadAll(stored.open.files[1]), "bytes of model.so");
  EXPECT_THAT(results_.Lookup(action_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ResultCacheTest, AWorkerThatLiesAboutADigestIsFoundOut) {
  v1::CachedResult result = Result();
  *result.mutable_files(1)->mutable_digest() = ToProto(DigestOf("bytes of model.sO"));
  EXPECT_THAT(results_.Store(action_, result, dir_.path()), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(results_.Lookup(action_), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace sinter::cache
