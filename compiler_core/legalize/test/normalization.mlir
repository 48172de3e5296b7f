// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Known statistics become x * a + b: a = 2 / sqrt(4 + 0), b = 1 - 3 * a.
module attributes {sinter.constants = [dense<2.0> : tensor<2xf32>, dense<1.0> : tensor<2xf32>, dense<[3.0, 0.0]> : tensor<2xf32>, dense<[4.0, 1.0]> : tensor<2xf32>]} {
  // CHECK: sinter.constants = [{{.*}}dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  // CHECK-SAME: dense<[-2.000000e+00, 1.000000e+00]> : tensor<2xf32>
  // CHECK-LABEL: func.func @main
  // CHECK: linalg.generic
  // CHECK: arith.mulf
  // CHECK: arith.addf
  // CHECK-NOT: linalg.generic
  func.func @main(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
    %s = onnx.Constant() {id = 0 : i64} : () -> tensor<2xf32>
    %b = onnx.Constant() {id = 1 : i64} : () -> tensor<2xf32>
    %m = onnx.Constant() {id = 2 : i64} : () -> tensor<2xf32>
    %v = onnx.Constant() {id = 3 : i64} : () -> tensor<2xf32>
    %0 = onnx.BatchNormalization(%x, %s, %b, %m, %v) {onnx_version = 9 : i64, epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
    return %0 : tensor<1x2x4x4xf32>
  }
}

// -----

// Mean, difference, sum of squares, 1 / deviation, scale and bias.
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {{.*}}"reduction"]
// CHECK: linalg.generic
// CHECK: arith.divf
// CHECK: linalg.generic
// CHECK: arith.subf
// CHECK: linalg.generic {{.*}}"reduction"]
// CHECK: linalg.generic
// CHECK: math.sqrt
// CHECK: linalg.generic
// CHECK: arith.mulf
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK-NOT: linalg.generic
func.func @main(%x: tensor<?x8xf32, ["n", "8"]>, %s: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<?x8xf32, ["n", "8"]> {
  %0 = onnx.LayerNormalization(%x, %s, %b) {onnx_version = 17 : i64, axis = -1 : i64, epsilon = 1.0e-5 : f32} : (tensor<?x8xf32, ["n", "8"]>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32, ["n", "8"]>
  return %0 : tensor<?x8xf32, ["n", "8"]>
}

// -----

// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {{.*}}"reduction"]
// CHECK: arith.maximumf
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK: linalg.generic {{.*}}"reduction"]
// CHECK: arith.addf
// CHECK: linalg.generic
// CHECK: arith.divf
// CHECK-NOT: linalg.generic
func.func @main(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %0 = onnx.Softmax(%x) {onnx_version = 13 : i64, axis = -1 : i64} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}
