// What a manifest says of the model itself: inputs, outputs, sizes.
#ifndef SINTER_COMPILER_CORE_API_DESCRIBE_MODEL_H_
#define SINTER_COMPILER_CORE_API_DESCRIBE_MODEL_H_

#include "compiler_core/ir/execution_plan.h"
#include "proto/sinter/v1/artifact.pb.h"

namespace sinter::api {

// Sets name, inputs, outputs, operations, bytes, kernels and calls. Of a program, what its parts
// add up to if each runs once; its arena is the largest of theirs, if all have a known size.
void DescribeModel(const ir::ModelPlan& model, v1::ArtifactManifest& manifest);

}  // namespace sinter::api

#endif  // SINTER_COMPILER_CORE_API_DESCRIBE_MODEL_H_
