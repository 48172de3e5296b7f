#include "base/file_util.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/mapped_file.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FileUtilTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return dir_.path() + "/" + name; }

  TempDir dir_ = *TempDir::Create(::testing::TempDir(), "file_util");
};

TEST_F(FileUtilTest, AtomicWriteReplacesAndLeavesNothingElse) {
  ASSERT_THAT(WriteFileAtomically(Path("a"), "old"), IsOk());
  ASSERT_THAT(WriteFileAtomically(Path("a"), "new"), IsOk());
  EXPECT_THAT(ReadFile(Path("a")), IsOkAndHolds("new"));
  EXPECT_THAT(ListDirectory(dir_.path()), IsOkAndHolds(ElementsAre("a")));
}

// Runs in a child, whose files may not grow: every write fails as on a full disk.
void WriteWithoutSpace(const std::string& path) {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit nothing{0, 0};
  setrlimit(RLIMIT_FSIZE, &nothing);
  const absl::Status status = WriteFileAtomically(path, "new");
  _exit(status.code() == absl::StatusCode::kResourceExhausted ? 0 : 1);
}

TEST_F(FileUtilTest, AFailedAtomicWriteKeepsTheOldContent) {
  ASSERT_THAT(WriteFileAtomically(Path("a"), "old"), IsOk());
  EXPECT_EXIT(WriteWithoutSpace(Path("a")), ::testing::ExitedWithCode(0), "");
  EXPECT_THAT(ReadFile(Path("a")), IsOkAndHolds("old"));
  EXPECT_THAT(ListDirectory(dir_.path()), IsOkAndHolds(ElementsAre("a")));
}

TEST_F(FileUtilTest, ErrorsNameThePath) {
  EXPECT_THAT(ReadFile(Path("none")), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none`")));
  EXPECT_THAT(CreateDirectories("/dev/null/x"), StatusIs(::testing::_, HasSubstr("/dev/null")));
}

TEST_F(FileUtilTest, MakesAndRemovesTrees) {
  ASSERT_THAT(CreateDirectories(Path("a/b/c")), IsOk());
  ASSERT_THAT(CreateDirectories(Path("a/b/c")), IsOk());
  ASSERT_THAT(WriteFileAtomically(Path("a/b/c/file"), "x"), IsOk());
  EXPECT_THAT(FileSize(Path("a/b/c/file")), IsOkAndHolds(1));
  ASSERT_THAT(RemoveTree(Path("a")), IsOk());
  ASSERT_THAT(RemoveTree(Path("a")), IsOk());
  EXPECT_THAT(ListDirectory(dir_.path()), IsOkAndHolds(ElementsAre()));
}

TEST_F(FileUtilTest, CopiesAllBytesOrNone) {
  for (const std::string& bytes : {std::string(), std::string(3 << 20, 'y')}) {
    ASSERT_THAT(WriteFileAtomically(Path("source"), bytes), IsOk());
    SINTER_ASSERT_OK_AND_ASSIGN(const UniqueFd source, OpenFile(Path("source"), O_RDONLY));
    SINTER_ASSERT_OK_AND_ASSIGN(const UniqueFd target,
                                OpenFile(Path("target"), O_WRONLY | O_CREAT | O_TRUNC));
    ASSERT_THAT(CopyBytes(source.get(), target.get(), Path("target")), IsOk());
    EXPECT_THAT(ReadFile(Path("target")), IsOkAndHolds(bytes));
  }
}

TEST_F(FileUtilTest, ReadExactlyTellsOfATruncatedFile) {
  ASSERT_THAT(WriteFileAtomically(Path("a"), "0123"), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const UniqueFd fd, OpenFile(Path("a"), O_RDONLY));
  char buffer[4];
  EXPECT_THAT(ReadExactly(fd.get(), 1, 3, buffer, "a"), IsOk());
  EXPECT_EQ(std::string(buffer, 3), "123");
  EXPECT_THAT(ReadExactly(fd.get(), 2, 3, buffer, "a"),
              StatusIs(absl::StatusCode::kDataLoss, "`a` ends 1 bytes too early"));
}

TEST_F(FileUtilTest, AMappedFileOutlivesItsNameAsACord) {
  const std::string bytes(100000, 'z');
  ASSERT_THAT(WriteFileAtomically(Path("a"), bytes), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(MappedFile file, MappedFile::Open(Path("a")));
  EXPECT_EQ(file.bytes(), bytes);
  const absl::Cord part = std::move(file).ToCord().Subcord(1, 50000);
  ASSERT_THAT(RemoveTree(Path("a")), IsOk());
  EXPECT_EQ(part, bytes.substr(1, 50000));
}

TEST_F(FileUtilTest, AnEmptyFileMapsToNothing) {
  ASSERT_THAT(WriteFileAtomically(Path("a"), ""), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(MappedFile file, MappedFile::Open(Path("a")));
  EXPECT_EQ(std::move(file).ToCord(), "");
}

TEST_F(FileUtilTest, ATempDirGoesWithItsOwnerUnlessReleased) {
  std::string kept, gone;
  {
    SINTER_ASSERT_OK_AND_ASSIGN(TempDir first, TempDir::Create(dir_.path(), "t"));
    SINTER_ASSERT_OK_AND_ASSIGN(TempDir second, TempDir::Create(dir_.path(), "t"));
    gone = first.path();
    kept = second.Release();
    const TempDir moved = std::move(first);
    ASSERT_THAT(WriteFileAtomically(moved.path() + "/x", "x"), IsOk());
  }
  EXPECT_EQ(access(gone.c_str(), F_OK), -1);
  EXPECT_EQ(access(kept.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace sinter::base
