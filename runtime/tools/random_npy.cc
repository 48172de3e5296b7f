// Makes an input file for a test or a demonstration.
//
//   random_npy OUT.npy DTYPE SHAPE SEED       random_npy x.npy float32 1x3x224x224 7
//
// SHAPE is empty for rank 0. The elements are those of `sinter run --input=NAME=random:SEED`.
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "runtime/dtype.h"
#include "runtime/npy.h"
#include "runtime/random_tensor.h"
#include "runtime/tensor.h"

namespace sinter::runtime {
namespace {

absl::StatusOr<Dtype> ParseDtype(const std::string& name) {
  for (const DtypeInfo& row : AllDtypes()) {
    if (name == row.name) return row.dtype;
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no element type `", name, "`"));
}

absl::StatusOr<std::vector<int64_t>> ParseShape(const std::string& text) {
  std::vector<int64_t> dims;
  if (text.empty()) return dims;
  for (const absl::string_view part : absl::StrSplit(text, 'x')) {
    dims.emplace_back();
    if (!absl::SimpleAtoi(part, &dims.back())) {
      return absl::InvalidArgumentError(absl::StrCat("`", text, "` is no shape like 1x3x224x224"));
    }
  }
  return dims;
}

absl::Status Main(const std::vector<std::string>& args) {
  uint64_t seed;
  if (args.size() != 4 || !absl::SimpleAtoi(args[3], &seed)) {
    return absl::InvalidArgumentError("usage: random_npy OUT.npy DTYPE SHAPE SEED");
  }
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, ParseDtype(args[1]));
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> dims, ParseShape(args[2]));
  SINTER_ASSIGN_OR_RETURN(const Tensor tensor, RandomTensor(dtype, dims, seed));
  return WriteNpy(args[0], tensor.view());
}

}  // namespace
}  // namespace sinter::runtime

int main(int argc, char** argv) {
  const absl::Status status = sinter::runtime::Main({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::cerr << "random_npy: " << status.message() << "\n";
  return 1;
}
