// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<?x6xf32, ["n", "6"]>
// CHECK: %[[R:.*]] = sinter.reshape %[[X]] {{.*}} to tensor<?x2x3xf32, ["n", "2", "3"]>
// CHECK: %[[T:.*]] = sinter.transpose %[[R]] [0, 2, 1]
// CHECK: %[[A:.*]] = sinter.slice %[[T]] ["0", "0", "0"] [1, 1, 1] {{.*}} to tensor<?x1x2xf32
// CHECK: %[[B:.*]] = sinter.slice %[[T]] ["0", "1", "0"] [1, 1, 1] {{.*}} to tensor<?x2x2xf32
// CHECK: sinter.concat %[[B]], %[[A]] {axis = 1 : i64}
func.func @main(%x: tensor<?x6xf32, ["n", "6"]>, %s: tensor<3xi64>) -> tensor<?x3x2xf32, ["n", "3", "2"]> {
  %r = onnx.Reshape(%x, %s) {onnx_version = 14 : i64} : (tensor<?x6xf32, ["n", "6"]>, tensor<3xi64>) -> tensor<?x2x3xf32, ["n", "2", "3"]>
  %t = onnx.Transpose(%r) {onnx_version = 13 : i64, perm = array<i64: 0, 2, 1>} : (tensor<?x2x3xf32, ["n", "2", "3"]>) -> tensor<?x3x2xf32, ["n", "3", "2"]>
  %a, %b = onnx.Split(%t) {onnx_version = 18 : i64, axis = 1 : i64} : (tensor<?x3x2xf32, ["n", "3", "2"]>) -> (tensor<?x1x2xf32, ["n", "1", "2"]>, tensor<?x2x2xf32, ["n", "2", "2"]>)
  %c = onnx.Concat(%b, %a) {onnx_version = 13 : i64, axis = 1 : i64} : (tensor<?x2x2xf32, ["n", "2", "2"]>, tensor<?x1x2xf32, ["n", "1", "2"]>) -> tensor<?x3x2xf32, ["n", "3", "2"]>
  return %c : tensor<?x3x2xf32, ["n", "3", "2"]>
}

// -----

// A negative start counts from the end; a negative step begins at the last element.
module attributes {sinter.constants = [dense<[-1, -3]> : tensor<2xi64>, dense<[-9223372036854775807, 9223372036854775807]> : tensor<2xi64>, dense<[0, 1]> : tensor<2xi64>, dense<[-1, 1]> : tensor<2xi64>]} {
  // CHECK-LABEL: func.func @main
  // CHECK: sinter.slice %{{.*}} ["3", "max(0,w-3)"] [-1, 1]
  func.func @main(%x: tensor<4x?xf32, ["4", "w"]>) -> tensor<4x3xf32> {
    %s = onnx.Constant() {id = 0 : i64} : () -> tensor<2xi64>
    %e = onnx.Constant() {id = 1 : i64} : () -> tensor<2xi64>
    %a = onnx.Constant() {id = 2 : i64} : () -> tensor<2xi64>
    %t = onnx.Constant() {id = 3 : i64} : () -> tensor<2xi64>
    %0 = onnx.Slice(%x, %s, %e, %a, %t) {onnx_version = 13 : i64} : (tensor<4x?xf32, ["4", "w"]>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<4x3xf32>
    return %0 : tensor<4x3xf32>
  }
}
