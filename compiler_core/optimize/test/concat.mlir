// RUN: sinter_plan %s | FileCheck %s

// What is concatenated is written in place: nothing is copied.
// CHECK: // call kernel 0 {{.*}}input0+0 output0+0
// CHECK-NEXT: // call kernel 1 {{.*}}input1+0 output0+128
// CHECK-NEXT: // arena 0
func.func @main(%x: tensor<4x8xf32>, %y: tensor<6x8xf32>) -> tensor<10x8xf32> {
  %0 = onnx.Relu(%x) {onnx_version = 14 : i64} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = onnx.Relu(%y) {onnx_version = 14 : i64} : (tensor<6x8xf32>) -> tensor<6x8xf32>
  %2 = onnx.Concat(%0, %1) {axis = 0 : i64, onnx_version = 13 : i64} : (tensor<4x8xf32>, tensor<6x8xf32>) -> tensor<10x8xf32>
  return %2 : tensor<10x8xf32>
}
