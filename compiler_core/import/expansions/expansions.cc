#include "compiler_core/import/expansions/expansions.h"

namespace sinter::import {
namespace {

constexpr Expansion kExpansions[] = {
    {"GRU", expansions::Gru},
    {"LSTM", expansions::Lstm},
    {"RNN", expansions::Rnn},
};

}  // namespace

const Expansion* FindExpansion(absl::string_view op) {
  for (const Expansion& expansion : kExpansions) {
    if (expansion.op == op) return &expansion;
  }
  return nullptr;
}

}  // namespace sinter::import
