// RUN: sinter_plan %s | FileCheck %s

// A part of a part that is not written in place is copied there, though a reshape lies in between.
// CHECK: // call kernel 0 {{.*}}input0+0 output0+0
// CHECK: // call kernel {{[0-9]}} {{.*}}input2+0 output0+64
// CHECK: // call kernel {{[0-9]}} {{.*}}input1+0 output0+32
// CHECK-NEXT: // arena 0
func.func @main(%x: tensor<1x1x8xf32>, %y: tensor<1x1x8xf32>, %z: tensor<2x8xf32>) -> tensor<4x8xf32> {
  %0 = onnx.Relu(%x) {onnx_version = 14 : i64} : (tensor<1x1x8xf32>) -> tensor<1x1x8xf32>
  %1 = onnx.Concat(%0, %y) {axis = 1 : i64, onnx_version = 13 : i64} : (tensor<1x1x8xf32>, tensor<1x1x8xf32>) -> tensor<1x2x8xf32>
  %2 = onnx.Flatten(%1) {axis = 2 : i64, onnx_version = 13 : i64} : (tensor<1x2x8xf32>) -> tensor<2x8xf32>
  %3 = onnx.Relu(%z) {onnx_version = 14 : i64} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %4 = onnx.Concat(%2, %3) {axis = 0 : i64, onnx_version = 13 : i64} : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<4x8xf32>
  return %4 : tensor<4x8xf32>
}
