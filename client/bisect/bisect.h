// Finds where a model is miscompiled, and makes a small model of it that still is.
//
// Intermediate values are looked at by cutting the model, not by instrumenting it: what the
// reference evaluator computed becomes an input, or a value becomes an output. So the compiler is a
// function from models to values, and what is found is a model that can be sent along.
#ifndef SINTER_CLIENT_BISECT_BISECT_H_
#define SINTER_CLIENT_BISECT_BISECT_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "numerics/measure.h"
#include "onnx/onnx_pb.h"
#include "reference/value.h"

namespace sinter::client {

using BisectValues = std::map<std::string, reference::Value>;

// Compiles a model and runs it. RETURNS: its outputs by name. An error means that it can't tell (a
// model that is cut may not be supported), unless it is INTERNAL: then the model is wrong.
using CompileAndRun = std::function<absl::StatusOr<BisectValues>(const onnx::ModelProto& model,
                                                                 const BisectValues& inputs)>;

// Ways to compile: the usual one, and others with less and less of the compiler in them.
struct BisectRunner {
  CompileAndRun usual;
  std::vector<std::pair<std::string, CompileAndRun>> simpler;  // "O2", "O1", "O0, strict"
};

struct Finding {
  onnx::ModelProto reduced;  // as few nodes and outputs as still show it
  BisectValues inputs;       // on which it is wrong
  std::string problem;       // "output `y`: element [3] is 1, expected 2; ..."
  std::string first_wrong;   // the first node of `reduced` whose own value is wrong
  std::string stage;         // of the compiler, and why
};

// REQUIRES: `model` holds all its data itself. RETURNS: nothing if the model is compiled right.
// ERRORS: those of the reference evaluator; those of `runner.usual` on the whole model.
absl::StatusOr<absl::optional<Finding>> Bisect(const onnx::ModelProto& model,
                                               const BisectValues& inputs,
                                               const numerics::Tolerance& tolerance,
                                               const BisectRunner& runner);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_BISECT_BISECT_H_
