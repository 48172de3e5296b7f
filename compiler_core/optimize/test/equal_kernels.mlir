// RUN: sinter_plan %s | FileCheck %s

// Equal work is one kernel, whatever its sizes are called in the model.
// CHECK: // call kernel 0 {{.*}}s=n{{$}}
// CHECK-NEXT: // call kernel 0 {{.*}}s=m{{$}}
// CHECK-NOT: // ---- kernel 1
func.func @main(%x: tensor<?x8xf32, ["n", "8"]>, %y: tensor<?x8xf32, ["m", "8"]>) -> (tensor<?x8xf32, ["n", "8"]>, tensor<?x8xf32, ["m", "8"]>) {
  %0 = onnx.Relu(%x) {onnx_version = 14 : i64} : (tensor<?x8xf32, ["n", "8"]>) -> tensor<?x8xf32, ["n", "8"]>
  %1 = onnx.Relu(%y) {onnx_version = 14 : i64} : (tensor<?x8xf32, ["m", "8"]>) -> tensor<?x8xf32, ["m", "8"]>
  return %0, %1 : tensor<?x8xf32, ["n", "8"]>, tensor<?x8xf32, ["m", "8"]>
}
