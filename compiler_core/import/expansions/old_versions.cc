// Ops as ONNX's first operator sets had them, written as what they are today. (Where only the
// attribute `consumed_inputs` went, which never meant anything, the op's row has the old version.)
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "compiler_core/import/expansions/expansions.h"

namespace sinter::import::expansions {
namespace {

using ir::DType;

struct TypeRow {
  const char* name;
  DType dtype;
};

// Cast had the type's name.
constexpr TypeRow kTypes[] = {
    {"FLOAT", DType::kFloat32},   {"UINT8", DType::kUInt8},    {"INT8", DType::kInt8},
    {"UINT16", DType::kUInt16},   {"INT16", DType::kInt16},    {"INT32", DType::kInt32},
    {"INT64", DType::kInt64},     {"STRING", DType::kString},  {"BOOL", DType::kBool},
    {"FLOAT16", DType::kFloat16}, {"DOUBLE", DType::kFloat64}, {"UINT32", DType::kUInt32},
    {"UINT64", DType::kUInt64},
};

}  // namespace

bool IsBefore2(const Body& b) { return b.version() < 2; }
bool IsBefore5(const Body& b) { return b.version() < 5; }
bool IsBefore6(const Body& b) { return b.version() < 6; }
bool IsBefore7(const Body& b) { return b.version() < 7; }
bool IsBefore10(const Body& b) { return b.version() < 10; }

// Broadcasting was asked for, and aligned the second input at `axis` of the first.
absl::Status OldBroadcast(Body& b) {
  Name right = b.In(1);
  const bool aligned = b.Int("broadcast", 0) != 0 && b.HasAttr("axis");
  if (aligned) {
    int64_t axis = b.Int("axis", 0);
    if (axis < 0) axis += b.Rank(0);
    const int64_t behind = b.Rank(0) - axis - b.Rank(1);
    if (behind < 0 || axis < 0) {
      return UnsupportedForm(
          absl::StrCat("`axis` ", axis, " for inputs of rank ", b.Rank(0), " and ", b.Rank(1)));
    }
    std::vector<int64_t> axes;
    for (int64_t i = 0; i < behind; ++i) axes.push_back(b.Rank(1) + i);
    if (behind > 0) right = b.Unsqueeze(right, axes);
  }
  b.Return(0, b.Op(b.OpType(), {b.In(0), right}));
  return absl::OkStatus();
}

// One slope for all, or one for each channel.
absl::Status OldPRelu(Body& b) {
  if (!b.Has(1) || b.Rank(1) > 1) return UnsupportedForm("slopes of another rank than 1");
  Name slope = b.In(1);
  if (b.Rank(1) == 1 && b.Dim(1, 0) != 1 && b.Rank(0) > 2) {
    std::vector<int64_t> axes;
    for (int i = 2; i < b.Rank(0); ++i) axes.push_back(i - 1);
    slope = b.Unsqueeze(slope, axes);
  }
  b.Return(0, b.Op("PRelu", {b.In(0), slope}));
  return absl::OkStatus();
}

absl::Status OldCast(Body& b) {
  std::string name = b.Text("to", "");
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  });
  for (const TypeRow& row : kTypes) {
    if (name != row.name) continue;
    b.Return(0, b.Cast(b.In(0), row.dtype));
    return absl::OkStatus();
  }
  return UnsupportedForm(absl::StrCat("a cast to `", name, "`"));
}

absl::Status OldReshape(Body& b) {
  b.Return(0, b.Op("Reshape", {b.In(0), b.IntVector(b.Ints("shape"))}));
  return absl::OkStatus();
}

absl::Status OldPad(Body& b) {
  const Name value = b.Number(b.Float("value", 0), b.Type(0));
  b.Return(0, b.Op("Pad", {b.In(0), b.IntVector(b.Ints("paddings")), value},
                   {{"mode", b.Text("mode", "constant")}}));
  return absl::OkStatus();
}

// Sizes are an input, an attribute, or equal.
absl::Status OldSplit(Body& b) {
  int parts = 0;
  while (b.Wants(parts)) ++parts;
  std::vector<Name> inputs = {b.In(0)};
  std::vector<Attr> attributes = {{"axis", b.Int("axis", 0)}};
  if (b.Has(1)) {
    inputs.push_back(b.Cast(b.In(1), DType::kInt64));
  } else if (b.HasAttr("split")) {
    inputs.push_back(b.IntVector(b.Ints("split")));
  } else {
    attributes.push_back({"num_outputs", int64_t{parts}});
  }
  const std::vector<Name> results = b.Ops("Split", inputs, parts, attributes);
  for (int i = 0; i < parts; ++i) b.Return(i, results[i]);
  return absl::OkStatus();
}

// Repeats along one dimension.
absl::Status OldTile(Body& b) {
  if (b.Constant(1) == nullptr || b.Constant(2) == nullptr) {
    return UnsupportedForm("input `tiles` or `axis` that is computed");
  }
  const int64_t axis = b.Constant(2)->AsInt(0);
  if (axis < 0 || axis >= b.Rank(0)) return UnsupportedForm(absl::StrCat("`axis` ", axis));
  std::vector<int64_t> repeats(b.Rank(0), 1);
  repeats[axis] = b.Constant(1)->AsInt(0);
  b.Return(0, b.Op("Tile", {b.In(0), b.IntVector(repeats)}));
  return absl::OkStatus();
}

absl::Status OldTopK(Body& b) {
  const std::vector<Name> results =
      b.Ops("TopK", {b.In(0), b.IntVector({b.Int("k", 0)})}, 2, {{"axis", b.Int("axis", -1)}});
  for (int i = 0; i < 2; ++i) b.Return(i, results[i]);
  return absl::OkStatus();
}

absl::Status OldUpsample(Body& b) {
  if (b.Rank(0) != 4) return UnsupportedForm("an input of another rank than 4");
  const std::string mode = b.Text("mode", "nearest");
  if (mode != "nearest" && mode != "bilinear") return UnsupportedForm("mode `" + mode + "`");
  std::vector<Name> scales;
  for (double scale : {1.0, 1.0, b.Float("height_scale", 1), b.Float("width_scale", 1)}) {
    scales.push_back(b.Unsqueeze(b.Number(scale, DType::kFloat32), {0}));
  }
  b.Return(0, b.Op("Resize", {b.In(0), "", b.Concat(scales, 0)},
                   {{"mode", std::string(mode == "nearest" ? "nearest" : "linear")},
                    {"coordinate_transformation_mode", std::string("asymmetric")},
                    {"nearest_mode", std::string("floor")}}));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
