#include "client/model/model_tree.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/status_matchers.h"
#include "client/testing/onnx_bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

namespace fs = std::filesystem;
using ::sinter::base::StatusIs;
using testing::ExternalTensor;
using ::testing::HasSubstr;
using testing::Message;

// A folder of its own for each test, with `model/` inside and `outside.bin` beside that.
class ModelTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    root_ = fs::path(::testing::TempDir()) / ("model_tree_" + name);
    fs::remove_all(root_);
    fs::create_directories(root_ / "model" / "sub");
    Write(root_ / "outside.bin", "secret");
  }

  void Write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  // RETURNS: the path of a model in `model/` that refers to external data at `location`.
  std::string ModelNaming(const std::string& location) {
    const fs::path path = root_ / "model" / "m.onnx";
    Write(path, Message(7, Message(5, ExternalTensor(location))));
    return path.string();
  }

  fs::path root_;
};

TEST_F(ModelTreeTest, FindsDataBesideTheModel) {
  Write(root_ / "model" / "sub" / "w.bin", "weights");
  SINTER_ASSERT_OK_AND_ASSIGN(
      const ModelTree tree, ReadModelTree(ModelNaming("./sub//w.bin"), LinkPolicy::kRefuseLeaving));
  ASSERT_EQ(tree.external_data.size(), 1u);
  EXPECT_EQ(tree.external_data[0].location, "sub/w.bin");
  EXPECT_TRUE(fs::equivalent(tree.external_data[0].path, root_ / "model" / "sub" / "w.bin"));
}

TEST_F(ModelTreeTest, AModelGivenThroughALinkHasItsDataBesideTheFile) {
  Write(root_ / "model" / "w.bin", "weights");
  fs::create_symlink(ModelNaming("w.bin"), root_ / "link.onnx");
  SINTER_ASSERT_OK_AND_ASSIGN(const ModelTree tree, ReadModelTree((root_ / "link.onnx").string(),
                                                                  LinkPolicy::kRefuseLeaving));
  EXPECT_EQ(tree.external_data.size(), 1u);
}

TEST_F(ModelTreeTest, RefusesPathsThatLeaveTheFolder) {
  for (const char* location :
       {"../outside.bin", "sub/../../outside.bin", "..", "/etc/passwd", ""}) {
    for (const LinkPolicy links : {LinkPolicy::kRefuseLeaving, LinkPolicy::kFollow}) {
      EXPECT_THAT(ReadModelTree(ModelNaming(location), links),
                  StatusIs(absl::StatusCode::kInvalidArgument))
          << location;
    }
  }
}

TEST_F(ModelTreeTest, ALinkThatLeavesTheFolderNeedsTheUsersWord) {
  fs::create_symlink(root_ / "outside.bin", root_ / "model" / "w.bin");
  EXPECT_THAT(ReadModelTree(ModelNaming("w.bin"), LinkPolicy::kRefuseLeaving),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--follow-links")));
  SINTER_ASSERT_OK_AND_ASSIGN(const ModelTree tree,
                              ReadModelTree(ModelNaming("w.bin"), LinkPolicy::kFollow));
  EXPECT_TRUE(fs::equivalent(tree.external_data[0].path, root_ / "outside.bin"));
}

TEST_F(ModelTreeTest, ALinkThatStaysIsFine) {
  Write(root_ / "model" / "real.bin", "weights");
  fs::create_symlink("real.bin", root_ / "model" / "w.bin");
  SINTER_ASSERT_OK_AND_ASSIGN(const ModelTree tree,
                              ReadModelTree(ModelNaming("w.bin"), LinkPolicy::kRefuseLeaving));
  EXPECT_EQ(tree.external_data[0].location, "w.bin");
}

TEST_F(ModelTreeTest, TellsAMissingModelFromMissingData) {
  EXPECT_THAT(ReadModelTree((root_ / "none.onnx").string(), LinkPolicy::kRefuseLeaving),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ReadModelTree(ModelNaming("none.bin"), LinkPolicy::kRefuseLeaving),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("missing")));
  EXPECT_THAT(ReadModelTree(ModelNaming("sub"), LinkPolicy::kRefuseLeaving),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("regular file")));
  EXPECT_THAT(ReadModelTree((root_ / "model").string(), LinkPolicy::kRefuseLeaving),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace sinter::client
