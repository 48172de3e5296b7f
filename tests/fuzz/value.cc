// A serialized value, whose type the first byte chooses. What can be read and has its type can be
// written, and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "runtime/value.h"
#include "runtime/value_proto.h"
#include "runtime/value_type.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace runtime = sinter::runtime;
  constexpr const char* kTypes[] = {
      "tensor(float)",
      "tensor(string)",
      "tensor(int4)",
      "seq(tensor(float))",
      "seq(map(int64,tensor(float)))",
      "optional(tensor(int64))",
      "optional(seq(tensor(string)))",
      "map(string,tensor(float))",
  };
  if (size == 0) return 0;
  const absl::StatusOr<runtime::ValueType> type =
      runtime::ParseValueType(kTypes[data[0] % std::size(kTypes)]);
  SINTER_CHECK(type.ok()) << type.status().ToString();
  const std::vector<char> bytes(data + 1, data + size);
  const absl::StatusOr<runtime::Value> value =
      runtime::ParseValueProto(absl::string_view(bytes.data(), bytes.size()), *type);
  if (!value.ok() || !runtime::CheckType(*value, *type).ok()) return 0;
  const absl::StatusOr<std::string> written = runtime::FormatValueProto("v", *value, *type);
  SINTER_CHECK(written.ok()) << written.status().ToString();
  const absl::StatusOr<runtime::Value> again = runtime::ParseValueProto(*written, *type);
  SINTER_CHECK(again.ok()) << again.status().ToString();
  return 0;
}
