#include "client/profile/trace.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace sinter::client {
namespace {

using Json = nlohmann::ordered_json;
using runtime::KernelProfile;
using Event = runtime::KernelProfile::Event;

Json NameEvent(const char* what, int track, const std::string& name) {
  return {{"name", what}, {"ph", "M"}, {"pid", 1}, {"tid", track}, {"args", {{"name", name}}}};
}

Json Complete(const std::string& name, const char* category, const Event& event) {
  return {{"name", name},
          {"cat", category},
          {"ph", "X"},
          {"ts", static_cast<double>(event.begin_ns) * 1e-3},
          {"dur", static_cast<double>(event.end_ns - event.begin_ns) * 1e-3},
          {"pid", 1},
          {"tid", event.track},
          {"args", Json::object()}};
}

void AddWork(const Event& event, Json& args) {
  const double ns = static_cast<double>(event.end_ns - event.begin_ns);
  if (event.flops >= 0) args["flops"] = event.flops;
  if (event.bytes >= 0) args["bytes"] = event.bytes;
  if (event.flops >= 0 && ns > 0) args["gflop_per_s"] = static_cast<double>(event.flops) / ns;
  if (event.bytes >= 0 && ns > 0) args["gbyte_per_s"] = static_cast<double>(event.bytes) / ns;
}

Json CallEvent(const KernelProfile::Row& row, const Event& event) {
  Json json = Complete(row.nodes.empty() ? row.kernel : row.nodes,
                       row.is_function() ? "function" : "kernel", event);
  Json& args = json["args"];
  args["kernel"] = row.kernel;
  args["nodes"] = Json::array();
  args["ops"] = Json::array();
  for (const KernelProfile::Node& node : row.each_node) {
    args["nodes"].push_back(node.name);
    args["ops"].push_back(node.op);
  }
  AddWork(event, args);
  return json;
}

Json TaskEvent(const KernelProfile::Row* row, const Event& event) {
  Json json = Complete(absl::StrCat("[", event.first, ", ", event.last, ")"), "task", event);
  json["args"] = {{"iterations", event.last - event.first}};
  if (row != nullptr) json["args"]["kernel"] = row->kernel;
  if (row != nullptr) json["args"]["nodes"] = row->nodes;
  return json;
}

}  // namespace

Json TraceJson(const std::string& model, const KernelProfile& profile) {
  Json events = Json::array();
  events.push_back(NameEvent("process_name", 0, absl::StrCat("sinter run ", model)));
  for (int track = 0; track < profile.num_tracks(); ++track) {
    events.push_back(
        NameEvent("thread_name", track, track == 0 ? "main" : absl::StrCat("thread ", track)));
  }
  int64_t run = 0;
  for (const Event& event : profile.events()) {
    const KernelProfile::Row* row = event.row < 0 ? nullptr : &profile.rows()[event.row];
    switch (event.kind) {
      case Event::Kind::kRun:
        events.push_back(Complete(absl::StrCat("run ", ++run), "run", event));
        break;
      case Event::Kind::kCall:
        events.push_back(CallEvent(*row, event));
        break;
      case Event::Kind::kTask:
        events.push_back(TaskEvent(row, event));
        break;
    }
  }
  return {{"traceEvents", std::move(events)}, {"displayTimeUnit", "ns"}};
}

}  // namespace sinter::client
