#include "compiler_core/dialect/onnx/onnx_dialect.h"

#include "compiler_core/dialect/onnx/op_rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

namespace sinter::onnx {
namespace {

using ::testing::ElementsAre;

class OnnxDialectTest : public ::testing::Test {
 protected:
  OnnxDialectTest() { context_.getOrLoadDialect<OnnxDialect>(); }

  // Parses, verifies and prints; empty if refused.
  std::string Reprint(const std::string& text) {
    mlir::ScopedDiagnosticHandler handler(&context_, [&](mlir::Diagnostic& diagnostic) {
      error_ += diagnostic.str();
      return mlir::success();
    });
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context_);
    if (!module) return "";
    std::string printed;
    llvm::raw_string_ostream out(printed);
    module->print(out);
    return printed;
  }

  mlir::MLIRContext context_;
  std::string error_;
};

TEST_F(OnnxDialectTest, OpsPrintAsTheyParse) {
  const std::string text = R"(module {
  %0 = onnx.Constant() {id = 3 : i64} : () -> tensor<1x3xf32>
  %1 = onnx.NoValue() : () -> none
  %2 = onnx.Clip(%0, %1) {onnx_version = 13 : i64} : (tensor<1x3xf32>, none) -> tensor<1x3xf32>
  %3 = onnx.SymConstant() {values = ["N", "2"]} : () -> tensor<2xi64>
  %4:2 = onnx.Split(%2) {axis = 1 : i64, onnx_version = 2 : i64, split = array<i64: 1, 2>} : (tensor<1x3xf32>) -> (tensor<1x1xf32>, tensor<1x2xf32>)
}
)";
  EXPECT_EQ(Reprint(text), text) << error_;
}

TEST_F(OnnxDialectTest, TypesThatMlirLacksPrintAsTheyParse) {
  const std::string text = R"(module {
  %0 = onnx.Constant() {id = 0 : i64} : () -> tensor<3x!onnx.float4e2m1>
  %1 = onnx.Constant() {id = 1 : i64} : () -> tensor<2x!onnx.float8e8m0>
}
)";
  EXPECT_EQ(Reprint(text), text) << error_;
  EXPECT_EQ(Reprint("%0 = onnx.Constant() {id = 0 : i64} : () -> tensor<3x!onnx.float3>"), "");
}

TEST_F(OnnxDialectTest, RefusesVersionsThatNoRowHas) {
  EXPECT_EQ(Reprint("%0 = onnx.NoValue() : () -> none\n"
                    "%1 = onnx.Relu(%0) {onnx_version = 2 : i64} : (none) -> none"),
            "");
  EXPECT_THAT(error_, ::testing::HasSubstr("is not known in version 2"));
}

TEST_F(OnnxDialectTest, RefusesValuesThatAreNoExpressions) {
  EXPECT_EQ(Reprint("%0 = onnx.SymConstant() {values = [\"N+\"]} : () -> tensor<1xi64>"), "");
  EXPECT_THAT(error_, ::testing::HasSubstr("not an expression"));
}

TEST_F(OnnxDialectTest, ElementTypesMapBothWays) {
  for (int32_t number = 1; number <= 28; ++number) {
    const auto dtype = static_cast<ir::DType>(number);
    const bool absent = dtype == ir::DType::kString || dtype == ir::DType::kComplex64 ||
                        dtype == ir::DType::kComplex128;
    mlir::Type element = ElementType(&context_, dtype);
    EXPECT_EQ(element == nullptr, absent) << number;
    if (element) EXPECT_EQ(DTypeOf(element), dtype);
  }
  EXPECT_EQ(ElementType(&context_, ir::DType::kString), nullptr);
}

TEST_F(OnnxDialectTest, KnownIntsReadsConstantsAndExpressions) {
  mlir::OpBuilder builder(&context_);
  auto module = mlir::OwningOpRef<mlir::ModuleOp>(mlir::ModuleOp::create(builder.getUnknownLoc()));
  builder.setInsertionPointToStart(module->getBody());
  void* data;
  ir::HostTensor tensor = ir::HostTensor::Allocate(ir::DType::kInt64, {2}, &data);
  static_cast<int64_t*>(data)[1] = 7;
  ir::ConstantTable constants;
  mlir::Value constant =
      CreateConstant(builder, builder.getUnknownLoc(), constants.Add(tensor), tensor);
  EXPECT_THAT(*KnownInts(constant, constants), ElementsAre(ir::SymExpr(0), ir::SymExpr(7)));
  const ir::SymExpr n = ir::SymExpr::Symbol("N");
  mlir::Value symbolic =
      CreateSymConstant(builder, builder.getUnknownLoc(), ir::DType::kInt32, {}, {n});
  EXPECT_THAT(*KnownInts(symbolic, constants), ElementsAre(n));
}

TEST(OpRows, AreFoundByNameAndVersion) {
  const OpRow* conv = FindRow("Conv");
  ASSERT_NE(conv, nullptr);
  EXPECT_EQ(conv->category, "nn");
  EXPECT_TRUE(conv->Supports(11));
  EXPECT_FALSE(conv->Supports(12));
  EXPECT_EQ(FindRow("NoValue"), nullptr);
  EXPECT_EQ(NearestOp("Convv"), "Conv");
  EXPECT_EQ(NearestOp("relu"), "Relu");
  EXPECT_EQ(NearestOp("FancyAttention"), "");
}

}  // namespace
}  // namespace sinter::onnx
