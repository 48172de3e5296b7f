#include "server/worker/node_count.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace sinter::server {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// The most that a protobuf message, and so a model, can have.
constexpr size_t kMostBytes = std::numeric_limits<int>::max();
constexpr int kModelGraph = 7;  // ModelProto.graph
constexpr int kGraphNode = 1;   // GraphProto.node

// Calls `on_field` for each length-delimited field of the message that `stream` is in.
template <typename OnField>
void ForEachField(CodedInputStream& stream, const OnField& on_field) {
  while (const uint32_t tag = stream.ReadTag()) {
    uint32_t length = 0;
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&stream, tag)) return;
      continue;
    }
    if (!stream.ReadVarint32(&length)) return;
    const auto limit = stream.PushLimit(static_cast<int>(length));
    on_field(WireFormatLite::GetTagFieldNumber(tag));
    if (!stream.Skip(stream.BytesUntilLimit())) return;
    stream.PopLimit(limit);
  }
}

}  // namespace

int CountNodes(absl::string_view model) {
  CodedInputStream stream(reinterpret_cast<const uint8_t*>(model.data()),
                          static_cast<int>(std::min(model.size(), kMostBytes)));
  int nodes = 0;
  ForEachField(stream, [&](int model_field) {
    if (model_field != kModelGraph) return;
    ForEachField(stream, [&](int graph_field) { nodes += graph_field == kGraphNode ? 1 : 0; });
  });
  return nodes;
}

}  // namespace sinter::server
