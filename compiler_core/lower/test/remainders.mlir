// RUN: sinter_plan %s | FileCheck %s

// 40 columns are a panel of 32 and one of 8: the last is stored under a mask.
// CHECK: arith.cmpi sge
// CHECK: scf.if
// CHECK: } else {
// CHECK: vector.create_mask %c8 : vector<16xi1>
// CHECK: vector.maskedstore
// A free number of rows: full tiles, then four rows, then one at a time.
// CHECK: scf.for {{.*}} step %c4 {
// CHECK: scf.for {{.*}} step %c1 {
module attributes {sinter.constants = [dense<1.0> : tensor<64x40xf32>]} {
func.func @main(%x: tensor<?x64xf32, ["n", "64"]>) -> tensor<?x40xf32, ["n", "40"]> {
  %w = onnx.Constant() {id = 0 : i64} : () -> tensor<64x40xf32>
  %0 = onnx.MatMul(%x, %w) {onnx_version = 13 : i64} : (tensor<?x64xf32, ["n", "64"]>, tensor<64x40xf32>) -> tensor<?x40xf32, ["n", "40"]>
  return %0 : tensor<?x40xf32, ["n", "40"]>
}
}
