// Random operators: Philox4x32-10 written out in integer ops, as docs/reference/random.md defines
// them.
#include <array>
#include <cstring>

#include "compiler_core/import/expansions/expansions.h"

namespace sinter::import::expansions {
namespace {

using ir::DType;

constexpr uint64_t kLow32 = 0xffffffff;

uint64_t HashOf(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

uint64_t KeyOf(const Body& b) {
  if (!b.HasAttr("seed")) return HashOf(b.Out(0));
  const float seed = static_cast<float>(b.Float("seed", 0));
  uint32_t bits = 0;
  std::memcpy(&bits, &seed, sizeof bits);
  return bits;
}

Name Shifted(Body& b, const Name& x, uint64_t bits) {
  return b.Op("BitShift", {x, b.Integer(bits, DType::kUInt64)}, {{"direction", "RIGHT"}});
}

Name Lower(Body& b, const Name& x) {
  return b.Op("BitwiseAnd", {x, b.Integer(kLow32, DType::kUInt64)});
}

Name Xor(Body& b, const Name& x, const Name& y) { return b.Op("BitwiseXor", {x, y}); }

// The four lanes of each counter in 0 .. `counters` - 1 (a number of rank 0), as uint64 vectors.
using Lanes = std::array<Name, 4>;
Lanes Philox(Body& b, const Name& counters, uint64_t key) {
  const Name range = b.Op("Range", {b.IntNumber(0), counters, b.IntNumber(1)});
  const Name counter = b.Cast(range, DType::kUInt64);
  const Name zero = b.Integer(0, DType::kUInt64);
  const Name factor0 = b.Integer(0xD2511F53, DType::kUInt64);
  const Name factor1 = b.Integer(0xCD9E8D57, DType::kUInt64);
  Lanes c = {Lower(b, counter), Shifted(b, counter, 32), zero, zero};
  uint64_t k0 = key & kLow32, k1 = key >> 32;
  for (int round = 0; round < 10; ++round) {
    const Name product0 = b.Mul(c[0], factor0), product1 = b.Mul(c[2], factor1);
    const Name mixed0 =
        Xor(b, Xor(b, Shifted(b, product1, 32), c[1]), b.Integer(k0, DType::kUInt64));
    const Name mixed1 =
        Xor(b, Xor(b, Shifted(b, product0, 32), c[3]), b.Integer(k1, DType::kUInt64));
    c = {mixed0, Lower(b, product1), mixed1, Lower(b, product0)};
    k0 = (k0 + 0x9E3779B9) & kLow32;
    k1 = (k1 + 0xBB67AE85) & kLow32;
  }
  return c;
}

// Four vectors side by side, the first `count` elements (a vector of one) as a tensor of `shape`.
Name Interleaved(Body& b, const Lanes& lanes, const Name& count, const Name& shape) {
  std::vector<Name> columns;
  for (const Name& lane : lanes) columns.push_back(b.Unsqueeze(lane, {1}));
  const Name flat = b.Reshape(b.Concat(columns, 1), {-1});
  const Name cut = b.Op("Slice", {flat, b.IntVector({0}), count, b.IntVector({0})});
  return b.ReshapeTo(cut, shape);
}

// A vector of sizes, and what follows from it.
struct Size {
  Name shape, count, counters;
};

Size SizeOfShape(Body& b, std::vector<int64_t> shape) {
  int64_t count = 1;
  for (int64_t dim : shape) count *= dim;
  return {b.IntVector(std::move(shape)), b.IntVector({count}), b.IntNumber((count + 3) / 4)};
}

Size SizeLike(Body& b, const Name& x, int rank) {
  const Name count = b.Op("Size", {x});
  const Name counters = b.Div(b.Add(count, b.IntNumber(3)), b.IntNumber(4));
  return {b.ShapeOf(x, 0, rank), b.Unsqueeze(count, {0}), counters};
}

// (lane >> 8) * 2^-24, plus 2^-24 if `above_zero`.
Name Unit(Body& b, const Name& lane, DType type, bool above_zero = false) {
  Name high = Shifted(b, lane, 8);
  if (above_zero) high = b.Add(high, b.Integer(1, DType::kUInt64));
  return b.Mul(b.Cast(high, type), b.Number(0x1p-24, type));
}

Name Uniform(Body& b, const Size& size, uint64_t key, DType type) {
  Lanes lanes = Philox(b, size.counters, key);
  for (Name& lane : lanes) lane = Unit(b, lane, type);
  return Interleaved(b, lanes, size.count, size.shape);
}

// By Box and Muller.
Name Normal(Body& b, const Size& size, uint64_t key, DType type) {
  constexpr double kPi = 3.14159265358979323846;
  const DType wide = DType::kFloat64;
  Lanes lanes = Philox(b, size.counters, key);
  for (int i = 0; i < 4; i += 2) {
    const Name u1 = Unit(b, lanes[i], wide, /*above_zero=*/true), u2 = Unit(b, lanes[i + 1], wide);
    const Name r = b.Op("Sqrt", {b.Mul(b.Number(-2, wide), b.Op("Log", {u1}))});
    const Name angle = b.Mul(b.Number(2 * kPi, wide), u2);
    lanes[i] = b.Cast(b.Mul(r, b.Op("Cos", {angle})), type);
    lanes[i + 1] = b.Cast(b.Mul(r, b.Op("Sin", {angle})), type);
  }
  return Interleaved(b, lanes, size.count, size.shape);
}

struct Draw {
  Size size;
  DType type;
};

// The output of the four ops that take a shape or a tensor to be like.
absl::StatusOr<Draw> DrawOf(Body& b, bool like) {
  const auto standard = static_cast<int64_t>(like && b.Has(0) ? b.Type(0) : DType::kFloat32);
  const auto type = static_cast<DType>(b.Int("dtype", standard));
  if (!IsRealFloat(type)) return UnsupportedForm("random numbers that are no floats");
  if (like) return Draw{SizeLike(b, b.In(0), b.Rank(0)), type};
  return Draw{SizeOfShape(b, b.Ints("shape")), type};
}

absl::Status ReturnUniform(Body& b, bool like) {
  absl::StatusOr<Draw> draw = DrawOf(b, like);
  if (!draw.ok()) return draw.status();
  const DType type = WideType(draw->type);
  const Name low = b.Number(b.Float("low", 0), type), high = b.Number(b.Float("high", 1), type);
  const Name u = Uniform(b, draw->size, KeyOf(b), type);
  b.Return(0, b.Cast(b.Add(low, b.Mul(u, b.Sub(high, low))), draw->type));
  return absl::OkStatus();
}

absl::Status ReturnNormal(Body& b, bool like) {
  absl::StatusOr<Draw> draw = DrawOf(b, like);
  if (!draw.ok()) return draw.status();
  const DType type = WideType(draw->type);
  const Name mean = b.Number(b.Float("mean", 0), type), scale = b.Number(b.Float("scale", 1), type);
  const Name z = Normal(b, draw->size, KeyOf(b), type);
  b.Return(0, b.Cast(b.Add(mean, b.Mul(scale, z)), draw->type));
  return absl::OkStatus();
}

}  // namespace

absl::Status RandomUniform(Body& b) { return ReturnUniform(b, false); }
absl::Status RandomUniformLike(Body& b) { return ReturnUniform(b, true); }
absl::Status RandomNormal(Body& b) { return ReturnNormal(b, false); }
absl::Status RandomNormalLike(Body& b) { return ReturnNormal(b, true); }

absl::Status Bernoulli(Body& b) {
  const DType type = WideType(b.Type(0));
  const auto dtype = static_cast<DType>(b.Int("dtype", static_cast<int64_t>(b.Type(0))));
  const Name u = Uniform(b, SizeLike(b, b.In(0), b.Rank(0)), KeyOf(b), type);
  b.Return(0, b.Cast(b.Op("Less", {u, b.Cast(b.In(0), type)}), dtype));
  return absl::OkStatus();
}

// The first class whose running sum of exp(x - max) exceeds the drawn part of the whole.
absl::Status Multinomial(Body& b) {
  const int64_t samples = b.Int("sample_size", 1);
  if (b.Rank(0) != 2 || samples < 1) return UnsupportedForm("another input than [batch, classes]");
  const auto dtype = static_cast<DType>(b.Int("dtype", static_cast<int64_t>(DType::kInt32)));
  const DType wide = DType::kFloat64;
  const Name x = b.Cast(b.In(0), wide);
  const Name greatest = b.Op("ReduceMax", {x, b.IntVector({1})}, {{"keepdims", 1}});
  const Name weights = b.Op("Exp", {b.Sub(x, greatest)});
  const Name sums = b.Op("CumSum", {weights, b.IntNumber(1)});  // [batch, classes]
  const Name whole =
      b.Op("Slice", {sums, b.IntVector({-1}), b.IntVector({INT64_MAX}), b.IntVector({1})});
  const Name batch = b.ShapeOf(b.In(0), 0, 1);
  const Name shape = b.Joined({batch, b.IntVector({samples})});
  const Name count = b.Mul(batch, b.IntVector({samples}));
  const Name counters = b.Div(b.Add(b.Squeeze(count, {0}), b.IntNumber(3)), b.IntNumber(4));
  const Name drawn = b.Mul(Uniform(b, {shape, count, counters}, KeyOf(b), wide), whole);
  const Name passed = b.Op("LessOrEqual", {b.Unsqueeze(sums, {1}), b.Unsqueeze(drawn, {2})});
  b.Return(0, b.Cast(b.Sum(b.Cast(passed, DType::kInt64), {2}, false), dtype));
  return absl::OkStatus();
}

bool IsTrainingDropout(const Body& b) {
  if (b.version() < 12 || !b.Has(2)) return false;
  return b.Constant(2) == nullptr || b.Constant(2)->AsInt(0) != 0;
}

absl::Status Dropout(Body& b) {
  const DType type = WideType(b.Type(0));
  const uint64_t key =
      b.HasAttr("seed") ? static_cast<uint64_t>(b.Int("seed", 0)) : HashOf(b.Out(0));
  const Name ratio = b.Has(1) ? b.Cast(b.In(1), type) : b.Number(0.5, type);
  const Name u = Uniform(b, SizeLike(b, b.In(0), b.Rank(0)), key, type);
  Name kept = b.Op("GreaterOrEqual", {u, ratio});
  const Name x = b.Cast(b.In(0), type);
  const Name scaled = b.Div(x, b.Sub(b.Number(1, type), ratio));
  Name y = b.Op("Where", {kept, scaled, b.Number(0, type)});
  if (b.Constant(2) == nullptr) {
    y = b.Op("Where", {b.In(2), y, x});
    kept = b.Op("Or", {kept, b.Op("Not", {b.In(2)})});
  }
  b.Return(0, b.Cast(y, b.Type(0)));
  b.Return(1, kept);
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
