// The rows of the onnx dialect and the table of lowerings name the same ops.
#include "compiler_core/legalize/lowerings.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "compiler_core/dialect/onnx/op_rows.h"

namespace sinter::legalize {
namespace {

// Rows without a lowering, and why.
const std::map<std::string, std::string>& Exempt() {
  static const auto* const kExempt = new std::map<std::string, std::string>{
      {"Constant", "Legalize() makes it a sinter.constant"},
      {"Compress", "its shape depends on data: importing folds it or refuses it"},
      {"NonZero", "its shape depends on data: importing folds it or refuses it"},
  };
  return *kExempt;
}

TEST(LoweringsTest, EveryRowIsLowered) {
  for (const onnx::OpRow& row : onnx::AllRows()) {
    const std::string op(row.op);
    EXPECT_NE(Lowerings().count(op) != 0, Exempt().count(op) != 0) << op;
  }
}

TEST(LoweringsTest, EveryLoweringHasARow) {
  for (const auto& [op, lowering] : Lowerings()) {
    EXPECT_TRUE(op == "SymConstant" || onnx::FindRow(op) != nullptr) << op;
  }
}

}  // namespace
}  // namespace sinter::legalize
