#include "runtime/session.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/loaded_model.h"
#include "runtime/tensor.h"
#include "runtime/thread_pool.h"

// Counts every allocation of this program, to prove that a repeated run makes none.
static std::atomic<int64_t> g_allocations{0};
void* operator new(size_t size) {
  ++g_allocations;
  return std::malloc(size);
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, size_t) noexcept { std::free(block); }

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

template <typename T>
Tensor Filled(Dtype dtype, std::vector<int64_t> dims, T first, T step) {
  Tensor tensor = *Tensor::Make(dtype, dims);
  for (T& value : tensor.mutable_values<T>()) {
    value = first;
    first += step;
  }
  return tensor;
}

// Inputs of the affine model: x = 0, 1, 2, ...; a = 2; b = 1.
struct AffineInputs {
  explicit AffineInputs(int64_t batch)
      : x(Filled<float>(Dtype::kFloat32, {batch, 4}, 0, 1)),
        a(Filled<float>(Dtype::kFloat32, {}, 2, 0)),
        b(Filled<float>(Dtype::kFloat32, {batch, 4}, 1, 0)) {}
  std::vector<TensorView> views() const { return {x.view(), a.view(), b.view()}; }
  Tensor x, a, b;
};

bool IsAffineResult(const Tensor& y, int64_t batch) {
  if (y.dims() != std::vector<int64_t>{batch, 4}) return false;
  for (int64_t i = 0; i < batch * 4; ++i) {
    if (y.values<float>()[i] != 2.0f * i + 1) return false;
  }
  return true;
}

TEST(SessionTest, ComputesAtEveryBatchSizeWithAndWithoutThreads) {
  ThreadPool pool(3);
  for (ThreadPool* const threads : {static_cast<ThreadPool*>(nullptr), &pool}) {
    Session session(Open("affine_model"), threads);
    for (const int64_t batch : {3, 1, 500, 0, 3}) {
      const AffineInputs inputs(batch);
      ASSERT_THAT(session.Run(inputs.views()), IsOk());
      EXPECT_TRUE(IsAffineResult(session.outputs()[0], batch)) << batch;
    }
  }
}

TEST(SessionTest, AllocatesOnlyOnTheFirstOfEqualCalls) {
  ThreadPool pool(2);
  Session session(Open("affine_model"), &pool);
  const AffineInputs inputs(200);
  const std::vector<TensorView> views = inputs.views();
  ASSERT_THAT(session.Run(views), IsOk());
  const void* const output = session.outputs()[0].data();
  const int64_t before = g_allocations.load();
  bool ok = true;
  for (int i = 0; i < 10; ++i) ok &= session.Run(views).ok();
  EXPECT_EQ(g_allocations.load(), before);
  EXPECT_TRUE(ok);
  EXPECT_EQ(session.outputs()[0].data(), output);
}

TEST(SessionTest, SessionsOfOneModelRunAtTheSameTime) {
  const auto model = Open("affine_model");
  ThreadPool pool(2);
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int64_t caller = 1; caller <= 4; ++caller) {
    callers.emplace_back([&, caller] {
      Session session(model, &pool);
      for (int64_t round = 0; round < 50; ++round) {
        const AffineInputs inputs(caller * 20 + round % 3);
        right += session.Run(inputs.views()).ok() &&
                 IsAffineResult(session.outputs()[0], caller * 20 + round % 3);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right.load(), 4 * 50);
}

TEST(SessionTest, ASessionRunsOnInAForkedChild) {
  ThreadPool pool(3);
  Session session(Open("affine_model"), &pool);
  const AffineInputs inputs(100);
  ASSERT_THAT(session.Run(inputs.views()), IsOk());
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool right =
        session.Run(inputs.views()).ok() && IsAffineResult(session.outputs()[0], 100);
    _exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(SessionTest, NamesTheInputThatDoesNotFit) {
  Session session(Open("affine_model"), nullptr);
  const AffineInputs good(2);
  const auto run = [&](const Tensor& x) {
    return session.Run({x.view(), good.a.view(), good.b.view()});
  };
  const auto wrong = [](auto... parts) {
    return StatusIs(StatusCode::kInvalidArgument, AllOf(HasSubstr(parts)...));
  };
  EXPECT_THAT(run(Filled<int32_t>(Dtype::kInt32, {2, 4}, 0, 0)),
              wrong("`x`", "type int32", "float32[batch,4]"));
  EXPECT_THAT(run(Filled<float>(Dtype::kFloat32, {2}, 0, 0)),
              wrong("`x`", "rank must be 2, not 1"));
  EXPECT_THAT(run(Filled<float>(Dtype::kFloat32, {2, 5}, 0, 0)),
              wrong("`x` has shape [2,5]", "dimension 1 must be 4, not 5"));
  EXPECT_THAT(run(Filled<float>(Dtype::kFloat32, {3, 4}, 0, 0)),
              wrong("`b` has shape [2,4]", "dimension 0 contradicts"));
  EXPECT_THAT(session.Run({good.x.view()}), wrong("got 1 inputs", "`x`, `a`, `b`"));
  TensorView unaligned = good.x.view();
  unaligned.data = static_cast<const char*>(unaligned.data) + 4;
  EXPECT_THAT(session.Run({unaligned, good.a.view(), good.b.view()}), wrong("multiple of 64"));
  const std::vector<int64_t> dims = {2, 4};
  EXPECT_THAT(session.Run({{Dtype::kFloat32, dims, nullptr}, good.a.view(), good.b.view()}),
              wrong("`x` has no data"));
  EXPECT_THAT(session.Execute(), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(session.Run(good.views()), IsOk());
}

TEST(SessionTest, AnIndexOutsideOfItsTensorIsTheInputsFault) {
  Session session(Open("gather_model"), nullptr);
  const Tensor table = Filled<float>(Dtype::kFloat32, {3, 2}, 0, 1);
  ASSERT_THAT(session.Run({table.view(), Filled<int64_t>(Dtype::kInt64, {2}, 2, -2).view()}),
              IsOk());
  EXPECT_THAT(session.outputs()[0].values<float>(), ElementsAre(4, 5, 0, 1));
  EXPECT_THAT(session.Run({table.view(), Filled<int64_t>(Dtype::kInt64, {1}, 3, 0).view()}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("index")));
}

TEST(SessionTest, ReportsWhatAModelMayNotDo) {
  Session unknown(Open("unknown_code"), nullptr);
  EXPECT_THAT(unknown.Run({}), StatusIs(StatusCode::kInternal, HasSubstr("77")));
  Session huge(Open("huge_arena"), nullptr);
  EXPECT_THAT(huge.Run({}), StatusIs(StatusCode::kResourceExhausted, HasSubstr("working memory")));
}

TEST(OrderInputsTest, FollowsTheModelsOrder) {
  const auto model = Open("affine_model");
  std::vector<NamedTensor> named;
  for (const char* const name : {"b", "x", "a"})
    named.push_back({name, *Tensor::Make(Dtype::kInt8, {})});
  SINTER_ASSERT_OK_AND_ASSIGN(const auto ordered, OrderInputs(*model, named));
  EXPECT_EQ(ordered[0].data, named[1].tensor.data());
  EXPECT_EQ(ordered[2].data, named[0].tensor.data());
}

TEST(OrderInputsTest, SaysWhichNameIsWrong) {
  const auto model = Open("affine_model");
  std::vector<NamedTensor> named;
  named.push_back({"x", Tensor()});
  EXPECT_THAT(OrderInputs(*model, named),
              StatusIs(StatusCode::kNotFound, HasSubstr("`a` is not given (float32[])")));
  named.push_back({"x", Tensor()});
  EXPECT_THAT(OrderInputs(*model, named), StatusIs(StatusCode::kAlreadyExists, HasSubstr("`x`")));
  named[1].name = "z";
  EXPECT_THAT(OrderInputs(*model, named),
              StatusIs(StatusCode::kNotFound, AllOf(HasSubstr("`z`"), HasSubstr("`x`, `a`, `b`"))));
}

}  // namespace
}  // namespace sinter::runtime
