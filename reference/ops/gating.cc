// What language models have beside attention: rotary positions, gated units, linear attention.
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// Row of the tables for each (batch, place) of the sequence.
absl::StatusOr<std::vector<int64_t>> TableRows(const Call& call, int64_t batch, int64_t length) {
  const Tensor& table = call.tensor(1);
  std::vector<int64_t> rows(batch * length);
  if (!call.Has(3)) {
    if (table.rank() != 3 || table.dims()[0] != batch || table.dims()[1] != length) {
      return absl::InvalidArgumentError("without positions the tables must be [batch, length, n]");
    }
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int64_t>(i);
    return rows;
  }
  const Tensor& positions = call.tensor(3);
  if (table.rank() != 2 || positions.dims() != Dims{batch, length}) {
    return absl::InvalidArgumentError(
        "positions must be [batch, length], and the tables of rank 2");
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const Integer position = positions.integers()[i];
    if (position < 0 || position >= table.dims()[0]) {
      return absl::InvalidArgumentError("a position is beyond the tables");
    }
    rows[i] = static_cast<int64_t>(position);
  }
  return rows;
}

// Turns pairs of elements of each head by the angle of their place. Pairs are neighbours, or the
// same place in the two halves of what is turned.
Values RotaryEmbedding(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& cosines = call.tensor(1);
  const Tensor& sines = call.tensor(2);
  const bool flat = x.rank() == 3;
  const int64_t heads = flat ? call.Int("num_heads", 0) : x.rank() == 4 ? x.dims()[1] : 0;
  if (heads <= 0 || (flat && x.dims()[2] % heads != 0)) {
    return absl::InvalidArgumentError("the input can't be divided into heads");
  }
  // [batch, length, heads, size]
  Tensor y = flat ? x.Reshaped({x.dims()[0], x.dims()[1], heads, x.dims()[2] / heads})
                  : Transposed(x, {0, 2, 1, 3});
  const int64_t size = y.dims()[3];
  const int64_t given = call.Int("rotary_embedding_dim", 0);
  const int64_t turned = given == 0 ? size : given;
  const int64_t half = turned / 2;
  if (turned % 2 != 0 || turned > size || cosines.rank() == 0 || cosines.dims().back() != half ||
      cosines.dims() != sines.dims()) {
    return absl::InvalidArgumentError("the tables don't fit the elements that are turned");
  }
  SINTER_ASSIGN_OR_RETURN(const auto rows, TableRows(call, y.dims()[0], y.dims()[1]));
  const bool interleaved = call.Flag("interleaved");
  for (int64_t i = 0; size > 0 && i < y.count() / size; ++i) {
    const auto begin = y.reals().begin() + i * size;
    for (int64_t j = 0; j < half; ++j) {
      double& real = begin[interleaved ? 2 * j : j];
      double& imaginary = begin[interleaved ? 2 * j + 1 : j + half];
      const double cosine = cosines.reals()[rows[i / heads] * half + j];
      const double sine = sines.reals()[rows[i / heads] * half + j];
      const double a = real;
      const double b = imaginary;
      real = cosine * a - sine * b;
      imaginary = sine * a + cosine * b;
    }
  }
  if (!flat) y = Transposed(y, {0, 2, 1, 3});
  y.Reshape(x.dims());
  return Single(std::move(y));
}

Values SwiGlu(const Call& call) {
  const double alpha = call.Float("alpha", 1);
  Tensor y = call.tensor(0);
  const Tensor& linear = call.tensor(1);
  if (linear.dims() != y.dims()) return absl::InvalidArgumentError("the shapes must be equal");
  for (int64_t i = 0; i < y.count(); ++i) {
    double& v = y.reals()[i];
    v = v / (1 + std::exp(-alpha * v)) * linear.reals()[i];
  }
  return Single(std::move(y));
}

// The sizes of a linear attention, and where its inputs have the numbers of a place and head.
struct LinearSizes {
  int64_t batch, length, q_heads, kv_heads, key, value;
};

absl::StatusOr<LinearSizes> ReadSizes(const Call& call) {
  const Tensor& q = call.tensor(0);
  const Tensor& k = call.tensor(1);
  const Tensor& v = call.tensor(2);
  const int64_t q_heads = call.Int("q_num_heads", 0);
  const int64_t kv_heads = call.Int("kv_num_heads", 0);
  const absl::Status bad = absl::InvalidArgumentError("query, key, value and heads don't fit");
  if (q.rank() != 3 || k.rank() != 3 || v.rank() != 3 || q_heads <= 0 || kv_heads <= 0 ||
      q_heads % kv_heads != 0) {
    return bad;
  }
  const LinearSizes sizes{
      q.dims()[0], q.dims()[1], q_heads, kv_heads, k.dims()[2] / kv_heads, v.dims()[2] / kv_heads};
  const Dims q_dims = {sizes.batch, sizes.length, q_heads * sizes.key};
  const Dims k_dims = {sizes.batch, sizes.length, kv_heads * sizes.key};
  const Dims v_dims = {sizes.batch, sizes.length, kv_heads * sizes.value};
  if (q.dims() != q_dims || k.dims() != k_dims || v.dims() != v_dims) return bad;
  const Dims state = {sizes.batch, kv_heads, sizes.key, sizes.value};
  if (call.Has(3) && call.tensor(3).dims() != state) {
    return absl::InvalidArgumentError("the past state does not fit");
  }
  return sizes;
}

// Element of a gate [batch, length, n] for a head and, if n allows, for a place within the key.
absl::Status CheckGate(const Tensor& gate, const LinearSizes& sizes,
                       const std::vector<int64_t>& n) {
  for (const int64_t size : n) {
    if (gate.dims() == Dims{sizes.batch, sizes.length, size}) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("a gate has the shape ", Text(gate.dims()), ", which does not fit"));
}

struct Rule {
  bool decays;    // the state fades before each step
  bool corrects;  // only what the state does not predict yet is added
};

absl::StatusOr<Rule> ReadRule(const Call& call) {
  const std::string name = call.String("update_rule", "gated_delta");
  const Rule rule{name == "gated" || name == "gated_delta",
                  name == "delta" || name == "gated_delta"};
  if (!rule.decays && !rule.corrects && name != "linear") {
    return absl::InvalidArgumentError(absl::StrCat("`update_rule` is `", name, "`"));
  }
  if ((rule.decays && !call.Has(4)) || (rule.corrects && !call.Has(5))) {
    return absl::InvalidArgumentError(absl::StrCat("rule `", name, "` lacks its gate"));
  }
  return rule;
}

// One step of one head: `state` is [key, value].
void Advance(const Call& call, const Rule& rule, const LinearSizes& sizes, int64_t place,
             int64_t head, double* state) {
  const double* key = call.tensor(1).reals().data() + (place * sizes.kv_heads + head) * sizes.key;
  const double* value =
      call.tensor(2).reals().data() + (place * sizes.kv_heads + head) * sizes.value;
  if (rule.decays) {
    const Tensor& decay = call.tensor(4);
    const bool by_head = decay.dims()[2] == sizes.kv_heads;
    for (int64_t i = 0; i < sizes.key * sizes.value; ++i) {
      const int64_t at = place * sizes.kv_heads + head;
      state[i] *= std::exp(decay.reals()[by_head ? at : at * sizes.key + i / sizes.value]);
    }
  }
  double rate = 1;
  if (rule.corrects) {
    const Tensor& beta = call.tensor(5);
    rate = beta.reals()[beta.dims()[2] == 1 ? place : place * sizes.kv_heads + head];
  }
  for (int64_t j = 0; j < sizes.value; ++j) {
    double predicted = 0;
    for (int64_t i = 0; rule.corrects && i < sizes.key; ++i) {
      predicted += state[i * sizes.value + j] * key[i];
    }
    for (int64_t i = 0; i < sizes.key; ++i) {
      state[i * sizes.value + j] += rate * key[i] * (value[j] - predicted);
    }
  }
}

// A state per head, updated place by place and read by the queries of its group.
Values LinearAttention(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const LinearSizes sizes, ReadSizes(call));
  SINTER_ASSIGN_OR_RETURN(const Rule rule, ReadRule(call));
  if (rule.decays) {
    SINTER_RETURN_IF_ERROR(
        CheckGate(call.tensor(4), sizes, {sizes.kv_heads, sizes.kv_heads * sizes.key}));
  }
  if (rule.corrects) {
    SINTER_RETURN_IF_ERROR(CheckGate(call.tensor(5), sizes, {sizes.kv_heads, 1}));
  }
  const double stated = call.Float("scale", 0);
  const double scale = stated != 0 ? stated : 1 / std::sqrt(static_cast<double>(sizes.key));
  const Dtype state_type = call.Has(3) ? call.tensor(3).dtype() : call.tensor(0).dtype();
  Tensor state(state_type, {sizes.batch, sizes.kv_heads, sizes.key, sizes.value});
  if (call.Has(3)) state = call.tensor(3);
  Tensor y(call.tensor(0).dtype(), {sizes.batch, sizes.length, sizes.q_heads * sizes.value});
  for (int64_t step = 0; step < sizes.batch * sizes.length; ++step) {
    const int64_t batch = step / sizes.length;
    for (int64_t head = 0; head < sizes.kv_heads; ++head) {
      const int64_t at = (batch * sizes.kv_heads + head) * sizes.key * sizes.value;
      Advance(call, rule, sizes, step, head, state.reals().data() + at);
    }
    for (int64_t head = 0; head < sizes.q_heads; ++head) {
      const int64_t kv = head / (sizes.q_heads / sizes.kv_heads);
      const int64_t at = (batch * sizes.kv_heads + kv) * sizes.key;
      for (int64_t i = 0; i < sizes.key * sizes.value; ++i) {
        const int64_t row = i / sizes.value;
        y.reals()[(step * sizes.q_heads + head) * sizes.value + i % sizes.value] +=
            scale * call.tensor(0).reals()[(step * sizes.q_heads + head) * sizes.key + row] *
            state.reals()[(at + row) * sizes.value + i % sizes.value];
      }
    }
  }
  return std::vector<Value>{std::move(y), std::move(state)};
}

}  // namespace

absl::Span<const Operator> GatingOperators() {
  static constexpr Operator kOperators[] = {
      {"", "LinearAttention", 27, LinearAttention},
      {"", "RotaryEmbedding", 23, RotaryEmbedding},
      {"", "SwiGLU", 28, SwiGlu},
  };
  return kOperators;
}

}  // namespace sinter::reference
