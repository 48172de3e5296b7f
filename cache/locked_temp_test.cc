#include "cache/locked_temp.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
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
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LockedTempTest : public ::testing::Test {
 protected:
  base::TempDir dir_ = *base::TempDir::Create(::testing::TempDir(), "temps");
};

TEST_F(LockedTempTest, LivesAsLongAsItsOwner) {
  {
    SINTER_ASSERT_OK_AND_ASSIGN(const LockedTemp file, LockedTemp::CreateFile(dir_.path()));
    SINTER_ASSERT_OK_AND_ASSIGN(const LockedTemp folder, LockedTemp::CreateDirectory(dir_.path()));
    ASSERT_THAT(base::WriteAll(file.fd(), "x", file.path()), IsOk());
    ASSERT_THAT(base::WriteFileAtomically(folder.path() + "/x", "x"), IsOk());
    EXPECT_THAT(RemoveStaleTemps(dir_.path()), IsOkAndHolds(0));
    EXPECT_THAT(base::ListDirectory(dir_.path()), IsOkAndHolds(SizeIs(2)));
  }
  EXPECT_THAT(base::ListDirectory(dir_.path()), IsOkAndHolds(IsEmpty()));
}

TEST_F(LockedTempTest, WhatAKilledProcessLeftIsRemovedAndNothingElse) {
  SINTER_ASSERT_OK_AND_ASSIGN(const LockedTemp mine, LockedTemp::CreateFile(dir_.path()));
  const pid_t pid = fork();
  if (pid == 0) {
    const auto file = LockedTemp::CreateFile(dir_.path());
    const auto folder = LockedTemp::CreateDirectory(dir_.path());
    kill(getpid(), SIGKILL);
  }
  ASSERT_EQ(waitpid(pid, nullptr, 0), pid);
  EXPECT_THAT(base::ListDirectory(dir_.path()), IsOkAndHolds(SizeIs(3)));
  EXPECT_THAT(RemoveStaleTemps(dir_.path()), IsOkAndHolds(2));
  EXPECT_EQ(access(mine.path().c_str(), F_OK), 0);
}

}  // namespace
}  // namespace sinter::cache
