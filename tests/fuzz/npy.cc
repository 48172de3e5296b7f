// An .npy file. What can be read can be written, and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "runtime/npy.h"
#include "runtime/tensor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace runtime = sinter::runtime;
  const std::vector<char> file(data, data + size);
  const absl::StatusOr<runtime::Tensor> tensor =
      runtime::ParseNpy(absl::string_view(file.data(), file.size()));
  if (!tensor.ok()) return 0;
  const std::string written = runtime::FormatNpy(tensor->view());
  const absl::StatusOr<runtime::Tensor> again = runtime::ParseNpy(written);
  SINTER_CHECK(again.ok()) << again.status().ToString();
  SINTER_CHECK(runtime::FormatNpy(again->view()) == written);
  return 0;
}
