// RUN: sinter_plan %s | FileCheck %s

// Two register tiles of 14 rows and 32 columns; the sums stay in registers over the whole of k, and
// the activation is applied before they are stored.
// CHECK: // call kernel 0 count 1 input0+0 weights0+0 output0+0
// CHECK: sinter.panel = array<i64: 1, 32>
// CHECK: func.func @kernel(%arg0: memref<?xf32>
// CHECK: scf.for {{.*}} step %c14
// CHECK: %{{.*}}:28 = scf.for
// CHECK-COUNT-28: vector.fma
// CHECK-NOT: vector.fma
// CHECK: arith.maximumf
// CHECK: vector.store
module attributes {sinter.constants = [dense<1.0> : tensor<64x32xf32>]} {
func.func @main(%x: tensor<28x64xf32>) -> tensor<28x32xf32> {
  %w = onnx.Constant() {id = 0 : i64} : () -> tensor<64x32xf32>
  %0 = onnx.MatMul(%x, %w) {onnx_version = 13 : i64} : (tensor<28x64xf32>, tensor<64x32xf32>) -> tensor<28x32xf32>
  %1 = onnx.Relu(%0) {onnx_version = 14 : i64} : (tensor<28x32xf32>) -> tensor<28x32xf32>
  return %1 : tensor<28x32xf32>
}
}
