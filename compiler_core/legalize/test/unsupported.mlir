// RUN: not sinter_opt --sinter-legalize %s 2>&1 | FileCheck %s

// All nodes that can't be lowered are named, also those that read the results of others.
// CHECK: node pool: `MaxPool`: the output `Indices` is not supported
// CHECK: node sum: `Add`: can't tell whether dimension 0 of [m] broadcasts to the result's shape [n]
// CHECK: 2 nodes are not supported
func.func @main(%x: tensor<1x1x4x4xf32>, %y: tensor<?xf32, ["n"]>, %z: tensor<?xf32, ["m"]>) -> (tensor<1x1x2x2xi64>, tensor<?xf32, ["n"]>) {
  %0, %1 = onnx.MaxPool(%x) {onnx_version = 12 : i64, kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x1x4x4xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>) loc("pool")
  %2 = onnx.Add(%y, %z) {onnx_version = 14 : i64} : (tensor<?xf32, ["n"]>, tensor<?xf32, ["m"]>) -> tensor<?xf32, ["n"]> loc("sum")
  return %1, %2 : tensor<1x1x2x2xi64>, tensor<?xf32, ["n"]>
}
