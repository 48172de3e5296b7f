#include "compiler_core/import_mlir/import_mlir.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace sinter::import_mlir {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ImportMlirTest : public ::testing::Test {
 protected:
  // The module's text, or the status.
  std::string Text(const std::string& file) {
    absl::StatusOr<ir::TensorModule> module = ImportMlir(context_, file, options_, sink_);
    if (!module.ok()) return std::string(module.status().ToString());
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->module().print(stream);
    for (const ir::DimEquality& equality : module->parts().signature.equalities) {
      text += "// " + equality.lhs.ToString() + " = " + equality.rhs.ToString() + "\n";
    }
    return text;
  }

  std::string FirstKind() {
    return sink_.diagnostics().empty() ? "" : sink_.diagnostics()[0].kind();
  }

  mlir::MLIRContext context_;
  v1::CompileOptions options_;
  ir::DiagnosticSink sink_;
};

TEST_F(ImportMlirTest, FreeDimensionsBecomeSymbols) {
  const std::string text = Text(R"(
    func.func @main(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>) -> tensor<?x8xf32> {
      %0 = tensor.concat dim(1) %a, %b : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
      return %0 : tensor<?x8xf32>
    })");
  EXPECT_THAT(text, HasSubstr("tensor<?x4xf32, [\"arg0_dim0\", \"4\"]>"));
  EXPECT_THAT(text, HasSubstr("sinter.concat"));
  EXPECT_THAT(text, HasSubstr("[\"arg0_dim0\", \"8\"]"));
}

TEST_F(ImportMlirTest, ArithmeticOnSizesIsDone) {
  const std::string text = Text(R"(
    func.func @main(%a: tensor<?x4xf32>) -> tensor<?x?xf32> {
      %c0 = arith.constant 0 : index
      %c2 = arith.constant 2 : index
      %n = tensor.dim %a, %c0 : tensor<?x4xf32>
      %half = arith.divui %n, %c2 : index
      %0 = tensor.extract_slice %a[0, 0] [%half, %c2] [1, 2] : tensor<?x4xf32> to tensor<?x?xf32>
      return %0 : tensor<?x?xf32>
    })");
  EXPECT_THAT(text, HasSubstr("floordiv(arg0_dim0,2)"));
  EXPECT_THAT(text, Not(HasSubstr("arith.div")));
}

TEST_F(ImportMlirTest, NamedOpsAndTosaBecomeGenerics) {
  EXPECT_THAT(Text(R"(
    func.func @main(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) -> tensor<2x4xf32> {
      %z = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<2x4xf32>
      %f = linalg.fill ins(%z : f32) outs(%e : tensor<2x4xf32>) -> tensor<2x4xf32>
      %0 = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>)
                         outs(%f : tensor<2x4xf32>) -> tensor<2x4xf32>
      return %0 : tensor<2x4xf32>
    })"),
              HasSubstr("linalg.generic"));
  const std::string tosa = Text(R"(
    func.func @main(%a: tensor<1x3xf32>) -> tensor<1x3xf32> {
      %0 = tosa.sigmoid %a : (tensor<1x3xf32>) -> tensor<1x3xf32>
      %1 = tosa.add %0, %a : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
      return %1 : tensor<1x3xf32>
    })");
  EXPECT_THAT(tosa, HasSubstr("linalg.generic"));
  EXPECT_THAT(tosa, Not(HasSubstr("tosa.")));
}

TEST_F(ImportMlirTest, BooleansAreBytes) {
  const std::string text = Text(R"(
    #id = affine_map<(d0) -> (d0)>
    func.func @main(%a: tensor<4xf32>) -> tensor<4xi1> {
      %z = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<4xi1>
      %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
          ins(%a : tensor<4xf32>) outs(%e : tensor<4xi1>) {
        ^bb0(%x: f32, %o: i1):
          %c = arith.cmpf ogt, %x, %z : f32
          linalg.yield %c : i1
      } -> tensor<4xi1>
      return %0 : tensor<4xi1>
    })");
  EXPECT_THAT(text, HasSubstr("tensor<4xi8>"));
  EXPECT_THAT(text, HasSubstr("arith.extui"));
  EXPECT_THAT(text, Not(HasSubstr("tensor<4xi1>")));
}

// torch-mlir adds a convolution's bias by starting from it.
TEST_F(ImportMlirTest, SumsThatBeginWithATensorAddItAfterwards) {
  const std::string text = Text(R"(
    func.func @main(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %c: tensor<2x4xf32>)
        -> tensor<2x4xf32> {
      %0 = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x4xf32>)
                         outs(%c : tensor<2x4xf32>) -> tensor<2x4xf32>
      return %0 : tensor<2x4xf32>
    })");
  EXPECT_THAT(text, HasSubstr("linalg.fill"));
  EXPECT_THAT(text, HasSubstr("ins(%arg2"));
}

TEST_F(ImportMlirTest, AssertedEqualitiesAreKeptForTheArtifactToCheck) {
  EXPECT_THAT(Text(R"(
    func.func @main(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
      %c0 = arith.constant 0 : index
      %n = tensor.dim %a, %c0 : tensor<?xf32>
      %m = tensor.dim %b, %c0 : tensor<?xf32>
      %same = arith.cmpi eq, %n, %m : index
      cf.assert %same, "mismatched size"
      return %a : tensor<?xf32>
    })"),
              HasSubstr("// arg0_dim0 = arg1_dim0"));
}

TEST_F(ImportMlirTest, LoopsOfKnownLengthAreUnrolled) {
  const std::string text = Text(R"(
    func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %0 = scf.for %i = %c0 to %c3 step %c1 iter_args(%x = %a) -> tensor<4xf32> {
        %s = arith.addf %x, %a : tensor<4xf32>
        scf.yield %s : tensor<4xf32>
      }
      return %0 : tensor<4xf32>
    })");
  size_t count = 0;
  for (size_t at = text.find("arith.addf"); at != std::string::npos;
       at = text.find("arith.addf", at + 1)) {
    ++count;
  }
  EXPECT_EQ(count, 3u);
}

// --- Refusals: named and placed ---

TEST_F(ImportMlirTest, OtherDialectsAreRefusedByName) {
  const std::string text = Text("module {\n  memref.global @g : memref<2xf32>\n}");
  EXPECT_THAT(text, HasSubstr("UNIMPLEMENTED"));
  EXPECT_THAT(text, HasSubstr("memref"));
  EXPECT_EQ(FirstKind(), "unsupported_op");
}

TEST_F(ImportMlirTest, SyntaxErrorsHaveAPlace) {
  const std::string text = Text("module {\n  func.func @main( {\n}");
  EXPECT_THAT(text, HasSubstr("INVALID_ARGUMENT: at 2:"));
  EXPECT_EQ(FirstKind(), "malformed_model");
}

TEST_F(ImportMlirTest, SizesThatDependOnDataAreRefused) {
  EXPECT_THAT(Text(R"(
    func.func @main(%a: tensor<8xf32>, %n: tensor<index>) -> tensor<?xf32> {
      %i = tensor.extract %n[] : tensor<index>
      %0 = tensor.extract_slice %a[0] [%i] [1] : tensor<8xf32> to tensor<?xf32>
      return %0 : tensor<?xf32>
    })"),
              HasSubstr("UNIMPLEMENTED"));
}

TEST_F(ImportMlirTest, LoopsOfUnknownLengthAreRefused) {
  EXPECT_THAT(Text(R"(
    func.func @main(%a: tensor<?xf32>) -> tensor<?xf32> {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = tensor.dim %a, %c0 : tensor<?xf32>
      %0 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> tensor<?xf32> {
        %s = arith.addf %x, %a : tensor<?xf32>
        scf.yield %s : tensor<?xf32>
      }
      return %0 : tensor<?xf32>
    })"),
              HasSubstr("`scf.for` is only supported with constant bounds"));
}

TEST_F(ImportMlirTest, ShapesCanBeFixed) {
  v1::ShapeSpec& spec = *options_.add_shapes();
  spec.set_input("arg0");
  spec.add_dims()->set_fixed(7);
  const std::string file =
      "func.func @main(%a: tensor<?xf32>) -> tensor<?xf32> { return %a : tensor<?xf32> }";
  EXPECT_THAT(Text(file), HasSubstr("tensor<7xf32>"));
  spec.set_input("nobody");
  EXPECT_THAT(Text(file), HasSubstr("the model has no input `nobody`"));
}

}  // namespace
}  // namespace sinter::import_mlir
