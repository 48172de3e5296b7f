#include "compiler_core/import/expansions/expansions.h"

namespace sinter::import {
namespace {

// By name.
constexpr Expansion kExpansions[] = {
    {"Add", expansions::OldBroadcast, expansions::IsBefore7},
    {"And", expansions::OldBroadcast, expansions::IsBefore7},
    {"BatchNormalization", expansions::BatchNorm, expansions::IsUnusualBatchNorm},
    {"Bernoulli", expansions::Bernoulli},
    {"Cast", expansions::OldCast, expansions::IsBefore6},
    {"DFT", expansions::Dft, expansions::IsStaticDft},
    {"Det", expansions::Det},
    {"Div", expansions::OldBroadcast, expansions::IsBefore7},
    {"Dropout", expansions::Dropout, expansions::IsTrainingDropout},
    {"DynamicQuantizeLinear", expansions::DynamicQuantizeLinear},
    {"Equal", expansions::OldBroadcast, expansions::IsBefore7},
    {"GRU", expansions::Gru, nullptr, true},
    {"Greater", expansions::OldBroadcast, expansions::IsBefore7},
    {"LSTM", expansions::Lstm, nullptr, true},
    {"Less", expansions::OldBroadcast, expansions::IsBefore7},
    {"LinearAttention", expansions::LinearAttention},
    {"MaxUnpool", expansions::MaxUnpool, expansions::HasKnownUnpooledShape},
    {"Mul", expansions::OldBroadcast, expansions::IsBefore7},
    {"Multinomial", expansions::Multinomial},
    {"Or", expansions::OldBroadcast, expansions::IsBefore7},
    {"PRelu", expansions::OldPRelu, expansions::IsBefore7},
    {"Pad", expansions::OldPad, expansions::IsBefore2},
    {"Pow", expansions::OldBroadcast, expansions::IsBefore7},
    {"QLinearConv", expansions::QLinearConv},
    {"QLinearMatMul", expansions::QLinearMatMul},
    {"RNN", expansions::Rnn, nullptr, true},
    {"RandomNormal", expansions::RandomNormal},
    {"RandomNormalLike", expansions::RandomNormalLike},
    {"RandomUniform", expansions::RandomUniform},
    {"RandomUniformLike", expansions::RandomUniformLike},
    {"Reshape", expansions::OldReshape, expansions::IsBefore5},
    {"STFT", expansions::Stft, expansions::IsStaticStft},
    {"SimplifiedLayerNormalization", expansions::SimplifiedLayerNorm},
    {"Split", expansions::OldSplit, expansions::IsBefore2},
    {"Sub", expansions::OldBroadcast, expansions::IsBefore7},
    {"Tile", expansions::OldTile, expansions::IsBefore6},
    {"TopK", expansions::OldTopK, expansions::IsBefore10},
    {"Upsample", expansions::OldUpsample, expansions::IsBefore7},
    {"Xor", expansions::OldBroadcast, expansions::IsBefore7},
    {"com.microsoft.Attention", expansions::ContribAttention},
    {"com.microsoft.BiasGelu", expansions::BiasGelu},
    {"com.microsoft.DequantizeLinear", expansions::ContribDequantizeLinear},
    {"com.microsoft.DynamicQuantizeLSTM", expansions::DynamicQuantizeLstm},
    {"com.microsoft.DynamicQuantizeMatMul", expansions::DynamicQuantizeMatMul},
    {"com.microsoft.EmbedLayerNormalization", expansions::EmbedLayerNorm},
    {"com.microsoft.FastGelu", expansions::FastGelu},
    {"com.microsoft.FusedConv", expansions::FusedConv},
    {"com.microsoft.FusedGemm", expansions::FusedGemm},
    {"com.microsoft.FusedMatMul", expansions::FusedMatMul},
    {"com.microsoft.Gelu", expansions::Gelu},
    {"com.microsoft.GroupQueryAttention", expansions::GroupQueryAttention},
    {"com.microsoft.MatMulIntegerToFloat", expansions::MatMulIntegerToFloat},
    {"com.microsoft.MatMulNBits", expansions::MatMulNBits},
    {"com.microsoft.MultiHeadAttention", expansions::MultiHeadAttention},
    {"com.microsoft.NhwcConv", expansions::NhwcConv},
    {"com.microsoft.QAttention", expansions::QAttention},
    {"com.microsoft.QGemm", expansions::QGemm},
    {"com.microsoft.QLinearAveragePool", expansions::QLinearAveragePool},
    {"com.microsoft.QLinearConcat", expansions::QLinearConcat},
    {"com.microsoft.QLinearGlobalAveragePool", expansions::QLinearGlobalAveragePool},
    {"com.microsoft.QLinearLeakyRelu", expansions::QLinearLeakyRelu},
    {"com.microsoft.QLinearSigmoid", expansions::QLinearSigmoid},
    {"com.microsoft.QLinearSoftmax", expansions::QLinearSoftmax},
    {"com.microsoft.QLinearWhere", expansions::QLinearWhere},
    {"com.microsoft.QuantizeLinear", expansions::ContribQuantizeLinear},
    {"com.microsoft.QuickGelu", expansions::QuickGelu},
    {"com.microsoft.RotaryEmbedding", expansions::ContribRotary},
    {"com.microsoft.SimplifiedLayerNormalization", expansions::SimplifiedLayerNorm},
    {"com.microsoft.SkipLayerNormalization", expansions::SkipLayerNorm},
    {"com.microsoft.SkipSimplifiedLayerNormalization", expansions::SkipSimplifiedLayerNorm},
};

}  // namespace

const Expansion* FindExpansion(absl::string_view op) {
  for (const Expansion& expansion : kExpansions) {
    if (expansion.op == op) return &expansion;
  }
  return nullptr;
}

}  // namespace sinter::import
