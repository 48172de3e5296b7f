#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

const LoweringTable& Lowerings() {
  static const LoweringTable* const kTable = [] {
    auto* table = new LoweringTable;
    for (auto add :
         {AddUnary,    AddBinary,     AddSelection, AddCast,      AddMatmul,  AddEinsum,
          AddQuantize, AddConv,       AddPool,      AddReduction, AddSoftmax, AddNormalization,
          AddView,     AddPad,        AddGather,    AddGenerate,  AddRepeat,  AddOrdering,
          AddScatter,  AddInteger,    AddResize,    AddScan,      AddQLinear, AddGridSample,
          AddRoi,      AddDeformConv, AddPlacement}) {
      add(*table);
    }
    return table;
  }();
  return *kTable;
}

}  // namespace sinter::legalize
