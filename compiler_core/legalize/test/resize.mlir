// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Whole factors repeat: a copy into [n, c, h, 2, w, 2] without an index.
module attributes {sinter.constants = [dense<[1.0, 1.0, 2.0, 2.0]> : tensor<4xf32>]} {
  // CHECK: affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d4)>
  // CHECK-LABEL: func.func @main
  // CHECK: linalg.generic
  // CHECK-NOT: tensor.extract
  // CHECK: sinter.reshape %{{.*}} to tensor<1x2x?x8xf32
  func.func @main(%x: tensor<1x2x?x4xf32, ["1", "2", "h", "4"]>) -> tensor<1x2x?x8xf32, ["1", "2", "2*h", "8"]> {
    %n = onnx.NoValue() : () -> none
    %s = onnx.Constant() {id = 0 : i64} : () -> tensor<4xf32>
    %0 = onnx.Resize(%x, %n, %s) {onnx_version = 13 : i64, mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"} : (tensor<1x2x?x4xf32, ["1", "2", "h", "4"]>, none, tensor<4xf32>) -> tensor<1x2x?x8xf32, ["1", "2", "2*h", "8"]>
    return %0 : tensor<1x2x?x8xf32, ["1", "2", "2*h", "8"]>
  }
}

// -----

// Linear: one dimension after the other, two elements each.
module attributes {sinter.constants = [dense<[1.0, 1.0, 0.5, 0.5]> : tensor<4xf32>]} {
  // CHECK-LABEL: func.func @main
  // CHECK: linalg.generic
  // CHECK-COUNT-2: tensor.extract
  // CHECK: linalg.generic
  // CHECK-COUNT-2: tensor.extract
  // CHECK-NOT: linalg.generic
  func.func @main(%x: tensor<1x2x8x8xf32>) -> tensor<1x2x4x4xf32> {
    %n = onnx.NoValue() : () -> none
    %s = onnx.Constant() {id = 0 : i64} : () -> tensor<4xf32>
    %0 = onnx.Resize(%x, %n, %s) {onnx_version = 13 : i64, mode = "linear", coordinate_transformation_mode = "half_pixel"} : (tensor<1x2x8x8xf32>, none, tensor<4xf32>) -> tensor<1x2x4x4xf32>
    return %0 : tensor<1x2x4x4xf32>
  }
}
