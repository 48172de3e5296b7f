// RUN: sinter_plan %s | FileCheck %s

// A multiply-add is two operations: 2 * n * 32 * 8. Each operand is read once, each result written.
// CHECK: // work 0 160*n+1024 bytes, `matmul` 512*n flops{{$}}
func.func @main(%x: tensor<?x8xf32, ["n", "8"]>, %w: tensor<8x32xf32>,
                %table: tensor<1000x16xf32>, %rows: tensor<?xi64, ["m"]>)
    -> (tensor<?x32xf32, ["n", "32"]>, tensor<?x16xf32, ["m", "16"]>) {
  %0 = onnx.MatMul(%x, %w) {onnx_version = 13 : i64} : (tensor<?x8xf32, ["n", "8"]>, tensor<8x32xf32>) -> tensor<?x32xf32, ["n", "32"]> loc("matmul")

  // Of a table the rows that are looked up, but no more than there are. Positions are no arithmetic.
  // CHECK: // work 1 72*m+4*min(16*m,16000) bytes, `gather` 0 flops{{$}}
  %1 = onnx.Gather(%table, %rows) {axis = 0 : i64, onnx_version = 13 : i64} : (tensor<1000x16xf32>, tensor<?xi64, ["m"]>) -> tensor<?x16xf32, ["m", "16"]> loc("gather")
  return %0, %1 : tensor<?x32xf32, ["n", "32"]>, tensor<?x16xf32, ["m", "16"]>
}
