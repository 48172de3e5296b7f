#include "compiler_core/import/expansions/expansions.h"

namespace sinter::import {
namespace {

constexpr Expansion kExpansions[] = {
    {"GRU", expansions::Gru},
    {"LSTM", expansions::Lstm},
    {"RNN", expansions::Rnn},
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
