#include "base/model_format.h"

#include "gtest/gtest.h"

namespace sinter::base {
namespace {

TEST(IsMlir, TellsTextAndBytecodeFromOnnx) {
  EXPECT_TRUE(IsMlir("module {}"));
  EXPECT_TRUE(IsMlir("// a comment\n\n  func.func @main() { return }"));
  EXPECT_TRUE(IsMlir("#map = affine_map<(d0) -> (d0)>\n"));
  EXPECT_TRUE(IsMlir("ML\xefR\x01"));
  EXPECT_FALSE(IsMlir("\x08\x07\x12\x06sinter"));
  EXPECT_FALSE(IsMlir(""));
  EXPECT_FALSE(IsMlir("// only a comment"));
}

}  // namespace
}  // namespace sinter::base
