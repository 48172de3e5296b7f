#include "client/profile/output.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "runtime/dtype.h"

namespace sinter::client {
namespace {

using Json = nlohmann::ordered_json;

// What the table has; the rest is summed up in one line.
constexpr size_t kMostKernels = 40;

Json OrNull(const absl::optional<double>& number) {
  return number.has_value() ? Json(*number) : Json();
}

Json WholeOrNull(const absl::optional<double>& number) {
  return number.has_value() ? Json(static_cast<int64_t>(*number)) : Json();
}

double Share(const Cost& cost, const ProfileSummary& summary) {
  return summary.all.ns > 0 ? cost.ns / summary.all.ns : 0;
}

void AddCost(const Cost& cost, const ProfileSummary& summary, Json& json) {
  json["self_us"] = cost.ns * 1e-3;
  json["share"] = Share(cost, summary);
  json["flops"] = WholeOrNull(cost.flops);
  json["bytes"] = WholeOrNull(cost.bytes);
  json["gflop_per_s"] = OrNull(cost.flops_per_ns());
  json["gbyte_per_s"] = OrNull(cost.bytes_per_ns());
  json["roofline"] = OrNull(cost.roofline());
}

Json MeasuredOrNull(double rate) { return rate > 0 ? Json(rate) : Json(); }

Json PeaksJson(const Peaks& peaks) {
  Json json = {{"f32_flops", MeasuredOrNull(peaks.f32_flops)},
               {"bf16_flops", MeasuredOrNull(peaks.bf16_flops)},
               {"s8_ops", MeasuredOrNull(peaks.s8_ops)},
               {"levels", Json::array()}};
  for (const Peaks::Level& level : peaks.levels) {
    json["levels"].push_back({{"bytes", level.is_memory() ? Json() : Json(level.bytes)},
                              {"bytes_per_s", level.bytes_per_second}});
  }
  return json;
}

Json KernelJson(const KernelCost& kernel, const ProfileSummary& summary) {
  Json json = {{"kernel", kernel.kernel}, {"nodes", kernel.nodes},
               {"ops", kernel.ops},       {"calls", kernel.calls},
               {"dtype", Json()},         {"total_us", kernel.total_ns * 1e-3}};
  if (kernel.dtype != runtime::Dtype::kUndefined) json["dtype"] = runtime::DtypeName(kernel.dtype);
  AddCost(kernel.cost, summary, json);
  json["bound"] = Json();
  if (kernel.by_memory.has_value()) json["bound"] = *kernel.by_memory ? "memory" : "compute";
  return json;
}

std::string Text(const absl::optional<double>& number, double scale) {
  return number.has_value() ? absl::StrFormat("%.1f", *number * scale) : "-";
}

// The columns that all tables have.
std::string Columns(const Cost& cost, int64_t count, const ProfileSummary& summary) {
  return absl::StrFormat("%6.2f %10.1f %6d %9s %8s %7s", 100 * Share(cost, summary), cost.ns * 1e-3,
                         count, Text(cost.flops_per_ns(), 1), Text(cost.bytes_per_ns(), 1),
                         Text(cost.roofline(), 100));
}

std::string Heading(const char* count, const std::string& name) {
  return absl::StrFormat("%6s %10s %6s %9s %8s %7s  %s\n", "% time", "us", count, "GFLOP/s", "GB/s",
                         "% roof", name);
}

void PrintKernels(std::ostream& out, const ProfileSummary& summary) {
  const size_t shown = std::min(summary.kernels.size(), kMostKernels);
  out << Heading("calls", absl::StrFormat("%-20s %s", "kernel", "nodes"));
  for (size_t i = 0; i < shown; ++i) {
    const KernelCost& kernel = summary.kernels[i];
    out << Columns(kernel.cost, kernel.calls, summary) << "  "
        << absl::StrFormat("%-20s %s\n", kernel.kernel, absl::StrJoin(kernel.nodes, ","));
  }
  if (shown == summary.kernels.size()) return;
  Cost rest;
  int64_t calls = 0;
  for (size_t i = shown; i < summary.kernels.size(); ++i) {
    rest.Add(summary.kernels[i].cost);
    calls += summary.kernels[i].calls;
  }
  out << Columns(rest, calls, summary)
      << absl::StrCat("  ", summary.kernels.size() - shown, " more; `--json` has them all\n");
}

void PrintPeaks(std::ostream& out, const Peaks& peaks) {
  out << absl::StrFormat("the roof: %.1f GFLOP/s of float32", peaks.f32_flops * 1e-9);
  if (peaks.bf16_flops > 0) out << absl::StrFormat(", %.1f of bfloat16", peaks.bf16_flops * 1e-9);
  if (peaks.s8_ops > 0) out << absl::StrFormat(", %.1f of int8", peaks.s8_ops * 1e-9);
  for (const Peaks::Level& level : peaks.levels) {
    const std::string from =
        level.is_memory() ? "memory" : absl::StrCat(level.bytes / 1024, " KiB of cache");
    out << absl::StrFormat("; %.1f GB/s from %s", level.bytes_per_second * 1e-9, from);
  }
  out << "\n";
}

}  // namespace

Json ProfileJson(const ProfileSummary& summary) {
  Json json = {{"runs", summary.runs},
               {"run_us", summary.run_ns * 1e-3},
               {"outside_us", (summary.run_ns - summary.all.ns) * 1e-3},
               {"peaks", summary.peaks.has_value() ? PeaksJson(*summary.peaks) : Json()},
               {"kernels", Json::array()},
               {"nodes", Json::array()},
               {"ops", Json::array()}};
  for (const KernelCost& kernel : summary.kernels) {
    json["kernels"].push_back(KernelJson(kernel, summary));
  }
  for (const NodeCost& node : summary.nodes) {
    Json line = {{"node", node.node}, {"op", node.op}, {"kernels", node.kernels}};
    AddCost(node.cost, summary, line);
    json["nodes"].push_back(std::move(line));
  }
  for (const OpCost& op : summary.ops) {
    Json line = {{"op", op.op}, {"nodes", op.nodes}};
    AddCost(op.cost, summary, line);
    json["ops"].push_back(std::move(line));
  }
  return json;
}

void PrintProfile(std::ostream& out, const ProfileSummary& summary) {
  PrintKernels(out, summary);
  out << "\n" << Heading("nodes", "operator");
  for (const OpCost& op : summary.ops) {
    out << Columns(op.cost, op.nodes, summary) << "  " << (op.op.empty() ? "-" : op.op) << "\n";
  }
  const double outside = summary.run_ns - summary.all.ns;
  out << absl::StrFormat("\n%.1f us in kernels, %.1f us (%.2f %%) between them\n",
                         summary.all.ns * 1e-3, outside * 1e-3,
                         summary.run_ns > 0 ? 100 * outside / summary.run_ns : 0.0);
  if (summary.peaks.has_value()) PrintPeaks(out, *summary.peaks);
}

}  // namespace sinter::client
