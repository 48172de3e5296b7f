// Which function lowers which ONNX op, by category; one file each.
//
// A lowering reads its Node and calls Return() for every output that is used. ERRORS: UNIMPLEMENTED
// (Unsupported()) with a phrase that fits after "`Op`: ", when it can't lower this node.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_LOWERINGS_H_
#define SINTER_COMPILER_CORE_LEGALIZE_LOWERINGS_H_

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "compiler_core/legalize/node.h"

namespace sinter::legalize {

using Lowering = std::function<absl::Status(Node&)>;
// By the op's name, with its domain unless that is ONNX's default: "com.microsoft.QLinearAdd".
using LoweringTable = std::map<std::string, Lowering, std::less<>>;

void AddUnary(LoweringTable& table);          // Relu, Exp, Sigmoid, ...
void AddBinary(LoweringTable& table);         // Add, Equal, Pow, Max, ...
void AddSelection(LoweringTable& table);      // Clip, Where, Identity, ...
void AddCast(LoweringTable& table);           // Cast, CastLike, BitCast
void AddEinsum(LoweringTable& table);         // Einsum
void AddQuantize(LoweringTable& table);       // QuantizeLinear, DequantizeLinear
void AddMatmul(LoweringTable& table);         // MatMul, Gemm
void AddConv(LoweringTable& table);           // Conv, ConvTranspose
void AddPool(LoweringTable& table);           // MaxPool, AveragePool, ...
void AddReduction(LoweringTable& table);      // ReduceSum, ArgMax, ...
void AddSoftmax(LoweringTable& table);        // Softmax, LogSoftmax, Hardmax
void AddNormalization(LoweringTable& table);  // BatchNormalization, LayerNormalization, ...
void AddView(LoweringTable& table);           // Reshape, Transpose, Slice, Concat, ...
void AddPad(LoweringTable& table);            // Pad
void AddGather(LoweringTable& table);         // Gather, GatherElements, GatherND
void AddGenerate(LoweringTable& table);       // ConstantOfShape, Range, EyeLike, ...
void AddRepeat(LoweringTable& table);         // Expand, Tile
void AddOrdering(LoweringTable& table);       // Hardmax, TopK
void AddScatter(LoweringTable& table);        // ScatterElements, ScatterND
void AddInteger(LoweringTable& table);        // MatMulInteger, ConvInteger
void AddResize(LoweringTable& table);         // Resize, Upsample
void AddGridSample(LoweringTable& table);     // GridSample
void AddRoi(LoweringTable& table);            // RoiAlign, MaxRoiPool
void AddDeformConv(LoweringTable& table);     // DeformConv
void AddPlacement(LoweringTable& table);      // Col2Im, TensorScatter
void AddQLinear(LoweringTable& table);        // com.microsoft's QLinearAdd, ...
void AddScan(LoweringTable& table);           // CumSum, ReverseSequence, Trilu

// All of the above.
const LoweringTable& Lowerings();

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_LOWERINGS_H_
