// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Linear: two coordinates are read from the grid, then four neighbours; what is outside is 0.
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic
// CHECK-COUNT-6: tensor.extract
// CHECK-NOT: tensor.extract
func.func @main(%x: tensor<1x2x4x4xf32>, %g: tensor<1x?x?x2xf32, ["1", "h", "w", "2"]>) -> tensor<1x2x?x?xf32, ["1", "2", "h", "w"]> {
  %0 = onnx.GridSample(%x, %g) {onnx_version = 20 : i64, mode = "linear", padding_mode = "zeros", align_corners = 0 : i64} : (tensor<1x2x4x4xf32>, tensor<1x?x?x2xf32, ["1", "h", "w", "2"]>) -> tensor<1x2x?x?xf32, ["1", "2", "h", "w"]>
  return %0 : tensor<1x2x?x?xf32, ["1", "2", "h", "w"]>
}

// -----

// Nearest: one element.
// CHECK-LABEL: func.func @main
// CHECK: tensor.extract
// CHECK: math.roundeven
// CHECK-COUNT-2: tensor.extract
// CHECK-NOT: tensor.extract
func.func @main(%x: tensor<1x2x4x4xf32>, %g: tensor<1x3x3x2xf32>) -> tensor<1x2x3x3xf32> {
  %0 = onnx.GridSample(%x, %g) {onnx_version = 20 : i64, mode = "nearest", padding_mode = "border", align_corners = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<1x3x3x2xf32>) -> tensor<1x2x3x3xf32>
  return %0 : tensor<1x2x3x3xf32>
}
