#include "compiler_core/import/expansions/expansions.h"

namespace sinter::import {
namespace {

// By name.
constexpr Expansion kExpansions[] = {
    {"BatchNormalization", expansions::BatchNorm, expansions::IsUnusualBatchNorm},
    {"Bernoulli", expansions::Bernoulli},
    {"DFT", expansions::Dft, expansions::IsStaticDft},
    {"Det", expansions::Det},
    {"Dropout", expansions::Dropout, expansions::IsTrainingDropout},
    {"GRU", expansions::Gru},
    {"LSTM", expansions::Lstm},
    {"LinearAttention", expansions::LinearAttention},
    {"MaxUnpool", expansions::MaxUnpool, expansions::HasKnownUnpooledShape},
    {"Multinomial", expansions::Multinomial},
    {"RNN", expansions::Rnn},
    {"RandomNormal", expansions::RandomNormal},
    {"RandomNormalLike", expansions::RandomNormalLike},
    {"RandomUniform", expansions::RandomUniform},
    {"RandomUniformLike", expansions::RandomUniformLike},
    {"STFT", expansions::Stft, expansions::IsStaticStft},
    {"SimplifiedLayerNormalization", expansions::SimplifiedLayerNorm},
    {"com.microsoft.Attention", expansions::ContribAttention},
    {"com.microsoft.BiasGelu", expansions::BiasGelu},
    {"com.microsoft.EmbedLayerNormalization", expansions::EmbedLayerNorm},
    {"com.microsoft.FastGelu", expansions::FastGelu},
    {"com.microsoft.FusedConv", expansions::FusedConv},
    {"com.microsoft.FusedGemm", expansions::FusedGemm},
    {"com.microsoft.FusedMatMul", expansions::FusedMatMul},
    {"com.microsoft.Gelu", expansions::Gelu},
    {"com.microsoft.GroupQueryAttention", expansions::GroupQueryAttention},
    {"com.microsoft.MultiHeadAttention", expansions::MultiHeadAttention},
    {"com.microsoft.QAttention", expansions::QAttention},
    {"com.microsoft.QuickGelu", expansions::QuickGelu},
    {"com.microsoft.RotaryEmbedding", expansions::ContribRotary},
    {"com.microsoft.SimplifiedLayerNormalization", expansions::SimplifiedLayerNorm},
    {"com.microsoft.SkipLayerNormalization", expansions::SkipLayerNorm},
    {"com.microsoft.SkipSimplifiedLayerNormalization", expansions::SkipSimplifiedLayerNorm},
    {"DynamicQuantizeLinear", expansions::DynamicQuantizeLinear},
    {"QLinearConv", expansions::QLinearConv},
    {"QLinearMatMul", expansions::QLinearMatMul},
    {"com.microsoft.DequantizeLinear", expansions::ContribDequantizeLinear},
    {"com.microsoft.DynamicQuantizeLSTM", expansions::DynamicQuantizeLstm},
    {"com.microsoft.DynamicQuantizeMatMul", expansions::DynamicQuantizeMatMul},
    {"com.microsoft.MatMulIntegerToFloat", expansions::MatMulIntegerToFloat},
    {"com.microsoft.MatMulNBits", expansions::MatMulNBits},
    {"com.microsoft.QGemm", expansions::QGemm},
    {"com.microsoft.QLinearAveragePool", expansions::QLinearAveragePool},
    {"com.microsoft.QLinearConcat", expansions::QLinearConcat},
    {"com.microsoft.QLinearGlobalAveragePool", expansions::QLinearGlobalAveragePool},
    {"com.microsoft.QLinearLeakyRelu", expansions::QLinearLeakyRelu},
    {"com.microsoft.QLinearSigmoid", expansions::QLinearSigmoid},
    {"com.microsoft.QLinearSoftmax", expansions::QLinearSoftmax},
    {"com.microsoft.QLinearWhere", expansions::QLinearWhere},
    {"com.microsoft.QuantizeLinear", expansions::ContribQuantizeLinear},
};

}  // namespace

const Expansion* FindExpansion(absl::string_view op) {
  for (const Expansion& expansion : kExpansions) {
    if (expansion.op == op) return &expansion;
  }
  return nullptr;
}

}  // namespace sinter::import
