// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Padding is a view, the bias a generic of its own.
module attributes {sinter.constants = [dense<1.0> : tensor<8x3x1x1xf32>, dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]> : tensor<8xf32>]} {
  // CHECK: #[[IN:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d4, d2 * 2 + d5, d3 * 2 + d6)>
  // CHECK: #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d4, d5, d6)>
  // CHECK: #[[OUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
  // CHECK-LABEL: func.func @main
  // CHECK: sinter.pad %{{.*}} with 0.000000e+00 : f32 at ["0", "0", "1", "1"] [0, 0, 0, 0]
  // CHECK-SAME: tensor<?x3x10x10xf32, ["n", "3", "10", "10"]>
  // CHECK: linalg.generic {indexing_maps = [#[[IN]], #[[W]], #[[OUT]]]
  // CHECK-SAME: ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
  // CHECK: arith.mulf
  // CHECK: arith.addf
  // CHECK: linalg.generic
  // CHECK: arith.addf
  func.func @main(%x: tensor<?x3x8x8xf32, ["n", "3", "8", "8"]>) -> tensor<?x8x5x5xf32, ["n", "8", "5", "5"]> {
    %w = onnx.Constant() {id = 0 : i64} : () -> tensor<8x3x1x1xf32>
    %b = onnx.Constant() {id = 1 : i64} : () -> tensor<8xf32>
    %0 = onnx.Conv(%x, %w, %b) {onnx_version = 11 : i64, group = 1 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>} : (tensor<?x3x8x8xf32, ["n", "3", "8", "8"]>, tensor<8x3x1x1xf32>, tensor<8xf32>) -> tensor<?x8x5x5xf32, ["n", "8", "5", "5"]>
    return %0 : tensor<?x8x5x5xf32, ["n", "8", "5", "5"]>
  }
}

// -----

// Depthwise: (n, g, o..., k...); the weights' reshape is folded into the constant.
module attributes {sinter.constants = [dense<1.0> : tensor<4x1x3x3xf32>]} {
  // CHECK: #[[IN:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2 + d4, d3 + d5)>
  // CHECK: #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d1, d4, d5)>
  // CHECK-LABEL: func.func @main
  // CHECK: sinter.constant {{.*}} : tensor<4x3x3xf32>
  // CHECK: linalg.generic {indexing_maps = [#[[IN]], #[[W]]
  func.func @main(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x6x6xf32> {
    %w = onnx.Constant() {id = 0 : i64} : () -> tensor<4x1x3x3xf32>
    %0 = onnx.Conv(%x, %w) {onnx_version = 11 : i64, group = 4 : i64} : (tensor<1x4x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<1x4x6x6xf32>
    return %0 : tensor<1x4x6x6xf32>
  }
}

// -----

// Windows side by side: a product into [n, f, i, a, j, b].
module attributes {sinter.constants = [dense<1.0> : tensor<4x2x2x2xf32>]} {
  // CHECK-DAG: affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d6, d2, d4)>
  // CHECK-DAG: affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d6, d1, d3, d5)>
  // CHECK-LABEL: func.func @main
  // CHECK: linalg.generic
  // CHECK: sinter.reshape %{{.*}} : tensor<1x2x3x2x3x2xf32> to tensor<1x2x6x6xf32>
  func.func @main(%x: tensor<1x4x3x3xf32>) -> tensor<1x2x6x6xf32> {
    %w = onnx.Constant() {id = 0 : i64} : () -> tensor<4x2x2x2xf32>
    %0 = onnx.ConvTranspose(%x, %w) {onnx_version = 11 : i64, group = 1 : i64, strides = array<i64: 2, 2>} : (tensor<1x4x3x3xf32>, tensor<4x2x2x2xf32>) -> tensor<1x2x6x6xf32>
    return %0 : tensor<1x2x6x6xf32>
  }
}

// -----

// The general case: a convolution over the spread input.
module attributes {sinter.constants = [dense<1.0> : tensor<1x2x3x3xf32>]} {
  // CHECK-LABEL: func.func @main
  // CHECK: sinter.pad %{{.*}} with 0.000000e+00 : f32 at ["0", "0", "2", "2"] [0, 0, 1, 1] : tensor<1x1x3x3xf32> to tensor<1x1x9x9xf32>
  // CHECK: linalg.generic
  func.func @main(%x: tensor<1x1x3x3xf32>) -> tensor<1x2x7x7xf32> {
    %w = onnx.Constant() {id = 0 : i64} : () -> tensor<1x2x3x3xf32>
    %0 = onnx.ConvTranspose(%x, %w) {onnx_version = 11 : i64, group = 1 : i64, strides = array<i64: 2, 2>} : (tensor<1x1x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x7x7xf32>
    return %0 : tensor<1x2x7x7xf32>
  }
}
