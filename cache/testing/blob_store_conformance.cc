#include "cache/testing/blob_store_conformance.h"

#include <unistd.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"

namespace sinter::cache {
namespace {

using base::Digest;
using base::DigestOf;
using base::IsOk;
using base::IsOkAndHolds;
using base::StatusIs;
using ::testing::ElementsAre;
using ::testing::Not;

std::string ReadAll(const BlobFile& file) {
  std::string bytes(static_cast<size_t>(file.size_bytes), '\0');
  EXPECT_THAT(base::ReadExactly(file.fd.get(), 0, file.size_bytes, bytes.data(), file.path),
              IsOk());
  return bytes;
}

// One that is small, one that a store may map, and the empty one.
std::vector<std::string> Samples() { return {"a model", std::string(5 << 20, 'w'), ""}; }

}  // namespace

BlobStoreConformance::BlobStoreConformance()
    : dir_(*base::TempDir::Create(::testing::TempDir(), "store")),
      store_(GetParam()(dir_.path() + "/store")) {}

std::string BlobStoreConformance::WriteFile(const std::string& name, const std::string& bytes) {
  std::string path = absl::StrCat(dir_.path(), "/", name);
  EXPECT_THAT(base::WriteFileAtomically(path, bytes), IsOk());
  return path;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BlobStoreConformance);

TEST_P(BlobStoreConformance, ReturnsWhatWasPut) {
  for (const std::string& sample : Samples()) {
    const Digest digest = DigestOf(sample);
    // Twice: storing a blob again changes nothing.
    ASSERT_THAT(store_->Put(digest, absl::Cord(sample)), IsOk());
    ASSERT_THAT(store_->Put(digest, absl::Cord(sample)), IsOk());
    EXPECT_THAT(store_->Get(digest), IsOkAndHolds(absl::Cord(sample)));
    SINTER_ASSERT_OK_AND_ASSIGN(const BlobFile file, store_->Open(digest));
    EXPECT_EQ(ReadAll(file), sample);
  }
}

TEST_P(BlobStoreConformance, AnAbsentBlobIsNotFoundAndMissing) {
  const Digest here = DigestOf("here"), absent = DigestOf("absent"), other = DigestOf("other");
  ASSERT_THAT(store_->Put(here, absl::Cord("here")), IsOk());
  EXPECT_THAT(store_->Get(absent), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_->Open(absent), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_->FindMissing({other, here, absent}), IsOkAndHolds(ElementsAre(other, absent)));
}

TEST_P(BlobStoreConformance, TheSizeIsPartOfTheName) {
  Digest digest = DigestOf("here");
  ASSERT_THAT(store_->Put(digest, absl::Cord("here")), IsOk());
  ++digest.size_bytes;
  EXPECT_THAT(store_->Get(digest), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_->Get(DigestOf("here")), IsOk());
}

TEST_P(BlobStoreConformance, ForgetsWhatIsRemovedButNotUnderAReader) {
  for (const std::string& sample : Samples()) {
    const Digest digest = DigestOf(sample);
    ASSERT_THAT(store_->Put(digest, absl::Cord(sample)), IsOk());
    SINTER_ASSERT_OK_AND_ASSIGN(const absl::Cord bytes, store_->Get(digest));
    SINTER_ASSERT_OK_AND_ASSIGN(const BlobFile file, store_->Open(digest));
    ASSERT_THAT(store_->Remove(digest), IsOk());
    ASSERT_THAT(store_->Remove(digest), IsOk());
    EXPECT_THAT(store_->Get(digest), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(store_->FindMissing({digest}), IsOkAndHolds(ElementsAre(digest)));
    EXPECT_EQ(bytes, sample);
    EXPECT_EQ(ReadAll(file), sample);
  }
}

TEST_P(BlobStoreConformance, TakesAFileOrCopiesIt) {
  for (const std::string& sample : Samples()) {
    const Digest digest = DigestOf(sample);
    const std::string mine = WriteFile("mine", sample);
    ASSERT_THAT(store_->PutFile(digest, mine, FileSource::kCopy), IsOk());
    EXPECT_THAT(base::ReadFile(mine), IsOkAndHolds(sample));
    // What I do to my file later is no business of the store.
    ASSERT_THAT(base::WriteFileAtomically(mine, "changed"), IsOk());
    EXPECT_THAT(store_->Get(digest), IsOkAndHolds(absl::Cord(sample)));

    // The same again, given away; then given away as new.
    for (const bool is_stored : {true, false}) {
      if (!is_stored) ASSERT_THAT(store_->Remove(digest), IsOk());
      const std::string yours = WriteFile("yours", sample);
      ASSERT_THAT(store_->PutFile(digest, yours, FileSource::kTake), IsOk());
      EXPECT_EQ(access(yours.c_str(), F_OK), -1);
      EXPECT_THAT(store_->Get(digest), IsOkAndHolds(absl::Cord(sample)));
    }
  }
}

TEST_P(BlobStoreConformance, AFileThatIsNotThereStoresNothing) {
  const Digest digest = DigestOf("x");
  EXPECT_THAT(store_->PutFile(digest, dir_.path() + "/none", FileSource::kTake),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_->FindMissing({digest}), IsOkAndHolds(ElementsAre(digest)));
}

TEST_P(BlobStoreConformance, AMalformedDigestNamesNothing) {
  for (const Digest& digest :
       {Digest{"", 0}, Digest{"../../../etc/passwd", 1}, Digest{DigestOf("x").sha256_hex, -1}}) {
    EXPECT_THAT(store_->Get(digest), Not(IsOk()));
    EXPECT_THAT(store_->Open(digest), Not(IsOk()));
  }
}

TEST_P(BlobStoreConformance, ManyThreadsMayStoreAndReadTheSame) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        const std::string bytes = absl::StrCat("blob ", i);
        const Digest digest = DigestOf(bytes);
        EXPECT_THAT(store_->Put(digest, absl::Cord(bytes)), IsOk());
        EXPECT_THAT(store_->Get(digest), IsOkAndHolds(absl::Cord(bytes)));
        EXPECT_THAT(store_->Open(digest), IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace sinter::cache
