// Sub-graphs: branches, loops and maps whose bodies are programs, from tables to values.
#include <string>
#include <utility>
#include <vector>

#include "compiler_core/codegen/testing/build_library.h"
#include "compiler_core/codegen/testing/program_builder.h"
#include "compiler_core/codegen/testing/program_runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/sinter_abi.h"

namespace sinter::codegen {
namespace {

using ir::DType;
using ir::SymExpr;
using testing::ElementsAre;
using Kind = ir::SlotType::Kind;

SymExpr Sym(const char* name) { return SymExpr::Symbol(name); }
ir::SlotType Floats(ir::SymShape shape) { return TensorType(DType::kFloat32, std::move(shape)); }
ir::SlotType Int() { return TensorType(DType::kInt64, {}); }
ir::SlotType Bool() { return TensorType(DType::kBool, {}); }

std::string Build(ProgramBuilder& b, std::vector<ir::ExecutionPlan> fragments,
                  const std::string& name) {
  ir::ModelPlan model;
  model.program = b.Take();
  model.fragments = std::move(fragments);
  return BuildLibrary(model, Named("server"), name);
}

int AddBody(ProgramBuilder& b, ProgramBuilder& body) {
  b.program().subprograms.push_back(body.Take());
  return static_cast<int>(b.program().subprograms.size()) - 1;
}

// y = condition ? x + 10 : Identity(x), both with x from around them.
TEST(ControlFlow, IfRunsTheBranchThatTheDataChooses) {
  ProgramBuilder then_branch("then"), else_branch("else"), b("if");
  {
    const int x = then_branch.Input("x", Floats({Sym("n")}));
    const int y = then_branch.Slot("y", Floats({Sym("n")}));
    then_branch.Fragment(0, {x}, {y});
    then_branch.Outputs({y});
  }
  {
    const int x = else_branch.Input("x", Floats({Sym("n")}));
    else_branch.Outputs({x});
  }
  const int condition = b.Input("condition", Bool());
  const int x = b.Input("x", Floats({Sym("n")}));
  const int y = b.Slot("y", Floats({Sym("n")}));
  const std::vector<int> branches = {AddBody(b, else_branch), AddBody(b, then_branch)};
  ir::Step& step = b.Library("If", 16, {condition, x, x}, {y});
  step.subprograms = branches;
  step.attributes = {IntsAttribute("captures", {1, 1})};
  b.Outputs({y});
  std::vector<ir::ExecutionPlan> fragments;
  fragments.push_back(AddAmount(Sym("n"), 10));
  ProgramRunner runner(Build(b, std::move(fragments), "if.so"));

  const sinter_value three = runner.Floats({3}, {1, 2, 3});
  ASSERT_GT(runner.RunShortOfMemory({runner.Bool(true), three}), 0);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(11, 12, 13));
  ASSERT_GT(runner.RunShortOfMemory({runner.Bool(false), three}), 0);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(1, 2, 3));
}

// Carries a tensor that grows by itself plus 1 each time, and a count of iterations that are left;
// collects the lengths. trips [1] and go may be absent where the caller says so.
//   for (i < trips && go) { total = Concat(total, total + 1); left -= 1; go = left != 0; }
std::string BuildGrowingLoop(bool has_trips, bool has_go, const std::string& name) {
  ProgramBuilder body("body"), b("loop");
  body.Input("number", Int());
  body.Input("condition", Bool());
  const int total = body.Input("total", Floats({Sym("data.0")}));
  const int left = body.Input("left", Floats({1}));
  const int more = body.Slot("more", Floats({Sym("data.0")}));
  const int next = body.Slot("next", Floats({Sym("data.1")}));
  const int length = body.Slot("length", Int());
  const int less = body.Slot("less", Floats({1}));
  const int go_on = body.Slot("go_on", Bool());
  body.Fragment(0, {total}, {more});
  body.Library("Concat", 13, {total, more}, {next}).attributes = {IntsAttribute("axis", {0})};
  body.Library("Size", 13, {next}, {length});
  body.Fragment(1, {left}, {less});
  body.Fragment(2, {less}, {go_on});
  body.Outputs({go_on, next, less, length});

  const int trips = has_trips ? b.Input("trips", TensorType(DType::kInt64, {1})) : -1;
  const int go = has_go ? b.Input("go", Bool()) : -1;
  const int x = b.Input("x", Floats({Sym("n")}));
  const int limit = b.Input("limit", Floats({1}));
  const int final_total = b.Slot("final", Floats({Sym("data.0")}));
  const int lengths = b.Slot("lengths", TensorType(DType::kInt64, {Sym("data.1")}));
  const int index = AddBody(b, body);
  ir::Step& step = b.Library("Loop", 16, {trips, go, x, limit}, {final_total, -1, lengths});
  step.subprograms = {index};
  step.attributes = {IntsAttribute("captures", {0})};
  b.Outputs({final_total, lengths});
  std::vector<ir::ExecutionPlan> fragments;
  fragments.push_back(AddAmount(Sym("data.0"), 1));
  fragments.push_back(AddAmount(1, -1));
  fragments.push_back(IsNotZero());
  return Build(b, std::move(fragments), name);
}

TEST(ControlFlow, LoopEndsByItsCountOrItsCondition) {
  ProgramRunner runner(BuildGrowingLoop(true, true, "loop.so"));
  const auto run = [&](int64_t trips, bool go, float limit) {
    return runner.RunShortOfMemory({runner.Ints({1}, {trips}), runner.Bool(go),
                                    runner.Floats({1}, {1}), runner.Floats({1}, {limit})});
  };
  ASSERT_GT(run(3, true, 10), 0);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(1, 2, 2, 3, 2, 3, 3, 4));
  EXPECT_THAT(IntsOf(runner.output(1)), ElementsAre(2, 4, 8));
  ASSERT_GT(run(10, true, 2), 0);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(1, 2, 2, 3));
  EXPECT_THAT(IntsOf(runner.output(1)), ElementsAre(2, 4));
  EXPECT_THAT(runner.kernel_calls(), ElementsAre(0, 1, 2, 3, 4, 0, 1, 2, 3, 4));
  // All lies within the loop, and what a kernel does follows its shapes.
  const std::vector<std::string>& profile = runner.profile();
  ASSERT_EQ(profile.size(), 2u * (1 + 2 * 7));
  EXPECT_EQ(profile.back(), profile.front() + ": -1 flops, -1 bytes");
  EXPECT_EQ(profile[2], "0: 1 flops, 12 bytes");
  EXPECT_EQ(profile[2 + 14], "0: 2 flops, 20 bytes");
  for (const bool go : {true, false}) {
    ASSERT_GT(run(go ? 0 : 10, go, 2), 0);
    EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(1));
    EXPECT_THAT(DimsOf(runner.output(1)), ElementsAre(0));
  }
  ASSERT_GT(run(-5, true, 2), 0);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(1));
}

TEST(ControlFlow, WithoutAConditionALoopEndsByItsCountAlone) {
  ProgramRunner runner(BuildGrowingLoop(true, false, "for.so"));
  ASSERT_EQ(runner.Run({runner.Ints({1}, {3}), runner.Floats({1}, {1}), runner.Floats({1}, {1})}),
            SINTER_OK);
  EXPECT_THAT(IntsOf(runner.output(1)), ElementsAre(2, 4, 8));
}

TEST(ControlFlow, WithoutACountALoopEndsByItsCondition) {
  ProgramRunner runner(BuildGrowingLoop(false, true, "while.so"));
  ASSERT_EQ(runner.Run({runner.Bool(true), runner.Floats({1}, {1}), runner.Floats({1}, {2})}),
            SINTER_OK);
  EXPECT_THAT(IntsOf(runner.output(1)), ElementsAre(2, 4));
}

TEST(ControlFlow, ALoopThatCantEndIsRefused) {
  ProgramRunner runner(BuildGrowingLoop(false, false, "endless.so"));
  EXPECT_EQ(runner.Run({runner.Floats({1}, {1}), runner.Floats({1}, {2})}), SINTER_NOT_SUPPORTED);
  EXPECT_STREQ(runner.failure().node, "loop");
}

// for (i < trips) { items.push_back(i); sum += 1; texts[i] = text += more; }
TEST(ControlFlow, LoopsCarryValuesOfAnyKindInBoundedMemory) {
  ProgramBuilder body("body"), b("loop");
  const int number = body.Input("number", Int());
  const int condition = body.Input("condition", Bool());
  const ir::SlotType sequence = TypeOf(Kind::kSequence, "seq(tensor(int64))");
  const ir::SlotType text = TensorType(DType::kString, {1});
  const int items = body.Input("items", sequence);
  const int sum = body.Input("sum", Floats({1}));
  const int joined = body.Input("joined", text);
  const int more = body.Input("more", text);
  const int more_items = body.Slot("more_items", sequence);
  const int next_sum = body.Slot("next_sum", Floats({1}));
  const int next_text = body.Slot("next_text", text);
  body.Library("SequenceInsert", 11, {items, number}, {more_items});
  body.Fragment(0, {sum}, {next_sum});
  body.Library("StringConcat", 20, {joined, more}, {next_text});
  body.Outputs({condition, more_items, next_sum, next_text, next_text});

  const int trips = b.Input("trips", Int());
  const int no_items = b.Input("no_items", sequence);
  const int x = b.Input("x", Floats({1}));
  const int a = b.Constant("a", StringTensorOf({1}, {"a"}));
  const int bc = b.Constant("bc", StringTensorOf({1}, {"bc"}));
  const int all_items = b.Slot("all_items", sequence);
  const int total = b.Slot("total", Floats({1}));
  const int texts = b.Slot("texts", TensorType(DType::kString, {Sym("data.0"), Sym("data.1")}));
  const int index = AddBody(b, body);
  ir::Step& step =
      b.Library("Loop", 16, {trips, -1, no_items, x, a, bc}, {all_items, total, -1, texts});
  step.subprograms = {index};
  step.attributes = {IntsAttribute("captures", {1})};
  b.Outputs({all_items, total, texts});
  std::vector<ir::ExecutionPlan> fragments;
  fragments.push_back(AddAmount(1, 1));
  ProgramRunner runner(Build(b, std::move(fragments), "kinds_loop.so"));

  const auto inputs = [&](int64_t count) -> std::vector<sinter_value> {
    return {runner.Ints({}, {count}), runner.Sequence({}), runner.Floats({1}, {0})};
  };
  ASSERT_GT(runner.RunShortOfMemory(inputs(3)), 0);
  ASSERT_EQ(runner.output(0).count, 3);
  for (int64_t i = 0; i < 3; ++i) EXPECT_THAT(IntsOf(runner.output(0).items[i]), ElementsAre(i));
  EXPECT_THAT(FloatsOf(runner.output(1)), ElementsAre(3));
  EXPECT_THAT(DimsOf(runner.output(2)), ElementsAre(3, 1));
  EXPECT_THAT(StringsOf(runner.output(2)), ElementsAre("abc", "abcbc", "abcbcbc"));
  ASSERT_EQ(runner.Run(inputs(0)), SINTER_OK);
  EXPECT_EQ(runner.output(0).count, 0);
  EXPECT_THAT(DimsOf(runner.output(2)), ElementsAre(0, 0));
}

TEST(ControlFlow, AMillionIterationsNeedNoMoreMemoryThanOne) {
  ProgramBuilder body("body"), b("loop");
  body.Input("number", Int());
  const int condition = body.Input("condition", Bool());
  const int sum = body.Input("sum", Floats({1}));
  const int next = body.Slot("next", Floats({1}));
  body.Fragment(0, {sum}, {next});
  body.Outputs({condition, next});
  const int trips = b.Input("trips", Int());
  const int x = b.Input("x", Floats({1}));
  const int total = b.Slot("total", Floats({1}));
  const int index = AddBody(b, body);
  ir::Step& step = b.Library("Loop", 16, {trips, -1, x}, {total});
  step.subprograms = {index};
  step.attributes = {IntsAttribute("captures", {0})};
  b.Outputs({total});
  std::vector<ir::ExecutionPlan> fragments;
  fragments.push_back(AddAmount(1, 1));
  ProgramRunner runner(Build(b, std::move(fragments), "long_loop.so"));
  runner.ForgetKernels();
  ASSERT_EQ(runner.Run({runner.Ints({}, {1000000}), runner.Floats({1}, {0})}), SINTER_OK);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(1000000));
  EXPECT_LE(runner.peak_blocks(), 7);
}

// The node that fails is the one inside of the body.
TEST(ControlFlow, TheInnermostNodeIsNamed) {
  ProgramBuilder body("body"), b("loop");
  body.Input("number", Int());
  const int condition = body.Input("condition", Bool());
  const int x = body.Input("x", Floats({Sym("data.0")}));
  const int repeats = body.Input("repeats", TensorType(DType::kInt64, {1}));
  const int tiled = body.Slot("tiled", Floats({Sym("data.1")}));
  body.Library("Tile", 13, {x, repeats}, {tiled});
  body.Outputs({condition, tiled, x});
  const int trips = b.Input("trips", Int());
  const int start = b.Input("start", Floats({Sym("n")}));
  const int times = b.Input("times", TensorType(DType::kInt64, {1}));
  const int total = b.Slot("total", Floats({Sym("data.0")}));
  const int each = b.Slot("each", Floats({Sym("data.1"), Sym("data.2")}));
  const int index = AddBody(b, body);
  ir::Step& step = b.Library("Loop", 16, {trips, -1, start, times}, {total, each});
  step.subprograms = {index};
  step.attributes = {IntsAttribute("captures", {1})};
  b.Outputs({total, each});
  ProgramRunner runner(Build(b, {}, "failing_loop.so"));
  const sinter_value one = runner.Floats({1}, {1}), two = runner.Ints({}, {2});
  EXPECT_EQ(runner.Run({two, one, runner.Ints({1}, {-1})}), SINTER_BAD_VALUE);
  EXPECT_STREQ(runner.failure().node, "tile");
  EXPECT_STREQ(runner.failure().message, "a repeat is negative");
  // The lengths that are collected are 1, then 2.
  EXPECT_EQ(runner.Run({two, one, runner.Ints({1}, {2})}), SINTER_BAD_VALUE);
  EXPECT_STREQ(runner.failure().node, "loop");
  EXPECT_EQ(runner.Run({two, one, runner.Ints({1}, {1})}), SINTER_OK);
  EXPECT_THAT(DimsOf(runner.output(1)), ElementsAre(2, 1));
}

// state += slice; each state is collected.
std::string BuildScan(int64_t version, std::vector<ir::CallAttribute> attributes,
                      ir::SlotType state_type, ir::SlotType x_type, ir::SlotType sums_type,
                      const std::string& name) {
  ProgramBuilder body("body"), b("scan");
  const int state = body.Input("state", Floats({2}));
  const int slice = body.Input("slice", Floats({2}));
  const int next = body.Slot("next", Floats({2}));
  body.Fragment(0, {state, slice}, {next});
  body.Outputs({next, next});
  const int lengths = version < 9 ? b.Input("lengths", TensorType(DType::kInt64, {2})) : -1;
  const int start = b.Input("start", state_type);
  const int x = b.Input("x", std::move(x_type));
  const int last = b.Slot("last", std::move(state_type));
  const int sums = b.Slot("sums", std::move(sums_type));
  const int index = AddBody(b, body);
  const std::vector<int> operands =
      version < 9 ? std::vector<int>{lengths, start, x} : std::vector<int>{start, x};
  ir::Step& step = b.Library("Scan", version, operands, {last, sums});
  step.subprograms = {index};
  step.attributes = std::move(attributes);
  step.attributes.push_back(IntsAttribute("captures", {0}));
  step.attributes.push_back(IntsAttribute("num_scan_inputs", {1}));
  b.Outputs({last, sums});
  std::vector<ir::ExecutionPlan> fragments;
  fragments.push_back(AddTwo(2));
  return Build(b, std::move(fragments), name);
}

TEST(ControlFlow, ScanGoesAlongAxesInBothDirections) {
  const auto run = [](std::vector<ir::CallAttribute> attributes, const std::string& name) {
    return BuildScan(11, std::move(attributes), Floats({2}), Floats({2, Sym("n")}),
                     Floats({2, Sym("n")}), name);
  };
  const auto axes = [] {
    return std::vector<ir::CallAttribute>{IntsAttribute("scan_input_axes", {1}),
                                          IntsAttribute("scan_output_axes", {-1})};
  };
  ProgramRunner forward(run(axes(), "scan.so"));
  // The slices are (1, 2), (3, 4), (5, 6).
  const std::vector<float> x = {1, 3, 5, 2, 4, 6};
  ASSERT_GT(forward.RunShortOfMemory({forward.Floats({2}, {0, 0}), forward.Floats({2, 3}, x)}), 0);
  EXPECT_THAT(FloatsOf(forward.output(0)), ElementsAre(9, 12));
  EXPECT_THAT(FloatsOf(forward.output(1)), ElementsAre(1, 4, 9, 2, 6, 12));

  std::vector<ir::CallAttribute> reversed = axes();
  reversed.push_back(IntsAttribute("scan_input_directions", {1}));
  ProgramRunner backward(run(reversed, "scan_backward.so"));
  ASSERT_EQ(backward.Run({backward.Floats({2}, {0, 0}), backward.Floats({2, 3}, x)}), SINTER_OK);
  EXPECT_THAT(FloatsOf(backward.output(1)), ElementsAre(5, 8, 9, 6, 10, 12));

  reversed = axes();
  reversed.push_back(IntsAttribute("scan_output_directions", {1}));
  ProgramRunner prepended(run(reversed, "scan_prepended.so"));
  ASSERT_EQ(prepended.Run({prepended.Floats({2}, {0, 0}), prepended.Floats({2, 3}, x)}), SINTER_OK);
  EXPECT_THAT(FloatsOf(prepended.output(1)), ElementsAre(9, 4, 1, 12, 6, 2));
}

TEST(ControlFlow, ScanOverNothingGivesNothing) {
  ProgramRunner runner(BuildScan(9, {}, Floats({2}), Floats({Sym("data.0"), 2}),
                                 Floats({Sym("data.0"), 2}), "scan_nothing.so"));
  ASSERT_EQ(runner.Run({runner.Floats({2}, {3, 4}), runner.Floats({0, 2}, {})}), SINTER_OK);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(3, 4));
  EXPECT_THAT(DimsOf(runner.output(1)), ElementsAre(0, 2));
}

// ONNX leaves open what follows a shorter sequence; it is zeros here, as in ONNX Runtime.
TEST(ControlFlow, Scan8GoesThroughABatchOfSequences) {
  const auto build = [](std::vector<ir::CallAttribute> attributes, const std::string& name) {
    return BuildScan(8, std::move(attributes), Floats({2, 2}), Floats({2, 3, 2}), Floats({2, 3, 2}),
                     name);
  };
  const std::vector<float> x = {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60};
  ProgramRunner runner(build({}, "scan8.so"));
  const auto inputs = [&](ProgramRunner& r, std::vector<int64_t> lengths) {
    return std::vector<sinter_value>{r.Ints({2}, lengths), r.Floats({2, 2}, {0, 0, 1, 1}),
                                     r.Floats({2, 3, 2}, x)};
  };
  ASSERT_GT(runner.RunShortOfMemory(inputs(runner, {3, 2})), 0);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(9, 12, 41, 61));
  EXPECT_THAT(FloatsOf(runner.output(1)), ElementsAre(1, 2, 4, 6, 9, 12, 11, 21, 41, 61, 0, 0));
  EXPECT_EQ(runner.Run(inputs(runner, {3, 4})), SINTER_BAD_VALUE);

  ProgramRunner backward(build({IntsAttribute("directions", {1})}, "scan8_backward.so"));
  ASSERT_EQ(backward.Run(inputs(backward, {3, 2})), SINTER_OK);
  EXPECT_THAT(FloatsOf(backward.output(1)), ElementsAre(5, 6, 8, 10, 9, 12, 31, 41, 41, 61, 0, 0));
}

// y[i] = x[i] + 10 and its length, and a tensor that all samples see.
TEST(ControlFlow, SequenceMapRunsItsBodyOnEachItem) {
  ProgramBuilder body("body"), b("map");
  const int item = body.Input("item", Floats({Sym("data.0")}));
  const int common = body.Input("common", UnrankedType(DType::kInt64));
  const int more = body.Slot("more", Floats({Sym("data.0")}));
  const int size = body.Slot("size", Int());
  body.Fragment(0, {item}, {more});
  body.Library("Size", 13, {more}, {size});
  body.Outputs({more, size, common});
  const ir::SlotType floats = TypeOf(Kind::kSequence, "seq(tensor(float))");
  const ir::SlotType ints = TypeOf(Kind::kSequence, "seq(tensor(int64))");
  const int x = b.Input("x", floats);
  const int all = b.Input("all", TensorType(DType::kInt64, {1}));
  const int y = b.Slot("y", floats), sizes = b.Slot("sizes", ints), alls = b.Slot("alls", ints);
  const int index = AddBody(b, body);
  ir::Step& step = b.Library("SequenceMap", 17, {x, all}, {y, sizes, alls});
  step.subprograms = {index};
  step.attributes = {IntsAttribute("captures", {0})};
  b.Outputs({y, sizes, alls});
  std::vector<ir::ExecutionPlan> fragments;
  fragments.push_back(AddAmount(Sym("data.0"), 10));
  ProgramRunner runner(Build(b, std::move(fragments), "map.so"));

  const sinter_value items = runner.Sequence({runner.Floats({2}, {1, 2}), runner.Floats({1}, {3})});
  ASSERT_GT(runner.RunShortOfMemory({items, runner.Ints({1}, {7})}), 0);
  ASSERT_EQ(runner.output(0).count, 2);
  EXPECT_THAT(FloatsOf(runner.output(0).items[0]), ElementsAre(11, 12));
  EXPECT_THAT(FloatsOf(runner.output(0).items[1]), ElementsAre(13));
  EXPECT_THAT(IntsOf(runner.output(1).items[0]), ElementsAre(2));
  EXPECT_THAT(IntsOf(runner.output(2).items[1]), ElementsAre(7));
  ASSERT_EQ(runner.Run({runner.Sequence({}), runner.Ints({1}, {7})}), SINTER_OK);
  EXPECT_EQ(runner.output(0).count, 0);
}

}  // namespace
}  // namespace sinter::codegen
