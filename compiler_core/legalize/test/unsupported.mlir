// RUN: not sinter_opt --sinter-legalize %s 2>&1 | FileCheck %s

// All nodes that can't be lowered are named, also those that read the results of others.
// CHECK: node difference: `Sub`: can't tell whether dimension 0 of [n] broadcasts to the result's shape [m]
// CHECK: node sum: `Add`: can't tell whether dimension 0 of [m] broadcasts to the result's shape [n]
// CHECK: 2 nodes are not supported
func.func @main(%y: tensor<?xf32, ["n"]>, %z: tensor<?xf32, ["m"]>) -> tensor<?xf32, ["n"]> {
  %0 = onnx.Sub(%z, %y) {onnx_version = 14 : i64} : (tensor<?xf32, ["m"]>, tensor<?xf32, ["n"]>) -> tensor<?xf32, ["m"]> loc("difference")
  %1 = onnx.Add(%y, %0) {onnx_version = 14 : i64} : (tensor<?xf32, ["n"]>, tensor<?xf32, ["m"]>) -> tensor<?xf32, ["n"]> loc("sum")
  return %1 : tensor<?xf32, ["n"]>
}
