// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Loops that stay come first; the mean is a division of its own.
module attributes {sinter.constants = [dense<[1]> : tensor<1xi64>]} {
  // CHECK-DAG: #[[IN:.*]] = affine_map<(d0, d1, d2) -> (d0, d2, d1)>
  // CHECK-DAG: #[[OUT:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
  // CHECK-LABEL: func.func @main
  // CHECK: linalg.generic {indexing_maps = [#[[IN]], #[[OUT]]], iterator_types = ["parallel", "parallel", "reduction"]
  // CHECK: sinter.dim "c"
  // CHECK: sinter.reshape %{{.*}} to tensor<2x1x4xf32>
  // CHECK: linalg.generic
  // CHECK: arith.sitofp
  // CHECK: arith.divf
  func.func @main(%x: tensor<2x?x4xf32, ["2", "c", "4"]>) -> tensor<2x1x4xf32> {
    %a = onnx.Constant() {id = 0 : i64} : () -> tensor<1xi64>
    %0 = onnx.ReduceMean(%x, %a) {onnx_version = 18 : i64, keepdims = 1 : i64} : (tensor<2x?x4xf32, ["2", "c", "4"]>, tensor<1xi64>) -> tensor<2x1x4xf32>
    return %0 : tensor<2x1x4xf32>
  }
}

// -----

// The best element and its position side by side.
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: linalg.index 1
// CHECK: arith.cmpf ogt
// CHECK: linalg.yield %{{.*}}, %{{.*}} : f32, i64
func.func @main(%x: tensor<2x4xf32>) -> tensor<2xi64> {
  %0 = onnx.ArgMax(%x) {onnx_version = 13 : i64, axis = -1 : i64, keepdims = 0 : i64} : (tensor<2x4xf32>) -> tensor<2xi64>
  return %0 : tensor<2xi64>
}
