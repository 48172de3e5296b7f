#include "compiler_core/dialect/onnx/shape_rules.h"

#include "base/status_matchers.h"
#include "compiler_core/dialect/onnx/op_rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"

namespace sinter::onnx {
namespace {

using ir::DType;
using ir::SymExpr;
using ir::SymShape;

// Runs the rule of `op` on float tensors of the given shapes ("[N, 3]" style lists).
class ShapeRulesTest : public ::testing::Test {
 protected:
  static SymShape Dims(const std::vector<std::string>& texts) {
    SymShape shape;
    for (const std::string& text : texts) shape.push_back(*SymExpr::Parse(text));
    return shape;
  }
  void Input(const std::vector<std::string>& dims) {
    types_.push_back({DType::kFloat32, Dims(dims)});
    knowns_.emplace_back();
  }
  void Known(const std::vector<std::string>& values) {
    types_.push_back({DType::kInt64, {SymExpr(static_cast<int64_t>(values.size()))}});
    knowns_.push_back(Dims(values));
  }
  void Ints(const char* name, const std::vector<int64_t>& values) {
    attributes_.set(name, builder_.getDenseI64ArrayAttr(values));
  }
  void Int(const char* name, int64_t value) {
    attributes_.set(name, builder_.getI64IntegerAttr(value));
  }
  // The outputs' shapes as text, or the error's message.
  std::string Infer(absl::string_view op, int64_t version, int outputs = 1) {
    std::vector<OperandInfo> inputs;
    for (size_t i = 0; i < types_.size(); ++i) {
      inputs.push_back({&types_[i], knowns_[i].empty() ? nullptr : &knowns_[i], nullptr});
    }
    ShapeContext node(version, inputs, attributes_, outputs);
    const absl::Status status = FindShapeRule(op)(node);
    assumptions_ = node.assumptions();
    types_.clear();
    knowns_.clear();
    attributes_ = {};
    if (!status.ok()) return std::string(status.message());
    std::string text;
    for (const TensorInfo& output : node.outputs()) text += ir::ToString(output.shape);
    return text;
  }

  mlir::MLIRContext context_;
  mlir::Builder builder_{&context_};
  std::vector<TensorInfo> types_;
  std::vector<SymShape> knowns_;
  mlir::NamedAttrList attributes_;
  std::vector<Assumption> assumptions_;
};

TEST_F(ShapeRulesTest, ConvolutionsHalveFreeDimensions) {
  Input({"N", "3", "H", "W"});
  Input({"16", "3", "3", "3"});
  Ints("strides", {2, 2});
  Ints("pads", {1, 1, 1, 1});
  EXPECT_EQ(Infer("Conv", 11), "[N, 16, floordiv(H+1,2), floordiv(W+1,2)]");
}

TEST_F(ShapeRulesTest, ConvolutionsCheckChannels) {
  Input({"1", "4", "8", "8"});
  Input({"16", "3", "3", "3"});
  EXPECT_THAT(Infer("Conv", 11), ::testing::HasSubstr("`4` and `3` have to be equal"));
}

TEST_F(ShapeRulesTest, TransposedConvolutionsUndoStrides) {
  Input({"1", "8", "H", "W"});
  Input({"8", "4", "2", "2"});
  Ints("strides", {2, 2});
  EXPECT_EQ(Infer("ConvTranspose", 11), "[1, 4, 2*H, 2*W]");
}

TEST_F(ShapeRulesTest, PoolingRoundsUpWithoutAWindowInThePadding) {
  Input({"1", "1", "4", "4"});
  Ints("kernel_shape", {1, 3});
  Ints("strides", {2, 2});
  Ints("pads", {0, 1, 0, 1});
  Int("ceil_mode", 1);
  EXPECT_EQ(Infer("MaxPool", 12, 2), "[1, 1, 2, 3][1, 1, 2, 3]");
}

TEST_F(ShapeRulesTest, ReshapeInfersFromSymbols) {
  Input({"b", "s", "768"});
  Known({"0", "0", "12", "64"});
  EXPECT_EQ(Infer("Reshape", 14), "[b, s, 12, 64]");
  Input({"b", "12", "s", "64"});
  Known({"b", "-1", "768"});
  EXPECT_EQ(Infer("Reshape", 14), "[b, s, 768]");
  Input({"6"});
  Known({"4", "-1"});
  EXPECT_THAT(Infer("Reshape", 14), ::testing::HasSubstr("can't become"));
  EXPECT_TRUE(assumptions_.empty());
}

TEST_F(ShapeRulesTest, ReshapeToAFixedSizeFixesTheSymbol) {
  Input({"N", "84"});
  Known({"1", "84"});
  EXPECT_EQ(Infer("Reshape", 14), "[1, 84]");
  ASSERT_EQ(assumptions_.size(), 1);
  EXPECT_EQ(assumptions_[0].lhs, SymExpr::Symbol("N"));
  EXPECT_EQ(assumptions_[0].rhs, SymExpr(1));
}

TEST_F(ShapeRulesTest, BroadcastingUnknownPairsIsAnAssumption) {
  Input({"a", "1", "4"});
  Input({"b", "1", "c", "1"});
  EXPECT_EQ(Infer("Add", 14), "[b, a, c, 4]");
  EXPECT_TRUE(assumptions_.empty());
  Input({"a", "3"});
  Input({"b", "3"});
  EXPECT_EQ(Infer("Add", 14), "[a, 3]");
  EXPECT_EQ(assumptions_.size(), 1);
  Input({"2", "3"});
  Input({"2", "4"});
  EXPECT_THAT(Infer("Add", 14), ::testing::HasSubstr("don't broadcast"));
}

TEST_F(ShapeRulesTest, SlicesClampToTheDimension) {
  Input({"b", "s", "10"});
  Known({"0", "-3"});
  Known({"9223372036854775807", "100"});
  Known({"1", "2"});
  EXPECT_EQ(Infer("Slice", 13), "[b, s, 3]");
  EXPECT_EQ(ResolveSlice(SymExpr(-1), SymExpr(-100), -2, SymExpr(5))->size, SymExpr(3));
  EXPECT_EQ(ResolveSlice(SymExpr(1), SymExpr(-1), 1, SymExpr::Symbol("s"))->size.ToString(),
            "max(0,s-2)");
}

TEST_F(ShapeRulesTest, MatMulFollowsNumpy) {
  Input({"b", "1", "s", "64"});
  Input({"12", "64", "t"});
  EXPECT_EQ(Infer("MatMul", 13), "[b, 12, s, t]");
  Input({"64"});
  Input({"64", "7"});
  EXPECT_EQ(Infer("MatMul", 13), "[7]");
}

TEST_F(ShapeRulesTest, ConcatAddsAndAssumesTheRest) {
  Input({"a", "2"});
  Input({"b", "3"});
  Int("axis", -1);
  EXPECT_EQ(Infer("Concat", 13), "[a, 5]");
  EXPECT_EQ(assumptions_.size(), 1);
}

TEST_F(ShapeRulesTest, DataDependentShapesAreNamed) {
  Input({"3"});
  Input({"2"});
  EXPECT_THAT(Infer("Reshape", 14), ::testing::HasSubstr("input `shape` depends on"));
}

}  // namespace
}  // namespace sinter::onnx
