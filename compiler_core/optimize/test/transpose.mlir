// RUN: sinter_plan %s | FileCheck %s

// A transposition is strides: its reader walks the source the other way.
// CHECK: // call kernel 0 {{.*}}input0+0 input1+0 output0+0
// CHECK-NEXT: // arena 0
// CHECK: %arg0: tensor<8x4xf32> {sinter.strides = ["1", "8"]}
func.func @main(%x: tensor<4x8xf32>, %y: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %0 = onnx.Transpose(%x) {perm = array<i64: 1, 0>, onnx_version = 13 : i64} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %1 = onnx.Add(%0, %y) {onnx_version = 14 : i64} : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}
