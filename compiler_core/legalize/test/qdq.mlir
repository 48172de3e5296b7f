// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// The integers are multiplied and summed up as int32; the scales are one factor afterwards.
// CHECK-LABEL: @main
// CHECK-NOT: arith.mulf
// CHECK: arith.extui %{{.*}} : i8 to i32
// CHECK: arith.extsi %{{.*}} : i8 to i32
// CHECK: arith.muli
// CHECK: arith.addi
// CHECK: arith.sitofp
// CHECK: arith.mulf
// CHECK: math.roundeven
module attributes {sinter.constants = [dense<0.5> : tensor<f32>, dense<[[1], [2], [3]]> : tensor<3x1xi8>,
                                       dense<0> : tensor<i8>]} {
  func.func @main(%x: tensor<2x3xui8>) -> tensor<2x1xi8> {
    %s = onnx.Constant() {id = 0 : i64} : () -> tensor<f32>
    %w = onnx.Constant() {id = 1 : i64} : () -> tensor<3x1xi8>
    %z = onnx.Constant() {id = 2 : i64} : () -> tensor<i8>
    %a = onnx.DequantizeLinear(%x, %s) {onnx_version = 13 : i64} : (tensor<2x3xui8>, tensor<f32>) -> tensor<2x3xf32>
    %b = onnx.DequantizeLinear(%w, %s) {onnx_version = 13 : i64} : (tensor<3x1xi8>, tensor<f32>) -> tensor<3x1xf32>
    %p = onnx.MatMul(%a, %b) {onnx_version = 13 : i64} : (tensor<2x3xf32>, tensor<3x1xf32>) -> tensor<2x1xf32>
    %q = onnx.QuantizeLinear(%p, %s, %z) {onnx_version = 13 : i64} : (tensor<2x1xf32>, tensor<f32>, tensor<i8>) -> tensor<2x1xi8>
    return %q : tensor<2x1xi8>
  }
}

// -----

// A product that others read too stays as it is.
// CHECK-LABEL: @main
// CHECK: arith.mulf
// CHECK-NOT: arith.muli
module attributes {sinter.constants = [dense<0.5> : tensor<f32>, dense<[[1], [2], [3]]> : tensor<3x1xi8>,
                                       dense<0> : tensor<i8>]} {
  func.func @main(%x: tensor<2x3xui8>) -> (tensor<2x1xi8>, tensor<2x1xf32>) {
    %s = onnx.Constant() {id = 0 : i64} : () -> tensor<f32>
    %w = onnx.Constant() {id = 1 : i64} : () -> tensor<3x1xi8>
    %z = onnx.Constant() {id = 2 : i64} : () -> tensor<i8>
    %a = onnx.DequantizeLinear(%x, %s) {onnx_version = 13 : i64} : (tensor<2x3xui8>, tensor<f32>) -> tensor<2x3xf32>
    %b = onnx.DequantizeLinear(%w, %s) {onnx_version = 13 : i64} : (tensor<3x1xi8>, tensor<f32>) -> tensor<3x1xf32>
    %p = onnx.MatMul(%a, %b) {onnx_version = 13 : i64} : (tensor<2x3xf32>, tensor<3x1xf32>) -> tensor<2x1xf32>
    %q = onnx.QuantizeLinear(%p, %s, %z) {onnx_version = 13 : i64} : (tensor<2x1xf32>, tensor<f32>, tensor<i8>) -> tensor<2x1xi8>
    return %q, %p : tensor<2x1xi8>, tensor<2x1xf32>
  }
}
