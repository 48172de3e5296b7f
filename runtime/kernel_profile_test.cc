// On the models in testing/: affine_model.c is two kernels, values_model.c one kernel within a
// function of the library.
#include "runtime/kernel_profile.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/loaded_model.h"
#include "runtime/sinter_abi.h"
#include "runtime/tensor.h"
#include "runtime/thread_pool.h"
#include "runtime/value.h"
#include "runtime/value_session.h"

namespace sinter::runtime {
namespace {

using ::sinter::base::IsOk;
using Event = KernelProfile::Event;
using Kind = KernelProfile::Event::Kind;

std::shared_ptr<const LoadedModel> Open(const std::string& name) {
  auto model = LoadedModel::Open("runtime/testing/" + name + ".so");
  EXPECT_THAT(model, IsOk());
  return *model;
}

Value Ones(std::vector<int64_t> dims) {
  Tensor tensor = *Tensor::Make(Dtype::kFloat32, dims);
  std::fill(tensor.mutable_values<float>().begin(), tensor.mutable_values<float>().end(), 1.0f);
  return Value(std::move(tensor));
}

std::vector<Value> AffineInputs(int64_t rows) {
  std::vector<Value> inputs;
  inputs.push_back(Ones({rows, 4}));
  inputs.push_back(Ones({}));
  inputs.push_back(Ones({rows, 4}));
  return inputs;
}

// Two rows, of 3 and 5 elements.
std::vector<Value> RowInputs() {
  std::vector<Value> rows;
  rows.push_back(Ones({3}));
  rows.push_back(Ones({5}));
  std::vector<Value> inputs;
  inputs.push_back(Value::Sequence(std::move(rows)));
  inputs.push_back(Value(StringTensor{{2}, {"one", "two"}}));
  inputs.push_back(Value());
  return inputs;
}

void RunOn(ValueSession& session, const std::vector<Value>& inputs) {
  ASSERT_THAT(session.Bind(inputs), IsOk());
  ASSERT_THAT(session.Execute(), IsOk());
}

TEST(KernelProfileTest, SumsOverRunsOfEveryShape) {
  ValueSession session(Open("affine_model"), nullptr);
  KernelProfile profile(session.model());
  session.set_profile(&profile);
  for (const int64_t rows : {5, 7}) {
    const std::vector<Value> inputs = AffineInputs(rows);
    RunOn(session, inputs);
  }
  ASSERT_EQ(profile.rows().size(), 2u);
  const KernelProfile::Row &scale = profile.rows()[0], &shift = profile.rows()[1];
  EXPECT_EQ(scale.kernel, "scale");
  EXPECT_EQ(scale.calls, 2);
  EXPECT_GT(scale.total_ns, 0);
  EXPECT_EQ(scale.self_ns, scale.total_ns);
  EXPECT_EQ(scale.flops, (5 + 7) * 4);
  EXPECT_EQ(scale.bytes, (5 + 7) * 4 * 8 + 2 * 4);
  EXPECT_EQ(scale.dtype, Dtype::kFloat32);
  EXPECT_FALSE(scale.is_function());
  ASSERT_EQ(shift.each_node.size(), 1u);
  EXPECT_EQ(shift.each_node[0].name, "Add_1");
  EXPECT_EQ(shift.each_node[0].op, "Add");
  EXPECT_EQ(shift.each_node[0].flops, 48);
  EXPECT_EQ(shift.bytes, 48 * 12);
  EXPECT_EQ(profile.runs(), 2);
  EXPECT_GE(profile.run_ns(), scale.total_ns + shift.total_ns);
  EXPECT_TRUE(profile.events().empty()) << "nobody asked for them";
}

TEST(KernelProfileTest, WithoutItNothingIsNoted) {
  ValueSession session(Open("affine_model"), nullptr);
  KernelProfile profile(session.model());
  const std::vector<Value> inputs = AffineInputs(3);
  RunOn(session, inputs);
  session.set_profile(&profile);
  RunOn(session, inputs);
  session.set_profile(nullptr);
  RunOn(session, inputs);
  EXPECT_EQ(profile.rows()[0].calls, 1);
  EXPECT_EQ(profile.runs(), 1);
}

TEST(KernelProfileTest, CallsWithinCallsCountOnce) {
  ValueSession session(Open("values_model"), nullptr);
  KernelProfile profile(session.model());
  session.set_profile(&profile);
  const std::vector<Value> inputs = RowInputs();
  RunOn(session, inputs);
  const KernelProfile::Row &sum = profile.rows()[0], &loop = profile.rows()[1];
  EXPECT_EQ(sum.flops, 8);
  EXPECT_EQ(sum.bytes, 8 * 4 + 2 * 4);
  EXPECT_TRUE(loop.is_function());
  EXPECT_EQ(loop.calls, 1);
  EXPECT_FALSE(loop.flops.has_value());
  EXPECT_FALSE(loop.bytes.has_value());
  EXPECT_FALSE(loop.each_node[0].flops.has_value());
  EXPECT_EQ(loop.self_ns, loop.total_ns - sum.total_ns);
}

TEST(KernelProfileTest, ARunThatFailsLeavesNoTrace) {
  ValueSession session(Open("values_model"), nullptr);
  KernelProfile profile(session.model(), /*keep_events=*/true);
  session.set_profile(&profile);
  std::vector<Value> inputs = RowInputs();
  Tensor count = *Tensor::Make(Dtype::kInt64, {});
  count.mutable_values<int64_t>()[0] = 3;
  inputs[2] = Value(std::move(count));
  ASSERT_THAT(session.Bind(inputs), IsOk());
  EXPECT_FALSE(session.Execute().ok());
  EXPECT_EQ(profile.runs(), 0);
  const std::vector<Value> good = RowInputs();
  RunOn(session, good);
  EXPECT_EQ(profile.rows()[1].calls, 1);
  EXPECT_EQ(profile.runs(), 1);
}

// Whether the events of each track lie within or beside one another.
bool Nests(const std::vector<Event>& events) {
  for (const Event& a : events) {
    for (const Event& b : events) {
      if (a.track != b.track || a.begin_ns > b.begin_ns) continue;
      const bool beside = a.end_ns <= b.begin_ns;
      const bool within = b.end_ns <= a.end_ns || a.begin_ns == b.begin_ns;
      if (!beside && !within) return false;
    }
  }
  return true;
}

TEST(KernelProfileTest, EventsNestAndSumUp) {
  ThreadPool pool(2);
  ValueSession session(Open("affine_model"), &pool);
  KernelProfile profile(session.model(), /*keep_events=*/true);
  session.set_profile(&profile);
  const std::vector<Value> inputs = AffineInputs(1000);
  for (int i = 0; i < 3; ++i) RunOn(session, inputs);
  EXPECT_TRUE(Nests(profile.events()));
  int64_t run_ns = 0, iterations = 0;
  std::vector<int64_t> call_ns(2);
  for (const Event& event : profile.events()) {
    ASSERT_LE(event.begin_ns, event.end_ns);
    if (event.kind == Kind::kRun) run_ns += event.end_ns - event.begin_ns;
    if (event.kind == Kind::kCall) call_ns[event.row] += event.end_ns - event.begin_ns;
    if (event.kind == Kind::kCall) EXPECT_EQ(event.flops, 4000);
    if (event.kind == Kind::kTask && event.row == 0) iterations += event.last - event.first;
    EXPECT_LT(event.track, profile.num_tracks());
  }
  EXPECT_EQ(run_ns, profile.run_ns());
  EXPECT_EQ(call_ns[0], profile.rows()[0].total_ns);
  EXPECT_EQ(call_ns[1], profile.rows()[1].total_ns);
  EXPECT_EQ(iterations, 3 * 1000) << "each iteration is in one task";
}

// What libraries of before on_call look like.
TEST(KernelProfileTest, OlderModelsHaveTimesOnly) {
  const auto model = Open("affine_model");
  sinter_model older = model->abi();
  older.struct_size = offsetof(sinter_model, kernel_call_ops);
  auto linked = LoadedModel::FromLinked(&older);
  ASSERT_THAT(linked, IsOk());
  ValueSession session(*linked, nullptr);
  KernelProfile profile(session.model());
  session.set_profile(&profile);
  const std::vector<Value> inputs = AffineInputs(5);
  RunOn(session, inputs);
  EXPECT_EQ(profile.rows()[1].calls, 1);
  EXPECT_GT(profile.rows()[0].total_ns + profile.rows()[1].total_ns, 0);
  EXPECT_FALSE(profile.rows()[0].flops.has_value());
  EXPECT_EQ(profile.rows()[0].each_node[0].name, "Mul_0");
  EXPECT_EQ(profile.rows()[0].each_node[0].op, "");
}

}  // namespace
}  // namespace sinter::runtime
