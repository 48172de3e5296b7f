// The values of --shape: what shapes a model is compiled for.
//
//   --shape=pixels=1x3x224x224   fixes every dimension
//   --shape=pixels=1..8x3x?x?    bounds the first, leaves the last two free
//   --shape=scale=               rank 0
#ifndef SINTER_CLIENT_LIB_SHAPE_FLAG_H_
#define SINTER_CLIENT_LIB_SHAPE_FLAG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/model/model_outline.h"
#include "proto/sinter/v1/options.pb.h"

namespace sinter::client {

// RETURNS: one spec for each argument (NAME=DIMS), sorted by input.
// ERRORS: a usage error for an unknown or repeated input, dimensions that can't be read, another
// rank than the model's, or a size that contradicts one that the model fixes.
absl::StatusOr<std::vector<v1::ShapeSpec>> ParseShapeFlags(
    const std::vector<std::string>& arguments, const ModelOutline& model);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_SHAPE_FLAG_H_
