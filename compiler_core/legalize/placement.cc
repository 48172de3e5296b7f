// Ops that put blocks into a tensor, seen from the tensor's elements: Col2Im, TensorScatter.
#include <string>

#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/sampling.h"
#include "llvm/ADT/STLExtras.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;

Value At(Scalars& s, int64_t index) {
  return s.Number(s.builder().getIndexType(), static_cast<double>(index));
}

// --- Col2Im ---

struct Blocks {
  std::vector<int64_t> image, block, strides, dilations, pads;
  std::vector<int64_t> counts;  // of blocks along each dimension
};

absl::StatusOr<Blocks> ReadBlocks(Node& n) {
  Blocks blocks;
  SINTER_ASSIGN_OR_RETURN(blocks.image, n.RequiredNumbers(1, "image_shape"));
  SINTER_ASSIGN_OR_RETURN(blocks.block, n.RequiredNumbers(2, "block_shape"));
  const size_t rank = blocks.image.size();
  blocks.strides = n.Ints("strides");
  blocks.dilations = n.Ints("dilations");
  blocks.pads = n.Ints("pads");
  blocks.strides.resize(rank, 1);
  blocks.dilations.resize(rank, 1);
  blocks.pads.resize(2 * rank, 0);
  int64_t total = 1;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t padded = blocks.image[i] + blocks.pads[i] + blocks.pads[rank + i];
    const int64_t reach = (blocks.block[i] - 1) * blocks.dilations[i] + 1;
    blocks.counts.push_back((padded - reach) / blocks.strides[i] + 1);
    total *= blocks.counts.back();
  }
  if (n.Shape(0)[2] != total) return Unsupported("another number of blocks than fits the image");
  return blocks;
}

// Each element of the image is the sum over the places that it has in blocks.
absl::Status Col2Im(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Blocks blocks, ReadBlocks(n));
  Emitter& e = n.emit();
  const int64_t rank = static_cast<int64_t>(blocks.image.size()), first = 2 + rank;
  const int64_t loops = first + rank;
  SymShape block;
  int64_t volume = 1;
  for (int64_t size : blocks.block) {
    block.push_back(size);
    volume *= size;
  }
  const mlir::Type element = n.Element(0), type = ComputeType(element);
  const Value source = n.In(0);
  const Operand window{e.Empty(block, element),
                       e.Dims(loops, llvm::to_vector(llvm::seq<int64_t>(first, loops)))};
  const Operand output{
      e.Fill(n.OutShape(), mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(type))),
      e.Dims(loops, llvm::to_vector(llvm::seq<int64_t>(0, first)))};
  const Value sums =
      e.Generic(window, output, first, rank, [&](Scalars& s, ValueRange x) -> Emitter::Values {
        Value row = s.Mul(s.Index(1), At(s, volume)), column = At(s, 0), hit;
        int64_t below = volume;
        for (int64_t i = 0; i < rank; ++i) {
          below /= blocks.block[i];
          row = s.Add(row, s.Mul(s.Index(first + i), At(s, below)));
          const Value tap = s.Mul(s.Index(first + i), At(s, blocks.dilations[i]));
          const Value start = s.Sub(s.Add(s.Index(2 + i), At(s, blocks.pads[i])), tap);
          const Value stride = At(s, blocks.strides[i]), count = At(s, blocks.counts[i]);
          const Value which = s.Div(start, stride);
          Value here = s.Compare(Relation::kEqual, s.Mul(which, stride), start);
          here = s.Emit<arith::AndIOp>(here, s.Compare(Relation::kGreaterEqual, start, At(s, 0)));
          here = s.Emit<arith::AndIOp>(here, s.Compare(Relation::kLess, which, count));
          hit = hit ? s.Emit<arith::AndIOp>(hit, here) : here;
          column = s.Add(s.Mul(column, count), IntoRange(s, which, count));
        }
        const Value piece = s.Convert(Extract(s, source, {s.Index(0), row, column}), type);
        return {s.Add(x[1], s.Select(hit, piece, s.Number(type, 0)))};
      })[0];
  if (type == n.OutElement()) return n.Return(sums);
  return n.Return(n.Map(sums, [](Scalars&, ValueRange x) { return x[0]; }));
}

// --- TensorScatter ---

// Along `axis`, elements from the written position on are the update's; `circular` goes on at the
// start.
absl::Status TensorScatter(Node& n) {
  Emitter& e = n.emit();
  const int64_t rank = n.Rank(0), axis = n.Axis("axis", -2, rank);
  const std::string mode = n.String("mode", "linear");
  if (mode != "linear" && mode != "circular") return Unsupported("mode `" + mode + "`");
  if (n.Shape(1)[axis] == 0) return n.Return(n.In(0));
  const Value update = n.In(1), starts = n.Has(2) ? n.In(2) : Value();
  const Value length = e.Dim(n.Shape(1)[axis]), size = e.Dim(n.Shape(0)[axis]);
  return n.Return(n.Map(n.In(0), [&](Scalars& outer, ValueRange x) {
    Scalars s(outer.builder(), outer.location(), /*is_unsigned=*/false);
    Value distance = s.Index(axis);
    if (starts) distance = s.Sub(distance, s.ToIndex(Extract(s, starts, {s.Index(0)})));
    if (mode == "circular") {
      const Value rest = s.Rem(distance, size);
      const Value negative = s.Compare(Relation::kLess, rest, s.Like(rest, 0));
      distance = s.Select(negative, s.Add(rest, size), rest);
    }
    std::vector<Value> at;
    for (int64_t i = 0; i < rank; ++i) at.push_back(s.Index(i));
    at[axis] = IntoRange(s, distance, length);
    const Value written = s.Convert(Extract(s, update, at), x[0].getType());
    return s.Select(InRange(s, distance, length), written, x[0]);
  }));
}

}  // namespace

void AddPlacement(LoweringTable& table) {
  table["Col2Im"] = Col2Im;
  table["TensorScatter"] = TensorScatter;
}

}  // namespace sinter::legalize
