// Cuts pieces out of ONNX models. Pure functions on protos.
#ifndef SINTER_CLIENT_BISECT_MODEL_CUT_H_
#define SINTER_CLIENT_BISECT_MODEL_CUT_H_

#include <set>
#include <string>

#include "client/bisect/bisect.h"
#include "onnx/onnx_pb.h"

namespace sinter::client {

// All names that a node reads, those of its subgraphs too.
std::set<std::string> NamesRead(const onnx::NodeProto& node);

// Drops the nodes, inputs and initializers that no output needs.
void Prune(onnx::ModelProto& model);

// The model with output `index` gone.
onnx::ModelProto WithoutOutput(const onnx::ModelProto& model, int index);

// The model without the nodes [0, count): what the rest reads of them becomes an input, typed as
// its value in `values`. RETURNS: false if a value is missing, is no tensor, or is an output
// itself.
bool CutFront(const onnx::ModelProto& model, int count, const BisectValues& values,
              onnx::ModelProto& cut);

// The same for one node only.
bool CutNode(const onnx::ModelProto& model, int index, const BisectValues& values,
             onnx::ModelProto& cut);

// The model with node `index` gone and the values that it reads as outputs in its outputs' place.
// RETURNS: false if others read what it computes, or its values are unknown.
bool CutBack(const onnx::ModelProto& model, int index, const BisectValues& values,
             onnx::ModelProto& cut);

// The node alone, with all that it reads as inputs. RETURNS: as CutFront().
bool OnlyNode(const onnx::ModelProto& model, int index, const BisectValues& values,
              onnx::ModelProto& cut);

// The model with its initializers as inputs, so that nothing can be computed at compile time.
bool WithoutConstants(const onnx::ModelProto& model, const BisectValues& values,
                      onnx::ModelProto& cut);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_BISECT_MODEL_CUT_H_
