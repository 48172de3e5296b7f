// On the models in runtime/testing: affine_model.c is two kernels, values_model.c one kernel within
// a function of the library.
#include "client/profile/output.h"

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "client/profile/summary.h"
#include "client/profile/trace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "runtime/dtype.h"
#include "runtime/kernel_profile.h"
#include "runtime/loaded_model.h"
#include "runtime/tensor.h"
#include "runtime/thread_pool.h"
#include "runtime/value.h"
#include "runtime/value_session.h"

namespace sinter::client {
namespace {

using ::sinter::base::IsOk;
using ::testing::DoubleNear;
using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;
using runtime::KernelProfile;
using runtime::Value;

std::shared_ptr<const runtime::LoadedModel> Open(const std::string& name) {
  auto model = runtime::LoadedModel::Open("runtime/testing/" + name + ".so");
  EXPECT_THAT(model, IsOk());
  return *model;
}

Value Ones(std::vector<int64_t> dims) {
  auto tensor = *runtime::Tensor::Make(runtime::Dtype::kFloat32, dims);
  std::fill(tensor.mutable_values<float>().begin(), tensor.mutable_values<float>().end(), 1.0f);
  return Value(std::move(tensor));
}

// y = a * x + b for 500 rows of 4, `runs` times.
void ProfileAffine(int runs, KernelProfile& profile,
                   const std::shared_ptr<const runtime::LoadedModel>& model) {
  runtime::ThreadPool pool(2);
  runtime::ValueSession session(model, &pool);
  session.set_profile(&profile);
  std::vector<Value> inputs;
  inputs.push_back(Ones({500, 4}));
  inputs.push_back(Ones({}));
  inputs.push_back(Ones({500, 4}));
  ASSERT_THAT(session.Bind(inputs), IsOk());
  for (int i = 0; i < runs; ++i) ASSERT_THAT(session.Execute(), IsOk());
}

// Two rows, of 3 and 5 elements.
void ProfileValues(KernelProfile& profile,
                   const std::shared_ptr<const runtime::LoadedModel>& model) {
  runtime::ValueSession session(model, nullptr);
  session.set_profile(&profile);
  std::vector<Value> rows, inputs;
  rows.push_back(Ones({3}));
  rows.push_back(Ones({5}));
  inputs.push_back(Value::Sequence(std::move(rows)));
  inputs.push_back(Value(runtime::StringTensor{{2}, {"one", "two"}}));
  inputs.push_back(Value());
  ASSERT_THAT(session.Bind(inputs), IsOk());
  ASSERT_THAT(session.Execute(), IsOk());
}

double Sum(const Json& lines, const char* field) {
  double sum = 0;
  for (const Json& line : lines) sum += line[field].get<double>();
  return sum;
}

TEST(ProfileOutputTest, EachViewAddsUp) {
  const auto model = Open("affine_model");
  KernelProfile profile(*model);
  ProfileAffine(3, profile, model);
  const Json json = ProfileJson(Summarize(profile, nullptr));
  EXPECT_EQ(json["runs"], 3);
  const double kernels_us = json["run_us"].get<double>() - json["outside_us"].get<double>();
  for (const char* view : {"kernels", "nodes", "ops"}) {
    ASSERT_EQ(json[view].size(), 2u) << view;
    EXPECT_THAT(Sum(json[view], "self_us"), DoubleNear(kernels_us, 1e-6)) << view;
    EXPECT_THAT(Sum(json[view], "share"), DoubleNear(1, 1e-9)) << view;
    EXPECT_EQ(Sum(json[view], "flops"), 3 * 2 * 2000) << view;
  }
  for (const Json& kernel : json["kernels"]) {
    const bool is_scale = kernel["kernel"] == "scale";
    EXPECT_EQ(kernel["nodes"], Json::array({is_scale ? "Mul_0" : "Add_1"}));
    EXPECT_EQ(kernel["ops"], Json::array({is_scale ? "Mul" : "Add"}));
    EXPECT_EQ(kernel["bytes"], is_scale ? 3 * (2 * 2000 + 1) * 4 : 3 * 3 * 2000 * 4);
    EXPECT_EQ(kernel["dtype"], "float32");
    EXPECT_EQ(kernel["calls"], 3);
    const double ns = kernel["self_us"].get<double>() * 1e3;
    EXPECT_THAT(kernel["gflop_per_s"].get<double>(), DoubleNear(6000 / ns, 1e-9));
    EXPECT_TRUE(kernel["roofline"].is_null()) << "no peaks were measured";
  }
}

TEST(ProfileOutputTest, WithPeaksItSaysWhatBounds) {
  const auto model = Open("affine_model");
  KernelProfile profile(*model);
  ProfileAffine(1, profile, model);
  Peaks peaks;
  peaks.f32_flops = 1e12;
  peaks.levels = {{1 << 30, 1e9}};
  const ProfileSummary summary = Summarize(profile, &peaks);
  const Json json = ProfileJson(summary);
  EXPECT_EQ(json["peaks"]["f32_flops"], 1e12);
  EXPECT_TRUE(json["peaks"]["s8_ops"].is_null()) << "not measured";
  EXPECT_EQ(json["peaks"]["levels"][0]["bytes_per_s"], 1e9);
  std::ostringstream text;
  PrintProfile(text, summary);
  EXPECT_THAT(text.str(), HasSubstr("1000.0 GFLOP/s of float32; 1.0 GB/s from 1048576 KiB"));
  for (const Json& kernel : json["kernels"]) {
    EXPECT_EQ(kernel["bound"], "memory");
    const double least_us = kernel["bytes"].get<double>() / 1e9 * 1e6;
    EXPECT_THAT(kernel["roofline"].get<double>(),
                DoubleNear(least_us / kernel["self_us"].get<double>(), 1e-9));
  }
}

TEST(ProfileOutputTest, WhatIsNotKnownIsNotSaid) {
  const auto model = Open("values_model");
  KernelProfile profile(*model);
  ProfileValues(profile, model);
  const ProfileSummary summary = Summarize(profile, nullptr);
  const Json json = ProfileJson(summary);
  for (const Json& kernel : json["kernels"]) {
    const bool is_loop = kernel["kernel"] == "sinter_op_Loop";
    EXPECT_EQ(kernel["flops"], is_loop ? Json() : Json(8));
    EXPECT_EQ(kernel["gflop_per_s"].is_null(), is_loop);
    EXPECT_EQ(kernel["total_us"].get<double>() > kernel["self_us"].get<double>(), is_loop);
  }
  std::ostringstream text;
  PrintProfile(text, summary);
  EXPECT_THAT(text.str(), HasSubstr("Loop_3"));
  EXPECT_THAT(text.str(), HasSubstr("ReduceSum"));
}

// Whether [a, a + dur) and [b, b + dur) lie within or beside one another.
bool Nests(const Json& a, const Json& b) {
  constexpr double kRounding = 1e-6;
  const double a_begin = a["ts"], b_begin = b["ts"];
  if (a_begin > b_begin) return Nests(b, a);
  const double a_end = a_begin + a["dur"].get<double>(), b_end = b_begin + b["dur"].get<double>();
  return a_end <= b_begin + kRounding || b_end <= a_end + kRounding || a_begin == b_begin;
}

// The complete events by category, after a look at each.
std::map<std::string, std::vector<Json>> EventsOf(const Json& trace) {
  std::map<std::string, std::vector<Json>> events;
  std::vector<Json> all;
  for (const Json& event : trace["traceEvents"]) {
    if (event["ph"] == "M") continue;
    EXPECT_EQ(event["ph"], "X");
    EXPECT_GE(event["ts"].get<double>(), 0);
    for (const Json& other : all) {
      EXPECT_TRUE(other["tid"] != event["tid"] || Nests(other, event)) << other << event;
    }
    all.push_back(event);
    events[event["cat"]].push_back(event);
  }
  return events;
}

TEST(TraceTest, EventsNestAndAddUpToTheRuns) {
  const auto model = Open("affine_model");
  KernelProfile profile(*model, /*keep_events=*/true);
  ProfileAffine(3, profile, model);
  const std::string text = TraceJson("affine", profile).dump();
  auto events = EventsOf(Json::parse(text));
  ASSERT_EQ(events["run"].size(), 3u);
  ASSERT_EQ(events["kernel"].size(), 6u);
  EXPECT_EQ(events["run"][1]["name"], "run 2");
  const ProfileSummary summary = Summarize(profile, nullptr);
  EXPECT_THAT(Sum(events["run"], "dur") * 1e3, DoubleNear(summary.run_ns, 1e-3));
  EXPECT_THAT(Sum(events["kernel"], "dur") * 1e3, DoubleNear(summary.all.ns, 1e-3));
  const Json& args = events["kernel"][0]["args"];
  EXPECT_EQ(args["kernel"], "scale");
  EXPECT_EQ(args["nodes"], Json::array({"Mul_0"}));
  EXPECT_EQ(args["ops"], Json::array({"Mul"}));
  EXPECT_EQ(args["flops"], 2000);
  EXPECT_EQ(args["bytes"], (2 * 2000 + 1) * 4);
  EXPECT_GE(events["task"].size(), 6u) << "each loop is split, or at least taken";
}

TEST(TraceTest, WhatRunsWithinAFunctionLiesWithinIt) {
  const auto model = Open("values_model");
  KernelProfile profile(*model, /*keep_events=*/true);
  ProfileValues(profile, model);
  auto events = EventsOf(TraceJson("values", profile));
  ASSERT_EQ(events["function"].size(), 1u);
  ASSERT_EQ(events["kernel"].size(), 1u);
  const Json &loop = events["function"][0], &sum = events["kernel"][0];
  EXPECT_LE(loop["ts"].get<double>(), sum["ts"].get<double>());
  EXPECT_GE(loop["dur"].get<double>(), sum["dur"].get<double>());
  EXPECT_EQ(loop["name"], "Loop_3");
  EXPECT_FALSE(loop["args"].contains("flops"));
  EXPECT_EQ(sum["args"]["flops"], 8);
}

}  // namespace
}  // namespace sinter::client
