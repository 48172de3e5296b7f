// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// CHECK: #[[IN:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2 * 2 + d4, d3 * 2 + d5)>
// CHECK: #[[WINDOW:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5)>
// CHECK-LABEL: func.func @main
// CHECK: sinter.pad %{{.*}} with 0xFF800000 : f32 at ["0", "0", "1", "1"] [0, 0, 0, 0]
// CHECK: %[[W:.*]] = tensor.empty() : tensor<3x3xf32>
// CHECK: linalg.generic {indexing_maps = [#[[IN]], #[[WINDOW]]
// CHECK: arith.maximumf
func.func @main(%x: tensor<1x2x8x8xf32>) -> tensor<1x2x4x4xf32> {
  %0 = onnx.MaxPool(%x) {onnx_version = 12 : i64, kernel_shape = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x2x8x8xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// -----

// Without padding the average is over a fixed number of elements.
// CHECK-LABEL: func.func @main
// CHECK: arith.addf
// CHECK: linalg.generic
// CHECK: arith.constant 6.000000e+00 : f32
// CHECK: arith.divf
// CHECK-NOT: linalg.index
func.func @main(%x: tensor<1x2x?x?xf32, ["1", "2", "h", "w"]>) -> tensor<1x2x?x?xf32, ["1", "2", "h-2", "w-1"]> {
  %0 = onnx.AveragePool(%x) {onnx_version = 11 : i64, kernel_shape = array<i64: 3, 2>} : (tensor<1x2x?x?xf32, ["1", "2", "h", "w"]>) -> tensor<1x2x?x?xf32, ["1", "2", "h-2", "w-1"]>
  return %0 : tensor<1x2x?x?xf32, ["1", "2", "h-2", "w-1"]>
}

// -----

// With padding that doesn't count, each window has a number of its own.
// CHECK-LABEL: func.func @main
// CHECK: sinter.pad
// CHECK: linalg.generic
// CHECK: linalg.generic
// CHECK: linalg.index 2
// CHECK: linalg.index 3
// CHECK: arith.divf
func.func @main(%x: tensor<1x2x8x8xf32>) -> tensor<1x2x4x4xf32> {
  %0 = onnx.AveragePool(%x) {onnx_version = 11 : i64, kernel_shape = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, count_include_pad = 0 : i64} : (tensor<1x2x8x8xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}
