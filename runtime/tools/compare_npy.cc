// Whether two .npy files hold the same numbers.
//
//   compare_npy GOT.npy WANT.npy TOLERANCE
//
// They do if types and shapes are equal and max|got - want| <= TOLERANCE * max|want|, where NaN
// equals NaN and an infinity only itself. Prints the largest difference; exits with 0 or 1.
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "base/status_macros.h"
#include "runtime/compare.h"
#include "runtime/npy.h"
#include "runtime/tensor.h"

namespace sinter::runtime {
namespace {

absl::Status Main(const std::vector<std::string>& args) {
  double tolerance;
  if (args.size() != 3 || !absl::SimpleAtod(args[2], &tolerance)) {
    return absl::InvalidArgumentError("usage: compare_npy GOT.npy WANT.npy TOLERANCE");
  }
  SINTER_ASSIGN_OR_RETURN(const Tensor got, ReadNpy(args[0]));
  SINTER_ASSIGN_OR_RETURN(const Tensor want, ReadNpy(args[1]));
  SINTER_ASSIGN_OR_RETURN(const Difference difference, Compare(got.view(), want.view()));
  std::cout << difference.Text() << "\n";
  if (difference.Within(tolerance)) return absl::OkStatus();
  return absl::OutOfRangeError("the files differ by more than the tolerance");
}

}  // namespace
}  // namespace sinter::runtime

int main(int argc, char** argv) {
  const absl::Status status = sinter::runtime::Main({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::cerr << "compare_npy: " << status.message() << "\n";
  return 1;
}
