// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// The data is captured; the index wraps if negative and is clamped.
// CHECK: #[[I:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<10x4xf32>, %[[Y:.*]]: tensor<?x3xi64
// CHECK: linalg.generic {indexing_maps = [#[[I]],
// CHECK-SAME: ins(%[[Y]]
// CHECK: arith.index_cast
// CHECK: arith.maxsi
// CHECK: %[[P:.*]] = arith.minsi
// CHECK: tensor.extract %[[X]][%[[P]], %{{.*}}]
func.func @main(%x: tensor<10x4xf32>, %y: tensor<?x3xi64, ["n", "3"]>) -> tensor<?x3x4xf32, ["n", "3", "4"]> {
  %0 = onnx.Gather(%x, %y) {onnx_version = 13 : i64, axis = 0 : i64} : (tensor<10x4xf32>, tensor<?x3xi64, ["n", "3"]>) -> tensor<?x3x4xf32, ["n", "3", "4"]>
  return %0 : tensor<?x3x4xf32, ["n", "3", "4"]>
}

// -----

// A known index is a slice.
module attributes {sinter.constants = [dense<-1> : tensor<i64>]} {
  // CHECK-LABEL: func.func @main
  // CHECK: sinter.slice %{{.*}} ["0", "9"] [1, 1]
  // CHECK: sinter.reshape
  // CHECK-NOT: linalg.generic
  func.func @main(%x: tensor<4x10xf32>) -> tensor<4xf32> {
    %i = onnx.Constant() {id = 0 : i64} : () -> tensor<i64>
    %0 = onnx.Gather(%x, %i) {onnx_version = 13 : i64, axis = 1 : i64} : (tensor<4x10xf32>, tensor<i64>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
