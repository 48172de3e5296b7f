// RUN: sinter_plan %s | FileCheck %s

// All of a softmax is one kernel that keeps a row in cache; its memory is the output's.
// CHECK: // call kernel 0 count n input0+0 output0+0
// CHECK-NEXT: // arena 0 weights 0
// CHECK: sinter.inner = array<i64: 1>, sinter.kind = "row"
func.func @main(%x: tensor<?x128xf32, ["n", "128"]>) -> tensor<?x128xf32, ["n", "128"]> {
  %0 = onnx.Softmax(%x) {axis = -1 : i64, onnx_version = 13 : i64} : (tensor<?x128xf32, ["n", "128"]>) -> tensor<?x128xf32, ["n", "128"]>
  return %0 : tensor<?x128xf32, ["n", "128"]>
}
