// Ops that the importer takes apart into nodes of ai.onnx, where ONNX itself gives no function for
// them (or one that suits the compiler less): one file a family, one row an op in expansions.cc.
// Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_EXPANSIONS_H_
#define SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_EXPANSIONS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler_core/import/expansions/body.h"

namespace sinter::import {

struct Expansion {
  absl::string_view op;  // as OpName() has it: "LSTM", "com.microsoft.Gelu"
  // Writes the nodes. ERRORS: UNIMPLEMENTED for a form of the op that it can't express,
  // INVALID_ARGUMENT for one that is wrong.
  absl::Status (*write)(Body& body);
  // Whether it is for this form of the op; null: for all. Others go the way of ops without a row
  // here.
  bool (*applies)(const Body& body) = nullptr;
};

// RETURNS: null if there is none.
const Expansion* FindExpansion(absl::string_view op);

namespace expansions {

// recurrent.cc
absl::Status Gru(Body& body);
absl::Status Lstm(Body& body);
absl::Status Rnn(Body& body);
absl::Status DynamicQuantizeLstm(Body& body);
// quantized.cc
absl::Status ContribDequantizeLinear(Body& body);
absl::Status ContribQuantizeLinear(Body& body);
absl::Status DynamicQuantizeLinear(Body& body);
absl::Status DynamicQuantizeMatMul(Body& body);
absl::Status MatMulIntegerToFloat(Body& body);
absl::Status MatMulNBits(Body& body);
absl::Status QGemm(Body& body);
absl::Status QLinearAveragePool(Body& body);
absl::Status QLinearConcat(Body& body);
absl::Status QLinearConv(Body& body);
absl::Status QLinearGlobalAveragePool(Body& body);
absl::Status QLinearLeakyRelu(Body& body);
absl::Status QLinearMatMul(Body& body);
absl::Status QLinearSigmoid(Body& body);
absl::Status QLinearSoftmax(Body& body);
absl::Status QLinearWhere(Body& body);

}  // namespace expansions
}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_EXPANSIONS_H_
