#include "numerics/to_reference.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "onnx/onnx_pb.h"
#include "runtime/value_proto.h"

namespace sinter::numerics {
namespace {

void SetType(const runtime::ValueType& type, onnx::TypeProto& proto) {
  switch (type.kind) {
    case runtime::ValueType::Kind::kTensor:
      proto.mutable_tensor_type()->set_elem_type(static_cast<int32_t>(type.dtype));
      return;
    case runtime::ValueType::Kind::kSequence:
      return SetType(type.of[0], *proto.mutable_sequence_type()->mutable_elem_type());
    case runtime::ValueType::Kind::kOptional:
      return SetType(type.of[0], *proto.mutable_optional_type()->mutable_elem_type());
    case runtime::ValueType::Kind::kMap:
      proto.mutable_map_type()->set_key_type(static_cast<int32_t>(type.dtype));
      return SetType(type.of[0], *proto.mutable_map_type()->mutable_value_type());
  }
}

// "./a//b" is "a/b".
std::string NormalLocation(absl::string_view location) {
  std::vector<absl::string_view> parts = absl::StrSplit(location, '/', absl::SkipEmpty());
  parts.erase(std::remove(parts.begin(), parts.end(), "."), parts.end());
  return absl::StrJoin(parts, "/");
}

absl::StatusOr<std::string> Fetch(const std::map<std::string, absl::string_view>& files,
                                  const onnx::TensorProto& tensor) {
  std::string location;
  uint64_t offset = 0, length = UINT64_MAX;
  for (const auto& entry : tensor.external_data()) {
    bool understood = true;
    if (entry.key() == "location") location = NormalLocation(entry.value());
    if (entry.key() == "offset") understood = absl::SimpleAtoi(entry.value(), &offset);
    if (entry.key() == "length") understood = absl::SimpleAtoi(entry.value(), &length);
    if (!understood) {
      return absl::InvalidArgumentError(absl::StrCat("tensor `", tensor.name(), "` has the ",
                                                     entry.key(), " `", entry.value(),
                                                     "`, which is no number"));
    }
  }
  const auto file = files.find(location);
  if (file == files.end()) {
    return absl::InvalidArgumentError(absl::StrCat("tensor `", tensor.name(), "` has its data in `",
                                                   location, "`, which is not there"));
  }
  const absl::string_view bytes = file->second;
  if (offset > bytes.size() || (length != UINT64_MAX && length > bytes.size() - offset)) {
    return absl::InvalidArgumentError(absl::StrCat("tensor `", tensor.name(),
                                                   "` has its data behind the end of `", location,
                                                   "`, which has ", bytes.size(), " bytes"));
  }
  return std::string(bytes.substr(offset, length));
}

}  // namespace

absl::StatusOr<reference::Value> ToReference(const runtime::Value& value,
                                             const runtime::ValueType& type) {
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, runtime::FormatValueProto("", value, type));
  onnx::TypeProto proto;
  SetType(type, proto);
  return reference::ParseValue(proto, bytes);
}

reference::ExternalData ExternalDataIn(std::map<std::string, absl::string_view> files) {
  return
      [files = std::move(files)](const onnx::TensorProto& tensor) { return Fetch(files, tensor); };
}

}  // namespace sinter::numerics
