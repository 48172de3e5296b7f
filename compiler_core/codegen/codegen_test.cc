// From loops and a plan to a library that runs: kernel, host, weights and link together.
#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/status_matchers.h"
#include "compiler_core/codegen/testing/build_library.h"
#include "compiler_core/codegen/testing/run_command.h"
#include "compiler_core/ir/execution_plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/sinter_abi.h"

namespace sinter::codegen {
namespace {

using ir::SymExpr;

// out[i] = a[i] + w[i mod period], by vectors and a tail.
constexpr char kAddLoops[] = R"(
func.func @kernel(%a: memref<?xf32>, %w: memref<?xf32>, %out: memref<?xf32>, %period: index,
                  %begin: index, %end: index) {
  %c1 = arith.constant 1 : index
  scf.for %i = %begin to %end step %c1 {
    %j = arith.remui %i, %period : index
    %x = memref.load %a[%i] : memref<?xf32>
    %y = memref.load %w[%j] : memref<?xf32>
    %z = arith.addf %x, %y : f32
    memref.store %z, %out[%i] : memref<?xf32>
  }
  return
})";

// out[0] = the sum of a, by vectors of 8.
constexpr char kSumLoops[] = R"(
func.func @kernel(%a: memref<?xf32>, %out: memref<?xf32>, %n: index, %begin: index, %end: index) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant dense<0.0> : vector<8xf32>
  %sum = scf.for %i = %c0 to %n step %c8 iter_args(%s = %zero) -> vector<8xf32> {
    %rest = arith.subi %n, %i : index
    %mask = vector.create_mask %rest : vector<8xi1>
    %x = vector.maskedload %a[%i], %mask, %zero
        : memref<?xf32>, vector<8xi1>, vector<8xf32> into vector<8xf32>
    %t = arith.addf %s, %x : vector<8xf32>
    scf.yield %t : vector<8xf32>
  }
  %total = vector.reduction <add>, %sum : vector<8xf32> into f32
  memref.store %total, %out[%c0] : memref<?xf32>
  return
})";

ir::BufferRef Buffer(ir::BufferRef::Space space, int index = 0, SymExpr offset = 0) {
  ir::BufferRef buffer;
  buffer.space = space;
  buffer.index = index;
  buffer.offset = offset;
  return buffer;
}

// y = x + w for x of [rows, 4] (rows <= 100); total = the sum of y, in [1]; y passes the arena.
ir::ModelPlan AddAndSumModel() {
  using Space = ir::BufferRef::Space;
  const SymExpr elements = SymExpr::Symbol("rows") * 4;
  ir::ExecutionPlan plan;
  plan.signature.model_name = "add_and_sum";
  plan.signature.inputs = {{"x", ir::DType::kFloat32, {SymExpr::Symbol("rows"), 4}}};
  plan.signature.outputs = {{"y", ir::DType::kFloat32, {SymExpr::Symbol("rows"), 4}},
                            {"total", ir::DType::kFloat32, {1}}};
  plan.signature.ranges = {{"rows", 1, 100}};
  // True from 3 on, and from 2 on.
  plan.signature.equalities = {{Max(SymExpr::Symbol("rows"), 3), SymExpr::Symbol("rows")}};
  plan.signature.non_negative = {SymExpr::Symbol("rows") - 2};
  plan.kernels = {{"k_add", kAddLoops}, {"k_sum", kSumLoops}};
  plan.arena_bytes = elements * 4 + 64;
  const auto arena = Buffer(Space::kArena, 0, 64);
  const auto weights = Buffer(Space::kWeights, 0, 64);
  plan.calls = {
      {0, {Buffer(Space::kInput), weights, arena}, {4}, elements, elements * 1000, {"add"}, false},
      {0, {arena, Buffer(Space::kWeights), Buffer(Space::kOutput)}, {1}, elements, 10, {"copy"}},
      {1, {Buffer(Space::kOutput), Buffer(Space::kOutput, 1)}, {elements}, 1, 10, {"sum"}, true}};
  plan.weight_bytes = 80;
  plan.weights = {{0, 4, [](char* out) { std::fill(out, out + 4, 0); }},
                  {64, 16, [](char* out) {
                     const float values[] = {10, 20, 30, 40};
                     std::copy_n(reinterpret_cast<const char*>(values), 16, out);
                   }}};
  const SymExpr squared = SymExpr::Symbol("rows") * SymExpr::Symbol("rows");
  plan.calls[0].work = {{elements}, 0, elements * 8 + 16, ir::DType::kFloat32, {"Add"}};
  plan.calls[2].work = {{elements, 7}, squared, SymExpr::Symbol("elsewhere"), {}, {"Sum", "Sin"}};
  ir::ModelPlan model;
  model.fragments.push_back(std::move(plan));
  return model;
}

class CompiledModel : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    library_ = new std::string(BuildLibrary(AddAndSumModel(), Named("server"), "host.so"));
  }
  static void TearDownTestSuite() { delete library_; }

  void SetUp() override {
    handle_ = dlopen(library_->c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(handle_, nullptr) << dlerror();
    auto entry = reinterpret_cast<sinter_model_v1_fn>(dlsym(handle_, SINTER_MODEL_SYMBOL));
    ASSERT_NE(entry, nullptr);
    model_ = entry();
  }
  void TearDown() override { EXPECT_EQ(dlclose(handle_), 0); }

  static std::string* library_;
  void* handle_ = nullptr;
  const sinter_model* model_ = nullptr;
};

std::string* CompiledModel::library_ = nullptr;

TEST_F(CompiledModel, DescribesItself) {
  EXPECT_EQ(model_->abi_version, SINTER_ABI_VERSION);
  EXPECT_EQ(model_->struct_size, sizeof(sinter_model));
  EXPECT_STREQ(model_->name, "add_and_sum");
  ASSERT_EQ(model_->num_inputs, 1);
  ASSERT_EQ(model_->num_outputs, 2);
  EXPECT_STREQ(model_->inputs[0].name, "x");
  EXPECT_EQ(model_->inputs[0].dtype, 1);
  EXPECT_EQ(model_->inputs[0].rank, 2);
  EXPECT_EQ(model_->inputs[0].dims[0], SINTER_DYNAMIC);
  EXPECT_EQ(model_->inputs[0].dims[1], 4);
  EXPECT_STREQ(model_->inputs[0].dim_names[0], "rows");
  EXPECT_STREQ(model_->inputs[0].dim_names[1], "");
  EXPECT_EQ(model_->outputs[1].dims[0], 1);
  ASSERT_EQ(model_->num_kernel_calls, 3);
  EXPECT_STREQ(model_->kernel_calls[0].kernel, "k_add");
  EXPECT_STREQ(model_->kernel_calls[2].nodes, "sum");
}

// What plan() says for an input of these dimensions.
struct Planned {
  int32_t status;
  sinter_plan plan;
  int64_t y[2], total[1];
  int64_t* outputs[2] = {y, total};
};

Planned PlanFor(const sinter_model* model, int64_t rows, int64_t columns) {
  Planned planned = {};
  planned.outputs[0] = planned.y;
  planned.outputs[1] = planned.total;
  planned.plan.output_dims = planned.outputs;
  const int64_t dims[] = {rows, columns};
  const int64_t* inputs[] = {dims};
  planned.status = model->plan(inputs, &planned.plan);
  return planned;
}

TEST_F(CompiledModel, PlansByInputShape) {
  const Planned planned = PlanFor(model_, 7, 4);
  EXPECT_EQ(planned.status, SINTER_OK);
  EXPECT_EQ(planned.plan.arena_bytes, 7u * 16 + 64);
  EXPECT_THAT(planned.y, testing::ElementsAre(7, 4));
  EXPECT_THAT(planned.total, testing::ElementsAre(1));
}

TEST_F(CompiledModel, RefusesShapesThatContradictTheModel) {
  const Planned columns = PlanFor(model_, 7, 5);
  EXPECT_EQ(columns.status, SINTER_BAD_SHAPE);
  EXPECT_EQ(columns.plan.bad_input, 0);
  EXPECT_EQ(columns.plan.bad_dim, 1);
  EXPECT_EQ(PlanFor(model_, 0, 4).status, SINTER_BAD_SHAPE);
  EXPECT_EQ(PlanFor(model_, 100, 4).status, SINTER_OK);
  EXPECT_EQ(PlanFor(model_, 101, 4).status, SINTER_BAD_SHAPE);
}

TEST_F(CompiledModel, ChecksWhatTheShapesWereDerivedOn) {
  EXPECT_EQ(PlanFor(model_, 1, 4).status, SINTER_BAD_SHAPE);
  const Planned two = PlanFor(model_, 2, 4);
  EXPECT_EQ(two.status, SINTER_BAD_SHAPE);
  EXPECT_EQ(two.plan.bad_input, 0);
  EXPECT_EQ(two.plan.bad_dim, 0);
  EXPECT_EQ(PlanFor(model_, 3, 4).status, SINTER_OK);
}

struct Calls {
  std::vector<int32_t> kernels;
  std::vector<int64_t> parallel_counts;
};

void InTwoParts(void* pool, int64_t count, int64_t grain, sinter_task task, void* closure) {
  EXPECT_GE(grain, 1);
  static_cast<Calls*>(pool)->parallel_counts.push_back(count);
  task(closure, count / 2, count);
  task(closure, 0, count / 2);
}

void Note(void* user, int32_t call) { static_cast<Calls*>(user)->kernels.push_back(call); }

void RunAndCheck(const sinter_model* model, const sinter_context& context, int64_t rows) {
  alignas(64) float x[400], y[400], total[16];
  alignas(64) char arena[2000];
  std::iota(x, x + rows * 4, 1);
  const int64_t dims[] = {rows, 4};
  const sinter_tensor input = {x, dims};
  const sinter_tensor outputs[] = {{y, nullptr}, {total, nullptr}};
  ASSERT_EQ(model->run(&input, outputs, arena, &context), SINTER_OK);
  float sum = 0;
  for (int i = 0; i < rows * 4; ++i) {
    ASSERT_EQ(y[i], x[i] + 10 * (1 + i % 4)) << i;
    sum += y[i];
  }
  EXPECT_EQ(total[0], sum);
}

TEST_F(CompiledModel, RunsInline) {
  sinter_context context = {};
  context.struct_size = sizeof(context);
  context.num_threads = 1;
  RunAndCheck(model_, context, 5);
  RunAndCheck(model_, context, 100);
}

TEST_F(CompiledModel, SplitsOnlyWhatIsWorthIt) {
  Calls calls;
  sinter_context context = {};
  context.struct_size = sizeof(context);
  context.num_threads = 2;
  context.pool = &calls;
  context.parallel_for = InTwoParts;
  context.on_kernel = Note;
  context.on_kernel_user = &calls;
  RunAndCheck(model_, context, 100);
  EXPECT_THAT(calls.kernels, testing::ElementsAre(0, 1, 2));
  EXPECT_THAT(calls.parallel_counts, testing::ElementsAre(400));
  RunAndCheck(model_, context, 5);
  EXPECT_THAT(calls.parallel_counts, testing::ElementsAre(400));
}

struct Told {
  std::vector<int32_t> begun;
  std::vector<std::vector<int64_t>> ended;  // call, flops, bytes, dtype, then each node's flops
};

void Tell(void* user, int32_t call, const sinter_work* work) {
  Told* const told = static_cast<Told*>(user);
  if (work == nullptr) return told->begun.push_back(call);
  told->ended.push_back({call, work->flops, work->bytes, work->dtype});
  told->ended.back().insert(told->ended.back().end(), work->node_flops,
                            work->node_flops + work->num_nodes);
}

TEST_F(CompiledModel, TellsProfilesWhatItDoes) {
  EXPECT_STREQ(model_->kernel_call_ops[0], "Add");
  EXPECT_STREQ(model_->kernel_call_ops[1], "");
  EXPECT_STREQ(model_->kernel_call_ops[2], "Sum,Sin");
  Told told;
  sinter_context context = {};
  context.struct_size = sizeof(context);
  context.num_threads = 1;
  context.on_call = Tell;
  context.on_call_user = &told;
  RunAndCheck(model_, context, 5);
  EXPECT_THAT(told.begun, testing::ElementsAre(0, 1, 2));
  using testing::ElementsAre;
  EXPECT_THAT(told.ended, ElementsAre(ElementsAre(0, 20, 176, 1, 20), ElementsAre(1, 0, 0, 0),
                                      ElementsAre(2, 20 + 7 + 25, /*not known*/ -1, 0, 20, 7)));
  told.ended.clear();
  RunAndCheck(model_, context, 100);
  EXPECT_THAT(told.ended[0], ElementsAre(0, 400, 3216, 1, 400));
}

TEST_F(CompiledModel, OlderContextsHaveNoProfile) {
  Told told;
  sinter_context context = {};
  context.struct_size = offsetof(sinter_context, on_call);
  context.num_threads = 1;
  context.on_call = Tell;
  context.on_call_user = &told;
  RunAndCheck(model_, context, 5);
  EXPECT_TRUE(told.begun.empty());
}

TEST_F(CompiledModel, ExportsOneSymbolAndNeedsNothing) {
  const std::string symbols = Output("/usr/lib/llvm-19/bin/llvm-readelf --dyn-syms " + *library_);
  EXPECT_THAT(symbols, testing::HasSubstr("sinter_model_v1"));
  EXPECT_THAT(symbols, testing::HasSubstr("contains 2 entries")) << "one is the null symbol";
  const std::string dynamic = Output("/usr/lib/llvm-19/bin/llvm-readelf -d -l " + *library_);
  EXPECT_THAT(dynamic, testing::Not(testing::HasSubstr("NEEDED")));
  EXPECT_THAT(dynamic, testing::Not(testing::HasSubstr("RWE")));
}

TEST_F(CompiledModel, SameInputsSameBytes) {
  const std::string again = BuildLibrary(AddAndSumModel(), Named("server"), "other_name.so");
  auto first = base::DigestOfFile(*library_);
  auto second = base::DigestOfFile(again);
  ASSERT_THAT(first.status(), base::IsOk());
  ASSERT_THAT(second.status(), base::IsOk());
  EXPECT_EQ(*first, *second);
}

// The foreign architectures run under qemu, by a C program that checks as RunAndCheck does.
class CrossCompiled : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(CrossCompiled, RunsUnderEmulation) {
  const auto [target, arch] = GetParam();
  const std::string library =
      BuildLibrary(AddAndSumModel(), Named(target), std::string(target) + ".so");
  EXPECT_EQ(EmulatedOutput("run_add_and_sum", arch, library), "rows 100 total 90200\n");
}

INSTANTIATE_TEST_SUITE_P(Targets, CrossCompiled,
                         testing::Values(std::make_pair("aarch64-neon", "aarch64"),
                                         std::make_pair("aarch64-sve256", "aarch64"),
                                         std::make_pair("aarch64-sve512", "aarch64"),
                                         std::make_pair("riscv64-rvv", "riscv64"),
                                         std::make_pair("riscv64-rvv256", "riscv64"),
                                         std::make_pair("riscv64-rvv512", "riscv64")),
                         [](const auto& info) {
                           std::string name = info.param.first;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Vectors of a fixed width lie in the registers of SVE, not in two or four of Advanced SIMD.
TEST(CrossCompiled, SveHoldsFixedVectors) {
  const std::string library = BuildLibrary(AddAndSumModel(), Named("aarch64-sve256"), "sve.so");
  EXPECT_THAT(Output("/usr/lib/llvm-19/bin/llvm-objdump -d --mattr=+sve " + library),
              testing::ContainsRegex("ld1w.*z[0-9]+\\.s"));
}

// Under Node.js, which reads the same interface with pointers of 32 bits.
TEST(CrossCompiled, RunsAsWebAssembly) {
  const std::string library =
      BuildLibrary(AddAndSumModel(), Named("wasm32-simd128"), "add_and_sum.wasm");
  EXPECT_EQ(Output("node compiler_core/codegen/testing/run_add_and_sum.js " + library),
            "rows 100 total 90200\n");
}

}  // namespace
}  // namespace sinter::codegen
