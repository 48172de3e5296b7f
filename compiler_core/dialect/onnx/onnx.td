// All rows of the dialect.
include "compiler_core/dialect/onnx/ops/elementwise.td"
include "compiler_core/dialect/onnx/ops/linear.td"
include "compiler_core/dialect/onnx/ops/nn.td"
include "compiler_core/dialect/onnx/ops/reduction.td"
include "compiler_core/dialect/onnx/ops/quant.td"
include "compiler_core/dialect/onnx/ops/tensor.td"
include "compiler_core/dialect/onnx/ops/generate.td"
