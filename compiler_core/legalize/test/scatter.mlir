// RUN: sinter_opt --sinter-legalize --split-input-file %s | FileCheck %s

// Each element looks through the updates along the axis; what none concerns stays.
// CHECK-DAG: #[[FROM:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[TO:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-LABEL: func.func @main
// CHECK: linalg.generic {indexing_maps = [#[[FROM]], #[[FROM]], #[[TO]], #[[TO]]], iterator_types = ["parallel", "parallel", "reduction"]
// CHECK: arith.cmpi eq
// CHECK: linalg.generic
// CHECK: arith.select
func.func @main(%x: tensor<2x8xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf32>) -> tensor<2x8xf32> {
  %0 = onnx.ScatterElements(%x, %i, %u) {onnx_version = 18 : i64, axis = 1 : i64, reduction = "none"} : (tensor<2x8xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}
