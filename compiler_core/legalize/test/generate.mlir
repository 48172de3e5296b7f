// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Known values of free dimensions are chosen by position.
// CHECK-LABEL: func.func @main
// CHECK: %[[N:.*]] = sinter.dim "n"
// CHECK: linalg.generic
// CHECK: linalg.index 0
// CHECK: arith.select %{{.*}}, %[[N]],
// CHECK: arith.index_cast
func.func @main(%x: tensor<?x4xf32, ["n", "4"]>) -> tensor<2xi64> {
  %0 = onnx.SymConstant() {values = ["n", "4"]} : () -> tensor<2xi64>
  return %0 : tensor<2xi64>
}

// -----

// A fixed shape makes a constant, which consumers see as one number; a free one a fill.
module attributes {sinter.constants = [dense<[7]> : tensor<1xi64>]} {
  // CHECK-LABEL: func.func @main
  // CHECK-NOT: sinter.constant
  // CHECK: %[[SEVEN:.*]] = arith.constant 7 : i64
  // CHECK: linalg.fill ins(%[[SEVEN]]
  // CHECK: linalg.generic
  // CHECK: arith.constant 7 : i64
  // CHECK: arith.addi
  func.func @main(%x: tensor<4xi64>, %y: tensor<?xf32, ["n"]>) -> (tensor<4xi64>, tensor<?xi64, ["n"]>) {
    %s = onnx.SymConstant() {values = ["4"]} : () -> tensor<1xi64>
    %f = onnx.SymConstant() {values = ["n"]} : () -> tensor<1xi64>
    %0 = onnx.ConstantOfShape(%s) {onnx_version = 9 : i64, value = 0 : i64} : (tensor<1xi64>) -> tensor<4xi64>
    %1 = onnx.ConstantOfShape(%f) {onnx_version = 9 : i64, value = 0 : i64} : (tensor<1xi64>) -> tensor<?xi64, ["n"]>
    %2 = onnx.Add(%x, %0) {onnx_version = 14 : i64} : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
    return %2, %1 : tensor<4xi64>, tensor<?xi64, ["n"]>
  }
}

// -----

// CHECK: affine_map<(d0, d1, d2) -> (d1)>
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic
// CHECK: sinter.reshape %{{.*}} : tensor<3x4x2xf32> to tensor<12x2xf32>
module attributes {sinter.constants = [dense<[3, 2]> : tensor<2xi64>]} {
  func.func @main(%x: tensor<4x1xf32>) -> tensor<12x2xf32> {
    %r = onnx.Constant() {id = 0 : i64} : () -> tensor<2xi64>
    %0 = onnx.Tile(%x, %r) {onnx_version = 13 : i64} : (tensor<4x1xf32>, tensor<2xi64>) -> tensor<12x2xf32>
    return %0 : tensor<12x2xf32>
  }
}
