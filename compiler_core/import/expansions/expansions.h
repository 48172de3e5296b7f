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
  // It can do with operands of unknown rank; others are refused where there are such.
  bool takes_unranked = false;
};

// RETURNS: null if there is none.
const Expansion* FindExpansion(absl::string_view op);

namespace expansions {

// contrib_attention.cc
absl::Status ContribAttention(Body& body);
absl::Status MultiHeadAttention(Body& body);
absl::Status QAttention(Body& body);
// contrib_decoder.cc
absl::Status ContribRotary(Body& body);
absl::Status GroupQueryAttention(Body& body);
// contrib_fused.cc
absl::Status BiasGelu(Body& body);
absl::Status FastGelu(Body& body);
absl::Status FusedConv(Body& body);
absl::Status FusedGemm(Body& body);
absl::Status FusedMatMul(Body& body);
absl::Status Gelu(Body& body);
absl::Status NhwcConv(Body& body);
absl::Status QuickGelu(Body& body);
// contrib_normalization.cc
absl::Status EmbedLayerNorm(Body& body);
absl::Status SimplifiedLayerNorm(Body& body);
absl::Status SkipLayerNorm(Body& body);
absl::Status SkipSimplifiedLayerNorm(Body& body);
// fourier.cc: where lengths and axis are known
bool IsStaticDft(const Body& body);
absl::Status Dft(Body& body);
bool IsStaticStft(const Body& body);
absl::Status Stft(Body& body);
// linear_attention.cc
absl::Status LinearAttention(Body& body);
// matrices.cc
absl::Status Det(Body& body);
bool HasKnownUnpooledShape(const Body& body);
absl::Status MaxUnpool(Body& body);
// random.cc
absl::Status Bernoulli(Body& body);
bool IsTrainingDropout(const Body& body);
absl::Status Dropout(Body& body);
absl::Status Multinomial(Body& body);
absl::Status RandomNormal(Body& body);
absl::Status RandomNormalLike(Body& body);
absl::Status RandomUniform(Body& body);
absl::Status RandomUniformLike(Body& body);
// statistics.cc: in training, and before version 9
bool IsUnusualBatchNorm(const Body& body);
absl::Status BatchNorm(Body& body);
// recurrent.cc
absl::Status Gru(Body& body);
absl::Status Lstm(Body& body);
absl::Status Rnn(Body& body);
absl::Status DynamicQuantizeLstm(Body& body);
// old_versions.cc
bool IsBefore2(const Body& body);
bool IsBefore5(const Body& body);
bool IsBefore6(const Body& body);
bool IsBefore7(const Body& body);
bool IsBefore10(const Body& body);
absl::Status OldBroadcast(Body& body);
absl::Status OldCast(Body& body);
absl::Status OldPRelu(Body& body);
absl::Status OldPad(Body& body);
absl::Status OldReshape(Body& body);
absl::Status OldSplit(Body& body);
absl::Status OldTile(Body& body);
absl::Status OldTopK(Body& body);
absl::Status OldUpsample(Body& body);
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
