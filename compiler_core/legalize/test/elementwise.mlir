// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Broadcasting is in the maps; unit dimensions are reshaped away.
// CHECK: #[[MAP:.*]] = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
// CHECK: #[[ROW:.*]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>, %[[Y:.*]]: tensor<3x1xf32>
// CHECK: %[[B:.*]] = sinter.reshape %[[Y]] : tensor<3x1xf32> to tensor<3xf32>
// CHECK: linalg.generic {indexing_maps = [#[[MAP]], #[[ROW]], #[[MAP]]]
// CHECK-SAME: iterator_types = ["parallel", "parallel", "parallel"]
// CHECK: arith.addf
func.func @main(%x: tensor<2x3x4xf32>, %y: tensor<3x1xf32>) -> tensor<2x3x4xf32> {
  %0 = onnx.Add(%x, %y) {onnx_version = 14 : i64} : (tensor<2x3x4xf32>, tensor<3x1xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// -----

// A splat is a number in the body, and a known power a multiplication.
module attributes {sinter.constants = [dense<2.0> : tensor<f32>]} {
  // CHECK-LABEL: func.func @main
  // CHECK-NOT: sinter.constant
  // CHECK: linalg.generic
  // CHECK: %[[S:.*]] = arith.mulf %[[IN:.*]], %[[IN]] : f32
  // CHECK-NEXT: linalg.yield %[[S]]
  func.func @main(%x: tensor<?x4xf32, ["n", "4"]>) -> tensor<?x4xf32, ["n", "4"]> {
    %e = onnx.Constant() {id = 0 : i64} : () -> tensor<f32>
    %0 = onnx.Pow(%x, %e) {onnx_version = 15 : i64} : (tensor<?x4xf32, ["n", "4"]>, tensor<f32>) -> tensor<?x4xf32, ["n", "4"]>
    return %0 : tensor<?x4xf32, ["n", "4"]>
  }
}

// -----

// Unsigned comparison; bool is stored as i8; 16-bit floats are computed in float32.
// CHECK-LABEL: func.func @main
// CHECK: arith.cmpi ult
// CHECK: arith.extui %{{.*}} : i1 to i8
// CHECK: arith.cmpi ne
// CHECK: arith.select
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: math.exp %{{.*}} : f32
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @main(%x: tensor<4xui8>, %y: tensor<4xui8>, %z: tensor<4xf16>) -> (tensor<4xui8>, tensor<4xf16>) {
  %0 = onnx.Less(%x, %y) {onnx_version = 13 : i64} : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xi1>
  %1 = onnx.Where(%0, %x, %y) {onnx_version = 16 : i64} : (tensor<4xi1>, tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  %2 = onnx.Exp(%z) {onnx_version = 13 : i64} : (tensor<4xf16>) -> tensor<4xf16>
  return %1, %2 : tensor<4xui8>, tensor<4xf16>
}
