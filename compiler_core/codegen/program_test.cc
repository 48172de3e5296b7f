// Programs of fragments and library calls, from tables to values.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "compiler_core/codegen/host/compile_host.h"
#include "compiler_core/codegen/testing/build_library.h"
#include "compiler_core/codegen/testing/program_builder.h"
#include "compiler_core/codegen/testing/program_runner.h"
#include "compiler_core/codegen/testing/run_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/sinter_abi.h"

namespace sinter::codegen {
namespace {

using ir::DType;
using ir::SymExpr;
using testing::ElementsAre;

SymExpr Sym(const char* name) { return SymExpr::Symbol(name); }

// y = tile(x + 10, repeats) + 100 for x of [n], n <= 4; beside it x, a constant and strings.
ir::ModelPlan GrowModel() {
  ir::ModelPlan model;
  model.fragments.push_back(AddAmount(Sym("n"), 10));
  model.fragments.push_back(AddAmount(Sym("data.0"), 100));
  ProgramBuilder b("grow");
  const int x = b.Input("x", TensorType(DType::kFloat32, {Sym("n")}));
  const int repeats = b.Input("repeats", TensorType(DType::kInt64, {1}));
  const int constant = b.Constant("constant", TensorOf<int64_t>(DType::kInt64, {2}, {7, -8}));
  const int texts = b.Constant("texts", StringTensorOf({3}, {"one", "", std::string("t\0wo", 4)}));
  const int more = b.Slot("more", TensorType(DType::kFloat32, {Sym("n")}));
  const int tiled = b.Slot("tiled", TensorType(DType::kFloat32, {Sym("data.0")}));
  const int y = b.Slot("y", TensorType(DType::kFloat32, {Sym("data.0")}));
  b.Fragment(0, {x}, {more});
  b.Library("Tile", 13, {more, repeats}, {tiled});
  b.Fragment(1, {tiled}, {y});
  b.Outputs({y, x, constant, texts});
  b.program().ranges = {{"n", 1, 4}};
  // Tiles of less than 13 elements.
  b.program().non_negative = {SymExpr(12) - Sym("data.0")};
  model.program = b.Take();
  return model;
}

class GrowTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    library_ = new std::string(BuildLibrary(GrowModel(), Named("server"), "grow.so"));
  }
  static void TearDownTestSuite() { delete library_; }
  static std::string* library_;
  ProgramRunner runner_{*library_};
};

std::string* GrowTest::library_ = nullptr;

TEST_F(GrowTest, DescribesItself) {
  const sinter_model& model = runner_.model();
  EXPECT_STREQ(model.name, "grow");
  EXPECT_EQ(model.plan, nullptr);
  EXPECT_EQ(model.run, nullptr);
  ASSERT_EQ(model.num_inputs, 2);
  EXPECT_STREQ(model.inputs[0].name, "x");
  EXPECT_EQ(model.inputs[0].rank, 1);
  EXPECT_EQ(model.inputs[0].dims[0], SINTER_DYNAMIC);
  EXPECT_STREQ(model.inputs[0].dim_names[0], "n");
  EXPECT_EQ(model.inputs[1].dims[0], 1);
  ASSERT_EQ(model.num_outputs, 4);
  EXPECT_EQ(model.outputs[3].dtype, SINTER_STRING);
  EXPECT_EQ(model.input_types, nullptr) << "all are tensors";
  ASSERT_EQ(model.num_kernel_calls, 5);
  EXPECT_STREQ(model.kernel_calls[3].nodes, "copy");
  EXPECT_STREQ(model.kernel_calls[4].kernel, "sinter_op_Tile");
  EXPECT_STREQ(model.kernel_calls[4].nodes, "tile");
  EXPECT_STREQ(model.kernel_call_ops[0], "Add");
  EXPECT_STREQ(model.kernel_call_ops[4], "Tile");
}

TEST_F(GrowTest, RunsFragmentsAroundACall) {
  ASSERT_EQ(runner_.Run({runner_.Floats({2}, {1, 2}), runner_.Ints({1}, {3})}), SINTER_OK);
  EXPECT_THAT(FloatsOf(runner_.output(0)), ElementsAre(111, 112, 111, 112, 111, 112));
  EXPECT_THAT(FloatsOf(runner_.output(1)), ElementsAre(1, 2));
  EXPECT_THAT(IntsOf(runner_.output(2)), ElementsAre(7, -8));
  EXPECT_THAT(StringsOf(runner_.output(3)), ElementsAre("one", "", std::string("t\0wo", 4)));
  EXPECT_THAT(runner_.kernel_calls(), ElementsAre(0, 1, 2, 3));
}

TEST_F(GrowTest, TellsProfilesWhatItDoes) {
  ASSERT_EQ(runner_.Run({runner_.Floats({2}, {1, 2}), runner_.Ints({1}, {3})}), SINTER_OK);
  EXPECT_THAT(runner_.profile(),
              ElementsAre("0", "0: 2 flops, 20 bytes", "1", "1: 0 flops, 0 bytes",  //
                          "4", "4: -1 flops, -1 bytes",                             //
                          "2", "2: 6 flops, 52 bytes", "3", "3: 0 flops, 0 bytes"));
}

TEST_F(GrowTest, AnOutputThatIsAnInputOutlivesIt) {
  sinter_value x = runner_.Floats({2}, {1, 2});
  ASSERT_EQ(runner_.Run({x, runner_.Ints({1}, {1})}), SINTER_OK);
  static_cast<float*>(x.data)[0] = 99;
  EXPECT_THAT(FloatsOf(runner_.output(1)), ElementsAre(1, 2));
}

TEST_F(GrowTest, WhatDataDecidesMayBeEmpty) {
  ASSERT_EQ(runner_.Run({runner_.Floats({2}, {1, 2}), runner_.Ints({1}, {0})}), SINTER_OK);
  EXPECT_THAT(DimsOf(runner_.output(0)), ElementsAre(0));
}

TEST_F(GrowTest, InputsThatDoNotFitAreNamed) {
  const auto expect = [&](const sinter_value& x, const sinter_value& repeats, int input, int dim) {
    EXPECT_EQ(runner_.Run({x, repeats}), SINTER_BAD_SHAPE);
    EXPECT_EQ(runner_.failure().bad_input, input);
    EXPECT_EQ(runner_.failure().bad_dim, dim);
    EXPECT_EQ(runner_.failure().node, nullptr);
    EXPECT_NE(runner_.failure().message, nullptr);
  };
  const sinter_value one = runner_.Ints({1}, {1}), x = runner_.Floats({2}, {1, 2});
  expect(runner_.Floats({5}, {1, 2, 3, 4, 5}), one, 0, 0);
  expect(runner_.Floats({0}, {}), one, 0, 0);
  expect(runner_.Floats({2, 1}, {1, 2}), one, 0, -1);
  expect(runner_.Ints({2}, {1, 2}), one, 0, -1);
  expect(x, runner_.Ints({2}, {1, 1}), 1, 0);
  expect(x, runner_.Sequence({one}), 1, -1);
  expect(x, sinter_value{}, 1, -1);
}

TEST_F(GrowTest, ANodeThatFailsIsNamed) {
  EXPECT_EQ(runner_.Run({runner_.Floats({2}, {1, 2}), runner_.Ints({1}, {-1})}), SINTER_BAD_VALUE);
  EXPECT_STREQ(runner_.failure().node, "tile");
  EXPECT_STREQ(runner_.failure().message, "a repeat is negative");
  EXPECT_EQ(runner_.failure().bad_input, -1);
}

TEST_F(GrowTest, WhatShapesWereDerivedOnIsCheckedWhenItIsKnown) {
  EXPECT_EQ(runner_.Run({runner_.Floats({4}, {1, 2, 3, 4}), runner_.Ints({1}, {3})}), SINTER_OK);
  EXPECT_EQ(runner_.Run({runner_.Floats({4}, {1, 2, 3, 4}), runner_.Ints({1}, {4})}),
            SINTER_BAD_SHAPE);
  EXPECT_STREQ(runner_.failure().node, "tile");
  EXPECT_EQ(runner_.failure().bad_input, -1);
}

TEST_F(GrowTest, LackOfMemoryAnywhereIsSurvived) {
  // The frame, three tensors, the arenas of two fragments, the copy of x.
  EXPECT_EQ(runner_.RunShortOfMemory({runner_.Floats({2}, {1, 2}), runner_.Ints({1}, {3})}), 7);
  EXPECT_LE(runner_.peak_blocks(), 4) << "values go after their last use";
}

// The foreign architectures run under qemu, by a C program.
class GrowCrossCompiled : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(GrowCrossCompiled, RunsUnderEmulation) {
  const auto [target, arch] = GetParam();
  const std::string library =
      BuildLibrary(GrowModel(), Named(target), std::string("grow_") + arch + ".so");
  EXPECT_EQ(EmulatedOutput("run_grow", arch, library),
            "111 112 111 112 111 112 one 3 tile: a repeat is negative, 0 blocks\n");
}

INSTANTIATE_TEST_SUITE_P(Targets, GrowCrossCompiled,
                         testing::Values(std::make_pair("aarch64-neon", "aarch64"),
                                         std::make_pair("riscv64-rvv", "riscv64")),
                         [](const auto& info) { return std::string(info.param.second); });

TEST_F(GrowTest, TheLibraryExportsOneSymbolAndNeedsNothing) {
  const std::string symbols = Output("/usr/lib/llvm-19/bin/llvm-readelf --dyn-syms " + *library_);
  EXPECT_THAT(symbols, testing::HasSubstr("sinter_model_v1"));
  EXPECT_THAT(symbols, testing::HasSubstr("contains 2 entries")) << "one is the null symbol";
  const std::string all = Output("/usr/lib/llvm-19/bin/llvm-readelf --syms " + *library_);
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("sinter_op_Concat"))) << "not called";
}

// Symbols: an expression before its symbols are known, one dimension twice, a fixed one.
TEST(Program, ShapesAreBoundAndChecked) {
  ir::ModelPlan model;
  ProgramBuilder b("shapes");
  const int x = b.Input("x", TensorType(DType::kFloat32, {Sym("n") * 2, 3}));
  const int y = b.Input("y", TensorType(DType::kFloat32, {Sym("n"), Sym("n")}));
  const int any = b.Input("any", UnrankedType(DType::kFloat32));
  const int z = b.Slot("z", TensorType(DType::kFloat32, {Sym("n") + 1}));
  b.Library("Identity", 16, {any}, {z});
  b.Outputs({z, x, y});
  model.program = b.Take();
  ProgramRunner runner(BuildLibrary(model, Named("server"), "shapes.so"));
  EXPECT_EQ(runner.model().inputs[2].rank, SINTER_DYNAMIC);
  const sinter_value six = runner.Floats({4, 3}, std::vector<float>(12)),
                     square = runner.Floats({2, 2}, {1, 2, 3, 4}),
                     three = runner.Floats({3}, {7, 8, 9});
  EXPECT_EQ(runner.Run({six, square, three}), SINTER_OK);
  EXPECT_THAT(FloatsOf(runner.output(0)), ElementsAre(7, 8, 9));

  EXPECT_EQ(runner.Run({runner.Floats({5, 3}, std::vector<float>(15)), square, three}),
            SINTER_BAD_SHAPE);
  EXPECT_EQ(runner.Run({six, runner.Floats({2, 1}, {1, 2}), three}), SINTER_BAD_SHAPE);
  EXPECT_EQ(runner.failure().bad_input, 1);
  EXPECT_EQ(runner.failure().bad_dim, 1);
  EXPECT_EQ(runner.Run({six, square, square}), SINTER_BAD_SHAPE);
  EXPECT_STREQ(runner.failure().node, "identity");
  EXPECT_EQ(runner.Run({six, square, runner.Floats({2}, {7, 8})}), SINTER_BAD_SHAPE);
  EXPECT_STREQ(runner.failure().node, "identity");
}

// Sequences and optionals as inputs and outputs.
TEST(Program, ValuesOfOtherKindsPass) {
  using Kind = ir::SlotType::Kind;
  ir::ModelPlan model;
  ProgramBuilder b("kinds");
  const int items = b.Input("items", TypeOf(Kind::kSequence, "seq(tensor(float))"));
  const int maybe = b.Input("maybe", TypeOf(Kind::kOptional, "optional(tensor(int64))"));
  const int length = b.Slot("length", TensorType(DType::kInt64, {}));
  b.Library("SequenceLength", 11, {items}, {length});
  b.Outputs({items, maybe, length});
  model.program = b.Take();
  ProgramRunner runner(BuildLibrary(model, Named("server"), "kinds.so"));
  EXPECT_STREQ(runner.model().input_types[0], "seq(tensor(float))");
  EXPECT_STREQ(runner.model().output_types[1], "optional(tensor(int64))");
  EXPECT_STREQ(runner.model().output_types[2], "tensor(int64)");
  EXPECT_EQ(runner.model().inputs[0].rank, SINTER_DYNAMIC);

  const sinter_value sequence =
      runner.Sequence({runner.Floats({1}, {1}), runner.Floats({2, 1}, {2, 3})});
  runner.RunShortOfMemory({sequence, sinter_value{}});
  ASSERT_EQ(runner.output(0).count, 2);
  EXPECT_THAT(FloatsOf(runner.output(0).items[1]), ElementsAre(2, 3));
  EXPECT_EQ(runner.output(1).kind, SINTER_NONE);
  EXPECT_THAT(IntsOf(runner.output(2)), ElementsAre(2));
  ASSERT_EQ(runner.Run({sequence, runner.Ints({1}, {5})}), SINTER_OK);
  EXPECT_THAT(IntsOf(runner.output(1)), ElementsAre(5));

  const sinter_value mixed = runner.Sequence({runner.Floats({1}, {1}), runner.Ints({1}, {2})});
  EXPECT_EQ(runner.Run({mixed, sinter_value{}}), SINTER_BAD_SHAPE);
  EXPECT_EQ(runner.failure().bad_input, 0);
  EXPECT_EQ(runner.Run({sequence, runner.Floats({1}, {1})}), SINTER_BAD_SHAPE);
  EXPECT_EQ(runner.failure().bad_input, 1);
}

// What the program says of its values is not what its steps make of them.
TEST(Program, ContradictionsAreInternalErrors) {
  const auto compile = [](ir::ModelPlan model) {
    return CompileHost(model, Named("server"), false).status();
  };
  ir::ModelPlan unknown = GrowModel();
  unknown.program->steps[1].function = "NoSuchOperator";
  EXPECT_THAT(compile(std::move(unknown)),
              base::StatusIs(absl::StatusCode::kInternal,
                             testing::HasSubstr("`sinter_op_NoSuchOperator`")));
  ir::ModelPlan early = GrowModel();
  std::swap(early.program->steps[0], early.program->steps[1]);
  EXPECT_THAT(compile(std::move(early)),
              base::StatusIs(absl::StatusCode::kInternal, testing::HasSubstr("before")));
  ir::ModelPlan twice = GrowModel();
  twice.program->steps[2].outputs = twice.program->steps[0].outputs;
  EXPECT_THAT(compile(std::move(twice)), base::StatusIs(absl::StatusCode::kInternal));
  ir::ModelPlan unbound = GrowModel();
  unbound.fragments[0] = AddAmount(Sym("data.0"), 1);
  EXPECT_THAT(compile(std::move(unbound)),
              base::StatusIs(absl::StatusCode::kInternal, testing::HasSubstr("no value yet")));
  ir::ModelPlan type = GrowModel();
  type.fragments[1].signature.inputs[0].dtype = DType::kInt32;
  EXPECT_THAT(compile(std::move(type)), base::StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace sinter::codegen
