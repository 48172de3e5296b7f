// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Batch dimensions broadcast through the map: (b, h, m, n | k).
// CHECK: #[[A:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d4)>
// CHECK: #[[B:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d1, d4, d3)>
// CHECK-LABEL: func.func @main
// CHECK: sinter.reshape %{{.*}} : tensor<1x3x5x6xf32> to tensor<3x5x6xf32>
// CHECK: linalg.generic {indexing_maps = [#[[A]], #[[B]]
// CHECK-SAME: ["parallel", "parallel", "parallel", "parallel", "reduction"]
func.func @main(%x: tensor<?x3x4x5xf32, ["n", "3", "4", "5"]>, %y: tensor<1x3x5x6xf32>) -> tensor<?x3x4x6xf32, ["n", "3", "4", "6"]> {
  %0 = onnx.MatMul(%x, %y) {onnx_version = 13 : i64} : (tensor<?x3x4x5xf32, ["n", "3", "4", "5"]>, tensor<1x3x5x6xf32>) -> tensor<?x3x4x6xf32, ["n", "3", "4", "6"]>
  return %0 : tensor<?x3x4x6xf32, ["n", "3", "4", "6"]>
}

// -----

// A vector has no dimension of its own in the result.
// CHECK-DAG: affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic
func.func @main(%x: tensor<5xf32>, %y: tensor<5x6xf32>) -> tensor<6xf32> {
  %0 = onnx.MatMul(%x, %y) {onnx_version = 13 : i64} : (tensor<5xf32>, tensor<5x6xf32>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}

// -----

// transB is in the map; alpha is a generic, beta = 1 is not; then the bias.
// CHECK-DAG: #[[A:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[B:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {indexing_maps = [#[[A]], #[[B]]
// CHECK: linalg.generic
// CHECK: arith.constant 5.000000e-01 : f32
// CHECK: arith.mulf
// CHECK: linalg.generic
// CHECK-NOT: arith.mulf
// CHECK: arith.addf
// CHECK-NOT: linalg.generic
func.func @main(%x: tensor<4x5xf32>, %y: tensor<6x5xf32>, %c: tensor<6xf32>) -> tensor<4x6xf32> {
  %0 = onnx.Gemm(%x, %y, %c) {onnx_version = 13 : i64, alpha = 0.5 : f32, beta = 1.0 : f32, transA = 0 : i64, transB = 1 : i64} : (tensor<4x5xf32>, tensor<6x5xf32>, tensor<6xf32>) -> tensor<4x6xf32>
  return %0 : tensor<4x6xf32>
}
