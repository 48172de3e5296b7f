// On the models in testing/: values_model.c says what is computed and how it fails.
#include "runtime/value_session.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/loaded_model.h"
#include "runtime/session.h"
#include "runtime/tensor.h"
#include "runtime/thread_pool.h"
#include "runtime/value.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::shared_ptr<const LoadedModel> Open(const std::string& name) {
  auto model = LoadedModel::Open("runtime/testing/" + name + ".so");
  EXPECT_THAT(model, IsOk());
  return *model;
}

Value Floats(std::vector<int64_t> dims, const std::vector<float>& values) {
  Tensor tensor = *Tensor::Make(Dtype::kFloat32, dims);
  std::copy(values.begin(), values.end(), tensor.mutable_values<float>().begin());
  return Value(std::move(tensor));
}

Value Strings(std::vector<std::string> values) {
  return Value(StringTensor{{static_cast<int64_t>(values.size())}, values});
}

Value Count(int64_t count) {
  Tensor tensor = *Tensor::Make(Dtype::kInt64, {});
  tensor.mutable_values<int64_t>()[0] = count;
  return Value(std::move(tensor));
}

// Two rows, [1 -2 3] and [[-4 5]], called "one" and "zwei" with an umlaut and a NUL.
std::vector<Value> Inputs(Value count) {
  std::vector<Value> rows;
  rows.push_back(Floats({3}, {1, -2, 3}));
  rows.push_back(Floats({1, 2}, {-4, 5}));
  std::vector<Value> inputs;
  inputs.push_back(Value::Sequence(std::move(rows)));
  inputs.push_back(Strings({"one", std::string("zw\xc3\xbc\0i", 6)}));
  inputs.push_back(std::move(count));
  return inputs;
}

absl::Status RunOn(ValueSession& session, const std::vector<Value>& inputs) {
  const absl::Status bound = session.Bind(inputs);
  return bound.ok() ? session.Execute() : bound;
}

TEST(ValueSessionTest, GivesValuesOfEveryKind) {
  ThreadPool pool(3);
  for (ThreadPool* const threads : {static_cast<ThreadPool*>(nullptr), &pool}) {
    ValueSession session(Open("values_model"), threads);
    const std::vector<Value> inputs = Inputs(Value());
    ASSERT_THAT(RunOn(session, inputs), IsOk());
    SINTER_ASSERT_OK_AND_ASSIGN(const std::vector<Value> outputs, session.Outputs());
    ASSERT_EQ(outputs.size(), 4u);
    EXPECT_EQ(outputs[0].Text(), "float32[3]");
    EXPECT_THAT(outputs[0].tensor().values<float>(), ElementsAre(1, 3, 5));
    ASSERT_EQ(outputs[1].items().size(), 2u);
    EXPECT_THAT(outputs[1].items()[1].dims(), ElementsAre(1, 2));
    EXPECT_THAT(outputs[1].items()[1].tensor().values<float>(), ElementsAre(-4, 5));
    EXPECT_THAT(outputs[2].keys().strings().values,
                ElementsAre("one", std::string("zw\xc3\xbc\0i", 6)));
    EXPECT_THAT(outputs[2].values().tensor().values<float>(), ElementsAre(2, 1));
    EXPECT_THAT(outputs[3].strings().values, ElementsAre(std::string("zw\xc3\xbc\0i", 6)));
    EXPECT_TRUE(outputs[3].strings().dims.empty());
  }
}

TEST(ValueSessionTest, NothingComesOfNothing) {
  ValueSession session(Open("values_model"), nullptr);
  std::vector<Value> inputs;
  inputs.push_back(Value::Sequence({}));
  inputs.push_back(Strings({}));
  inputs.push_back(Count(0));
  ASSERT_THAT(RunOn(session, inputs), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const std::vector<Value> outputs, session.Outputs());
  EXPECT_EQ(outputs[0].Text(), "float32[0]");
  EXPECT_EQ(outputs[1].Text(), "a sequence of 0");
  EXPECT_EQ(outputs[2].Text(), "a map of 0");
  EXPECT_TRUE(outputs[3].is_none());
}

TEST(ValueSessionTest, FailuresAreTypedAndNameTheirPlace) {
  ValueSession session(Open("values_model"), nullptr);
  const auto run = [&](int64_t count) { return RunOn(session, Inputs(Count(count))); };
  EXPECT_THAT(run(-1), StatusIs(StatusCode::kInvalidArgument,
                                AllOf(HasSubstr("`Slice_1`"), HasSubstr("a negative count"))));
  EXPECT_THAT(run(3), StatusIs(StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("`Slice_1`"), HasSubstr("index"))));
  EXPECT_THAT(run(1000), StatusIs(StatusCode::kUnimplemented, HasSubstr("`Slice_1`")));
  EXPECT_THAT(run(1001), StatusIs(StatusCode::kResourceExhausted, HasSubstr("memory")));
  std::vector<Value> inputs = Inputs(Value());
  inputs[1] = Strings({"alone"});
  EXPECT_THAT(RunOn(session, inputs),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("input `names` is string[1]"), HasSubstr("string[n]"),
                             HasSubstr("dimension 0 contradicts"))));
  EXPECT_THAT(session.Outputs(), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_EQ(session.memory().live_blocks(), 0);
  EXPECT_THAT(run(1), IsOk());
}

TEST(ValueSessionTest, NamesTheInputThatDoesNotFit) {
  ValueSession session(Open("values_model"), nullptr);
  const auto with = [&](size_t index, Value value) {
    std::vector<Value> inputs = Inputs(Value());
    inputs[index] = std::move(value);
    return session.Bind(inputs);
  };
  const auto wrong = [](auto... parts) {
    return StatusIs(StatusCode::kInvalidArgument, AllOf(HasSubstr(parts)...));
  };
  EXPECT_THAT(with(0, Floats({1}, {1})), wrong("`rows`", "float32[1], not seq(tensor(float))"));
  std::vector<Value> items;
  items.push_back(Count(1));
  EXPECT_THAT(with(0, Value::Sequence(std::move(items))), wrong("`rows`: item 0", "int64[]"));
  EXPECT_THAT(with(1, Value(StringTensor{{1, 1}, {"a"}})), wrong("`names`", "rank must be 1"));
  EXPECT_THAT(with(1, Value()), wrong("`names`: it is nothing, not tensor(string)"));
  EXPECT_THAT(with(2, Floats({}, {1})), wrong("`count`", "tensor(int64)"));
  EXPECT_THAT(session.Bind({}), wrong("got 0 inputs", "`rows`, `names`, `count`"));
  EXPECT_THAT(session.Execute(), StatusIs(StatusCode::kFailedPrecondition));
}

TEST(ValueSessionTest, RepeatedRunsLeakNothingAndAskTheSystemOnce) {
  ValueSession session(Open("values_model"), nullptr);
  const std::vector<Value> inputs = Inputs(Value());
  ASSERT_THAT(RunOn(session, inputs), IsOk());
  const int64_t blocks = session.memory().live_blocks();
  const int64_t asked = session.memory().system_allocations();
  EXPECT_GT(blocks, 0);
  for (int i = 0; i < 20; ++i) {
    ASSERT_THAT(session.Execute(), IsOk());
    EXPECT_EQ(session.memory().live_blocks(), blocks);
    EXPECT_THAT(RunOn(session, Inputs(Count(-1))), StatusIs(StatusCode::kInvalidArgument));
    EXPECT_EQ(session.memory().live_blocks(), 0);
    ASSERT_THAT(RunOn(session, inputs), IsOk());
  }
  EXPECT_EQ(session.memory().system_allocations(), asked);
  EXPECT_GT(session.working_bytes(), 0);
}

TEST(ValueSessionTest, RunsPlannedModelsToo) {
  ValueSession session(Open("affine_model"), nullptr);
  std::vector<Value> inputs;
  inputs.push_back(Floats({1, 4}, {0, 1, 2, 3}));
  inputs.push_back(Floats({}, {2}));
  inputs.push_back(Floats({1, 4}, {1, 1, 1, 1}));
  ASSERT_THAT(RunOn(session, inputs), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const std::vector<Value> outputs, session.Outputs());
  EXPECT_THAT(outputs[0].tensor().values<float>(), ElementsAre(1, 3, 5, 7));
  inputs[1] = Value();
  EXPECT_THAT(session.Bind(inputs), StatusIs(StatusCode::kInvalidArgument, HasSubstr("`a`")));
}

TEST(SessionTest, RefusesModelsThatCannotBePlanned) {
  Session session(Open("values_model"), nullptr);
  EXPECT_THAT(session.Run({}),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("`ValueSession`")));
}

}  // namespace
}  // namespace sinter::runtime
