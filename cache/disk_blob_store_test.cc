#include "cache/disk_blob_store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"
#include "base/file_util.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
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
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DiskBlobStoreTest : public ::testing::Test {
 protected:
  Digest Store(const std::string& bytes) {
    const Digest digest = DigestOf(bytes);
    EXPECT_THAT(store_.Put(digest, absl::Cord(bytes)), IsOk());
    return digest;
  }
  std::string Path(const Digest& digest) const {
    return DiskLayout::EntryPath(layout_.BlobRoot(), digest);
  }

  base::TempDir dir_ = *base::TempDir::Create(::testing::TempDir(), "disk");
  const DiskLayout layout_ = *DiskLayout::Open(dir_.path());
  base::FakeClock clock_;
  Counters counters_;
  DiskBlobStore store_{layout_, &counters_, &clock_};
};

TEST_F(DiskBlobStoreTest, FilesAreWhereTheDocumentSays) {
  const Digest digest = Store("abc");
  const std::string path =
      dir_.path() + "/cas/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad-3";
  EXPECT_EQ(Path(digest), path);
  EXPECT_THAT(base::ReadFile(path), IsOkAndHolds("abc"));
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0444);
  EXPECT_THAT(base::ReadFile(dir_.path() + "/format"), IsOkAndHolds("sinter cache 1\n"));
}

TEST_F(DiskBlobStoreTest, AFolderOfAnotherFormatIsRefused) {
  ASSERT_THAT(base::WriteFileAtomically(dir_.path() + "/format", "sinter cache 2\n"), IsOk());
  EXPECT_THAT(DiskLayout::Open(dir_.path()), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(DiskBlobStoreTest, CountsEachBlobOnce) {
  const Digest digest = Store("four");
  Store("four");
  EXPECT_EQ(counters_.SinceStart().blobs, 1);
  EXPECT_EQ(counters_.SinceStart().bytes, 4);
  ASSERT_THAT(store_.Remove(digest), IsOk());
  ASSERT_THAT(store_.Remove(digest), IsOk());
  EXPECT_EQ(counters_.SinceStart().blobs, 0);
  EXPECT_EQ(counters_.SinceStart().bytes, 0);
}

TEST_F(DiskBlobStoreTest, AnotherProcessSeesWhatWasStoredBeforeAKill) {
  const Digest digest = DigestOf("kept");
  const pid_t pid = fork();
  if (pid == 0) {
    const bool stored = store_.Put(digest, absl::Cord("kept")).ok();
    kill(getpid(), stored ? SIGKILL : SIGABRT);
  }
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_THAT(store_.Get(digest), IsOkAndHolds(absl::Cord("kept")));
  ASSERT_THAT(store_.Recount(), IsOk());
  EXPECT_EQ(counters_.SinceStart().blobs, 1);
}

// Runs in a child, whose files may not grow beyond 100 bytes: writes fail as on a full disk.
void PutWithoutSpace(DiskBlobStore& store, const std::string& source) {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{100, 100};
  setrlimit(RLIMIT_FSIZE, &limit);
  const std::string bytes(200, 'x');
  const absl::Status put = store.Put(DigestOf(bytes), absl::Cord(bytes));
  const absl::Status copied = store.PutFile(DigestOf(bytes), source, FileSource::kCopy);
  _exit(absl::IsResourceExhausted(put) && absl::IsResourceExhausted(copied) ? 0 : 1);
}

TEST_F(DiskBlobStoreTest, AFullDiskIsReportedAndLeavesNothingBehind) {
  const std::string source = dir_.path() + "/source";
  ASSERT_THAT(base::WriteFileAtomically(source, std::string(200, 'x')), IsOk());
  EXPECT_EXIT(PutWithoutSpace(store_, source), ::testing::ExitedWithCode(0), "");
  EXPECT_THAT(base::ListDirectory(layout_.TempRoot()), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store_.ListBlobs(), IsOkAndHolds(IsEmpty()));
}

TEST_F(DiskBlobStoreTest, ATruncatedBlobIsMissingAndIsReplaced) {
  const Digest digest = Store("a model");
  ASSERT_EQ(chmod(Path(digest).c_str(), 0644), 0);
  ASSERT_EQ(truncate(Path(digest).c_str(), 3), 0);
  EXPECT_THAT(store_.FindMissing({digest}), IsOkAndHolds(ElementsAre(digest)));
  Store("a model");
  EXPECT_THAT(store_.Get(digest), IsOkAndHolds(absl::Cord("a model")));
  EXPECT_EQ(counters_.SinceStart().blobs, 1);
}

TEST_F(DiskBlobStoreTest, KnowsTheOrderOfUse) {
  const Digest first = Store("1"), second = Store("2"), third = Store("3");
  const auto use = [&](auto&& how) {
    clock_.Advance(absl::Seconds(1));
    how();
  };
  use([&] { ASSERT_THAT(store_.Get(third), IsOk()); });
  use([&] { ASSERT_THAT(store_.Open(second), IsOk()); });
  use([&] { ASSERT_THAT(store_.FindMissing({first}), IsOk()); });
  SINTER_ASSERT_OK_AND_ASSIGN(std::vector<BlobInventory::Entry> entries, store_.ListBlobs());
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.last_used < b.last_used; });
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[0].digest, third);
  EXPECT_EQ(entries[1].digest, second);
  EXPECT_EQ(entries[2].digest, first);
  EXPECT_EQ(entries[2].last_used, clock_.Now());
}

TEST_F(DiskBlobStoreTest, TakingAnOldFileIsItsFirstUse) {
  const std::string path = dir_.path() + "/old";
  ASSERT_THAT(base::WriteFileAtomically(path, "old"), IsOk());
  ASSERT_THAT(store_.PutFile(DigestOf("old"), path, FileSource::kTake), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const std::vector<BlobInventory::Entry> entries, store_.ListBlobs());
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].last_used, clock_.Now());
}

TEST_F(DiskBlobStoreTest, AnOpenBlobIsPinnedForOtherProcessesToo) {
  const Digest digest = Store("pinned");
  {
    SINTER_ASSERT_OK_AND_ASSIGN(const BlobFile file, store_.Open(digest));
    EXPECT_THAT(store_.RemoveUnlessPinned(digest), IsOkAndHolds(false));
    // flock belongs to the open file, so another process sees it as this one does.
    DiskBlobStore other(layout_, &counters_, &clock_);
    EXPECT_THAT(other.RemoveUnlessPinned(digest), IsOkAndHolds(false));
    EXPECT_THAT(base::ReadFile(file.path), IsOkAndHolds("pinned"));
  }
  EXPECT_THAT(store_.RemoveUnlessPinned(digest), IsOkAndHolds(true));
  EXPECT_THAT(store_.RemoveUnlessPinned(digest), IsOkAndHolds(false));
}

TEST_F(DiskBlobStoreTest, AQuarantinedBlobIsAMissAndCanBeLookedAt) {
  const Digest digest = Store("bad");
  ASSERT_THAT(store_.Quarantine(digest), IsOk());
  ASSERT_THAT(store_.Quarantine(digest), IsOk());
  EXPECT_THAT(store_.Get(digest), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(base::ReadFile(absl::StrCat(dir_.path(), "/quarantine/", digest.sha256_hex, "-3")),
              IsOkAndHolds("bad"));
  EXPECT_EQ(counters_.SinceStart().blobs, 0);
}

TEST_F(DiskBlobStoreTest, FilesThatAreNotBlobsAreLeftAlone) {
  const Digest digest = Store("x");
  ASSERT_THAT(base::WriteFileAtomically(Path(digest) + ".bak", "mine"), IsOk());
  EXPECT_THAT(store_.ListBlobs(), IsOkAndHolds(SizeIs(1)));
}

}  // namespace
}  // namespace sinter::cache
