// How onnx.SequenceProto and onnx.OptionalProto name what they hold. For value_proto.
#ifndef SINTER_RUNTIME_HELD_KIND_H_
#define SINTER_RUNTIME_HELD_KIND_H_

#include <cstdint>

#include "onnx/onnx-data.pb.h"
#include "onnx/onnx_pb.h"
#include "runtime/value_type.h"

namespace sinter::runtime {

// The numbers are the same in both messages.
inline int32_t HeldKind(const ValueType& type) {
  switch (type.kind) {
    case ValueType::Kind::kTensor:
      return onnx::SequenceProto::TENSOR;
    case ValueType::Kind::kSequence:
      return onnx::SequenceProto::SEQUENCE;
    case ValueType::Kind::kOptional:
      return onnx::SequenceProto::OPTIONAL;
    case ValueType::Kind::kMap:
      return onnx::SequenceProto::MAP;
  }
  return onnx::SequenceProto::UNDEFINED;
}

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_HELD_KIND_H_
