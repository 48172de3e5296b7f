// RUN: sinter_plan %s 512 fast | FileCheck %s
// RUN: sinter_plan %s 512 default | FileCheck %s --check-prefix=DIRECT

// A 3x3 convolution is three kernels: inputs in tiles of 6x6, 36 products, outputs in tiles of 4x4,
// which the activation joins. 14 is no multiple of 4: the input is padded to 18, and what of the
// last tiles is not there is not stored.
// CHECK: count 72 arena
// CHECK: sinter.kind = "pointwise"
// CHECK: sinter.block = array<i64: 6, 6, 1, 1, 1>
// CHECK: sinter.panel = array<i64: 3, 32>
// CHECK-SAME: sinter.kind = "contraction"
// CHECK: sinter.kind = "pointwise"
// CHECK: sinter.block = array<i64: 1, 4, 4>
// CHECK: func.func @kernel
// CHECK-COUNT-36: vector.load
// CHECK: arith.cmpi slt
// CHECK: arith.maximumf
// CHECK-COUNT-15: vector.store

// DIRECT-NOT: sinter.block
module attributes {sinter.constants = [dense<1.0> : tensor<64x64x3x3xf32>]} {
func.func @main(%x: tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32> {
  %w = onnx.Constant() {id = 0 : i64} : () -> tensor<64x64x3x3xf32>
  %0 = onnx.Conv(%x, %w) {onnx_version = 11 : i64, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x64x14x14xf32>, tensor<64x64x3x3xf32>) -> tensor<1x64x14x14xf32>
  %1 = onnx.Relu(%0) {onnx_version = 14 : i64} : (tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32>
  return %1 : tensor<1x64x14x14xf32>
}
}
