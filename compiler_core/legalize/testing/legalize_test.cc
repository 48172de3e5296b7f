// Lowered ops give the numbers that ONNX asks for, here by hand; ONNX's own cases do the same at
// large.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/legalize/legalize.h"
#include "compiler_core/legalize/testing/interpreter.h"
#include "llvm/ADT/APFloat.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

namespace sinter::legalize {
namespace {

using Floats = std::vector<float>;

template <typename T>
ir::HostTensor Tensor(ir::DType dtype, std::vector<int64_t> dims, const std::vector<T>& values) {
  void* data = nullptr;
  ir::HostTensor tensor = ir::HostTensor::Allocate(dtype, std::move(dims), &data);
  std::memcpy(data, values.data(), values.size() * sizeof(T));
  return tensor;
}

ir::HostTensor F32(std::vector<int64_t> dims, const Floats& values) {
  return Tensor(ir::DType::kFloat32, std::move(dims), values);
}

ir::HostTensor I64(std::vector<int64_t> dims, const std::vector<int64_t>& values) {
  return Tensor(ir::DType::kInt64, std::move(dims), values);
}

class LegalizeTest : public ::testing::Test {
 protected:
  LegalizeTest() : context_(mlir::MLIRContext::Threading::DISABLED) {
    mlir::DialectRegistry registry;
    registry.insert<onnx::OnnxDialect>();
    RegisterDialects(registry);
    context_.appendDialectRegistry(registry);
  }

  // The first result, a float tensor, of `main` with this signature and body for these inputs.
  Floats Run(const std::string& signature, const std::string& body,
             const std::vector<ir::HostTensor>& inputs,
             const std::vector<ir::HostTensor>& constants = {}) {
    ir::ModuleParts parts;
    parts.module = mlir::parseSourceString<mlir::ModuleOp>(
        "func.func @main" + signature + " {\n" + body + "\n}", &context_);
    for (const ir::HostTensor& constant : constants) parts.constants.Add(constant);
    parts.signature.inputs.resize(inputs.size());
    parts.signature.outputs.resize(1);
    parts.signature.outputs[0].dtype = ir::DType::kFloat32;
    auto onnx = ir::OnnxModule::Create(std::move(parts));
    EXPECT_THAT(onnx.status(), base::IsOk());
    ir::DiagnosticSink sink;
    auto module = Legalize(*std::move(onnx), sink);
    EXPECT_THAT(module.status(), base::IsOk());
    auto outputs = Evaluate(*module, inputs);
    EXPECT_THAT(outputs.status(), base::IsOk());
    Floats values;
    const ir::HostTensor& output = outputs->at(0);
    for (int64_t i = 0; i < output.num_elements(); ++i) {
      values.push_back(static_cast<float>(output.AsDouble(i)));
    }
    return values;
  }

  mlir::MLIRContext context_;
};

TEST_F(LegalizeTest, BroadcastsOverFreeDimensions) {
  const Floats sums = Run(
      R"((%x: tensor<?x2xf32, ["n", "2"]>, %y: tensor<?x1xf32, ["n", "1"]>)
          -> tensor<?x2xf32, ["n", "2"]>)",
      R"(%0 = onnx.Add(%x, %y) {onnx_version = 14 : i64}
             : (tensor<?x2xf32, ["n", "2"]>, tensor<?x1xf32, ["n", "1"]>)
             -> tensor<?x2xf32, ["n", "2"]>
         return %0 : tensor<?x2xf32, ["n", "2"]>)",
      {F32({3, 2}, {1, 2, 3, 4, 5, 6}), F32({3, 1}, {10, 20, 30})});
  EXPECT_EQ(sums, (Floats{11, 12, 23, 24, 35, 36}));
}

TEST_F(LegalizeTest, ConvolutionPadsAndStrides) {
  const Floats result = Run("(%x: tensor<1x1x3x3xf32>) -> tensor<1x1x2x2xf32>",
                            R"(%w = onnx.Constant() {id = 0 : i64} : () -> tensor<1x1x2x2xf32>
         %0 = onnx.Conv(%x, %w) {onnx_version = 11 : i64, group = 1 : i64,
                                 pads = array<i64: 1, 1, 0, 0>, strides = array<i64: 2, 2>}
             : (tensor<1x1x3x3xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
         return %0 : tensor<1x1x2x2xf32>)",
                            {F32({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9})},
                            {F32({1, 1, 2, 2}, {1, 10, 100, 1000})});
  EXPECT_EQ(result, (Floats{1000, 3200, 7040, 9865}));
}

// Both ways of lowering it give what spreading each input element by hand gives.
TEST_F(LegalizeTest, TransposedConvolutionSpreadsTheInput) {
  const Floats tiled = Run("(%x: tensor<1x1x2xf32>) -> tensor<1x1x4xf32>",
                           R"(%w = onnx.Constant() {id = 0 : i64} : () -> tensor<1x1x2xf32>
         %0 = onnx.ConvTranspose(%x, %w) {onnx_version = 11 : i64, group = 1 : i64,
                                          strides = array<i64: 2>}
             : (tensor<1x1x2xf32>, tensor<1x1x2xf32>) -> tensor<1x1x4xf32>
         return %0 : tensor<1x1x4xf32>)",
                           {F32({1, 1, 2}, {1, 2})}, {F32({1, 1, 2}, {1, 10})});
  EXPECT_EQ(tiled, (Floats{1, 10, 2, 20}));
  const Floats overlapping = Run("(%x: tensor<1x1x2xf32>) -> tensor<1x1x5xf32>",
                                 R"(%w = onnx.Constant() {id = 0 : i64} : () -> tensor<1x1x3xf32>
         %0 = onnx.ConvTranspose(%x, %w) {onnx_version = 11 : i64, group = 1 : i64,
                                          strides = array<i64: 2>}
             : (tensor<1x1x2xf32>, tensor<1x1x3xf32>) -> tensor<1x1x5xf32>
         return %0 : tensor<1x1x5xf32>)",
                                 {F32({1, 1, 2}, {1, 2})}, {F32({1, 1, 3}, {1, 10, 100})});
  EXPECT_EQ(overlapping, (Floats{1, 10, 102, 20, 200}));
}

TEST_F(LegalizeTest, AverageLeavesPaddingOut) {
  const Floats result =
      Run(R"((%x: tensor<1x1x?xf32, ["1", "1", "w"]>) -> tensor<1x1x?xf32, ["1", "1", "w"]>)",
          R"(%0 = onnx.AveragePool(%x) {onnx_version = 11 : i64, kernel_shape = array<i64: 3>,
                                    pads = array<i64: 1, 1>, count_include_pad = 0 : i64}
             : (tensor<1x1x?xf32, ["1", "1", "w"]>) -> tensor<1x1x?xf32, ["1", "1", "w"]>
         return %0 : tensor<1x1x?xf32, ["1", "1", "w"]>)",
          {F32({1, 1, 4}, {2, 4, 6, 8})});
  EXPECT_EQ(result, (Floats{3, 4, 6, 7}));
}

TEST_F(LegalizeTest, GatherWrapsAndStaysInside) {
  const Floats result = Run("(%x: tensor<3x1xf32>, %i: tensor<4xi64>) -> tensor<4x1xf32>",
                            R"(%0 = onnx.Gather(%x, %i) {onnx_version = 13 : i64, axis = 0 : i64}
             : (tensor<3x1xf32>, tensor<4xi64>) -> tensor<4x1xf32>
         return %0 : tensor<4x1xf32>)",
                            {F32({3, 1}, {1, 2, 3}), I64({4}, {0, -1, 7, -9})});
  EXPECT_EQ(result, (Floats{1, 3, 3, 1}));
}

TEST_F(LegalizeTest, SliceBackwards) {
  const Floats result = Run("(%x: tensor<5xf32>) -> tensor<2xf32>",
                            R"(%s = onnx.Constant() {id = 0 : i64} : () -> tensor<1xi64>
         %e = onnx.Constant() {id = 1 : i64} : () -> tensor<1xi64>
         %a = onnx.Constant() {id = 2 : i64} : () -> tensor<1xi64>
         %t = onnx.Constant() {id = 3 : i64} : () -> tensor<1xi64>
         %0 = onnx.Slice(%x, %s, %e, %a, %t) {onnx_version = 13 : i64}
             : (tensor<5xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>)
             -> tensor<2xf32>
         return %0 : tensor<2xf32>)",
                            {F32({5}, {0, 1, 2, 3, 4})},
                            {I64({1}, {-2}), I64({1}, {0}), I64({1}, {0}), I64({1}, {-2})});
  EXPECT_EQ(result, (Floats{3, 1}));
}

TEST_F(LegalizeTest, IntegerDivisionNeverTraps) {
  const Floats result = Run("(%x: tensor<4xi64>, %y: tensor<4xi64>) -> tensor<4xf32>",
                            R"(%0 = onnx.Div(%x, %y) {onnx_version = 14 : i64}
             : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
         %1 = onnx.Cast(%0) {onnx_version = 13 : i64, to = 1 : i64}
             : (tensor<4xi64>) -> tensor<4xf32>
         return %1 : tensor<4xf32>)",
                            {I64({4}, {7, -7, 5, INT64_MIN}), I64({4}, {2, 2, 0, -1})});
  EXPECT_EQ(result, (Floats{3, -3, 5, static_cast<float>(INT64_MIN)}));
}

TEST_F(LegalizeTest, SmallFloatsAreLookedAtAsNumbers) {
  const Floats found = Run("(%x: tensor<3xf8E5M2>) -> tensor<3xf32>",
                           R"(%0 = onnx.IsNaN(%x) {onnx_version = 20 : i64}
             : (tensor<3xf8E5M2>) -> tensor<3xi1>
         %1 = onnx.Cast(%0) {onnx_version = 19 : i64} : (tensor<3xi1>) -> tensor<3xf32>
         return %1 : tensor<3xf32>)",
                           {Tensor<uint8_t>(ir::DType::kFloat8E5M2, {3}, {0x7d, 0x7c, 0x3c})});
  EXPECT_EQ(found, (Floats{1, 0, 0}));
}

// --- Small floats: LLVM's own conversions are the judge ---

struct SmallFloatCase {
  const char* type;
  const llvm::fltSemantics& semantics;
  double largest;
};

double Converted(const SmallFloatCase& small, float value) {
  llvm::APFloat number(value);
  bool loses = false;
  number.convert(small.semantics, llvm::APFloat::rmNearestTiesToEven, &loses);
  return number.convertToDouble();
}

// All numbers of the type, the middles between neighbours, and what lies just beside these.
Floats InterestingNumbers(const SmallFloatCase& small) {
  const auto infinity = std::numeric_limits<float>::infinity();
  Floats numbers = {infinity, -infinity, std::nanf("")};
  std::set<float> values;
  for (uint64_t bits = 0; bits < 256; ++bits) {
    const llvm::APFloat value(small.semantics, llvm::APInt(8, bits));
    if (value.isFinite()) values.insert(static_cast<float>(value.convertToDouble()));
  }
  values.insert(static_cast<float>(small.largest * 1.125));  // what would come next
  for (auto at = values.begin(), next = std::next(at); next != values.end(); ++at, ++next) {
    const float middle = (*at + *next) / 2;
    for (float value : {*at, middle, std::nextafter(middle, infinity),
                        std::nextafter(middle, -infinity), -middle}) {
      numbers.push_back(value);
    }
  }
  return numbers;
}

TEST_F(LegalizeTest, SmallFloatsRoundAsLlvmsDo) {
  const SmallFloatCase kCases[] = {
      {"f8E4M3FN", llvm::APFloat::Float8E4M3FN(), 448},
      {"f8E4M3FNUZ", llvm::APFloat::Float8E4M3FNUZ(), 240},
      {"f8E5M2", llvm::APFloat::Float8E5M2(), 57344},
      {"f8E5M2FNUZ", llvm::APFloat::Float8E5M2FNUZ(), 57344},
  };
  for (const SmallFloatCase& small : kCases) {
    const Floats numbers = InterestingNumbers(small);
    const std::string count = std::to_string(numbers.size());
    const std::string wide = "tensor<" + count + "xf32>";
    const std::string narrow = "tensor<" + count + "x" + small.type + ">";
    for (bool saturate : {false, true}) {
      const Floats found = Run("(%x: " + wide + ") -> " + wide,
                               "%0 = onnx.Cast(%x) {onnx_version = 19 : i64, saturate = " +
                                   std::to_string(saturate) + " : i64} : (" + wide + ") -> " +
                                   narrow + "\n%1 = onnx.Cast(%0) {onnx_version = 19 : i64} : (" +
                                   narrow + ") -> " + wide + "\nreturn %1 : " + wide,
                               {F32({static_cast<int64_t>(numbers.size())}, numbers)});
      for (size_t i = 0; i < numbers.size(); ++i) {
        double wanted = Converted(small, numbers[i]);
        const bool over = !std::isnan(numbers[i]) && !std::isfinite(wanted);
        if (saturate && over) wanted = std::copysign(small.largest, numbers[i]);
        if (std::isnan(wanted)) {
          EXPECT_TRUE(std::isnan(found[i])) << small.type << " of " << numbers[i];
        } else {
          EXPECT_EQ(found[i], wanted) << small.type << " of " << numbers[i];
          EXPECT_EQ(std::signbit(found[i]), std::signbit(wanted)) << small.type << numbers[i];
        }
      }
    }
  }
}

}  // namespace
}  // namespace sinter::legalize
