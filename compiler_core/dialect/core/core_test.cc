#include "compiler_core/dialect/core/core.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

namespace sinter::core {
namespace {

ir::SymShape Shape(const std::vector<std::string>& dims) {
  ir::SymShape shape;
  for (const std::string& dim : dims) shape.push_back(*ir::SymExpr::Parse(dim));
  return shape;
}

TEST(CoreDialect, TypesCarryTheirFreeDimensions) {
  mlir::MLIRContext context;
  mlir::Builder builder(&context);
  const ir::SymShape free = Shape({"batch", "3", "floordiv(h+1,2)"});
  mlir::RankedTensorType type = TensorType(free, builder.getF32Type());
  EXPECT_EQ(ShapeOf(type), free);
  EXPECT_TRUE(type.isDynamicDim(0));
  EXPECT_EQ(type.getDimSize(1), 3);
  // Fixed shapes have plain types, so that equal types compare equal.
  EXPECT_EQ(TensorType(Shape({"2", "3"}), builder.getF32Type()),
            mlir::RankedTensorType::get({2, 3}, builder.getF32Type()));
  EXPECT_EQ(ShapeOf(TensorType({}, builder.getF32Type())), ir::SymShape());
}

TEST(CoreDialect, OpsPrintAsTheyParse) {
  mlir::MLIRContext context;
  context.getOrLoadDialect<SinterDialect>();
  const std::string text = R"(module {
  %0 = sinter.constant {id = 0 : i64} : tensor<2x3xf32>
  %1 = sinter.dim "2*n"
  %2 = sinter.reshape %0 : tensor<2x3xf32> to tensor<6xf32>
  %3 = sinter.transpose %0 [1, 0] : tensor<2x3xf32> to tensor<3x2xf32>
  %4 = sinter.slice %0 ["1", "0"] [1, 2] : tensor<2x3xf32> to tensor<1x2xf32>
  %5 = sinter.pad %2 with 0.000000e+00 : f32 at ["1"] [0] : tensor<6xf32> to tensor<8xf32>
  %6 = sinter.concat %0, %0 {axis = 0 : i64} : tensor<2x3xf32>, tensor<2x3xf32> to tensor<4x3xf32>
}
)";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  ASSERT_TRUE(module);
  std::string printed;
  llvm::raw_string_ostream out(printed);
  module->print(out);
  EXPECT_EQ(printed, text);
}

}  // namespace
}  // namespace sinter::core
