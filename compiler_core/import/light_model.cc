#include "compiler_core/import/light_model.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace sinter::import {
namespace {

// Protobuf's wire format: a tag (field number and kind), then a varint, 8, 4 or counted bytes.
enum WireKind { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Fields of onnx.proto.
constexpr int kModelGraph = 7;
constexpr int kGraphInitializer = 5;
constexpr int kTensorRawData = 9;
constexpr int kTensorExternalData = 13;
constexpr int kTensorDataLocation = 14;
constexpr int kEntryKey = 1, kEntryValue = 2;
constexpr int kExternal = 1;

// Smaller tensors stay: ONNX's library looks into some of them.
constexpr size_t kSmallestWeight = 4096;

struct Field {
  int number = 0;
  int kind = 0;
  absl::string_view whole;    // with its tag
  absl::string_view payload;  // of kBytes
};

bool TakeVarint(absl::string_view& bytes, uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) return false;
    const auto byte = static_cast<unsigned char>(bytes[0]);
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// Takes the next field off `message`.
bool TakeField(absl::string_view& message, Field& field) {
  const absl::string_view begin = message;
  uint64_t tag, size = 0;
  if (!TakeVarint(message, tag)) return false;
  field.number = static_cast<int>(tag >> 3);
  field.kind = static_cast<int>(tag & 7);
  switch (field.kind) {
    case kVarint: {
      uint64_t ignored;
      if (!TakeVarint(message, ignored)) return false;
      break;
    }
    case kFixed64:
      size = 8;
      break;
    case kFixed32:
      size = 4;
      break;
    case kBytes:
      if (!TakeVarint(message, size)) return false;
      break;
    default:
      return false;
  }
  if (size > message.size()) return false;
  field.payload = message.substr(0, size);
  message.remove_prefix(size);
  field.whole = begin.substr(0, begin.size() - message.size());
  return true;
}

void AppendVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void AppendBytes(std::string& out, int number, absl::string_view payload) {
  AppendVarint(out, static_cast<uint64_t>(number) << 3 | kBytes);
  AppendVarint(out, payload.size());
  out.append(payload.data(), payload.size());
}

void AppendEntry(std::string& tensor, absl::string_view key, absl::string_view value) {
  std::string entry;
  AppendBytes(entry, kEntryKey, key);
  AppendBytes(entry, kEntryValue, value);
  AppendBytes(tensor, kTensorExternalData, entry);
}

// Calls rewrite(field, out) for each field; false means "copy it".
template <typename Rewrite>
bool ForEachField(absl::string_view message, std::string& out, Rewrite rewrite) {
  Field field;
  while (!message.empty()) {
    if (!TakeField(message, field)) return false;
    if (!rewrite(field, out)) out.append(field.whole.data(), field.whole.size());
  }
  return true;
}

std::optional<std::string> LightTensor(absl::string_view tensor, const char* file) {
  std::string out;
  absl::string_view data;
  const bool ok = ForEachField(tensor, out, [&](const Field& field, std::string&) {
    if (field.number != kTensorRawData || field.payload.size() < kSmallestWeight) return false;
    data = field.payload;
    return true;
  });
  if (!ok) return std::nullopt;
  if (data.empty()) return out;
  // At the end, where they win over a `data_location` that the tensor has of its own.
  AppendEntry(out, "location", kInModelFile);
  AppendEntry(out, "offset", absl::StrCat(data.data() - file));
  AppendEntry(out, "length", absl::StrCat(data.size()));
  AppendVarint(out, kTensorDataLocation << 3 | kVarint);
  AppendVarint(out, kExternal);
  return out;
}

std::optional<std::string> LightGraph(absl::string_view graph, const char* file) {
  std::string out;
  bool tensors_ok = true;
  const bool ok = ForEachField(graph, out, [&](const Field& field, std::string& to) {
    if (field.number != kGraphInitializer || field.kind != kBytes) return false;
    std::optional<std::string> tensor = LightTensor(field.payload, file);
    tensors_ok &= tensor.has_value();
    if (tensor) AppendBytes(to, kGraphInitializer, *tensor);
    return true;
  });
  if (!ok || !tensors_ok) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::string> WithoutWeights(absl::string_view model) {
  std::string out;
  bool graph_ok = true;
  const bool ok = ForEachField(model, out, [&](const Field& field, std::string& to) {
    if (field.number != kModelGraph || field.kind != kBytes) return false;
    std::optional<std::string> graph = LightGraph(field.payload, model.data());
    graph_ok &= graph.has_value();
    if (graph) AppendBytes(to, kModelGraph, *graph);
    return true;
  });
  if (!ok || !graph_ok) return std::nullopt;
  return out;
}

}  // namespace sinter::import
