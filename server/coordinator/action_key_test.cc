#include "server/coordinator/action_key.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "cache/digest_proto.h"
#include "gtest/gtest.h"
#include "server/coordinator/canonical.h"

namespace sinter::server {
namespace {

using base::StatusIs;

v1::CompileHeader Header() {
  v1::CompileHeader header;
  header.mutable_model()->set_path("model.onnx");
  *header.mutable_model()->mutable_digest() =
      cache::ToProto(base::DigestOf(absl::string_view("model")));
  auto& data = *header.add_external_data();
  data.set_path("weights/a.bin");
  *data.mutable_digest() = cache::ToProto(base::DigestOf(absl::string_view("weights")));
  return header;
}

v1::CompileSpec Spec() {
  v1::CompileSpec spec;
  spec.set_format_version(1);
  spec.mutable_target()->set_name("x86-64-v3");
  spec.mutable_toolchain()->set_worker_digest("abc");
  return spec;
}

TEST(ActionKeyTest, EverythingTheArtifactDependsOnChangesTheKey) {
  std::set<std::string> keys = {ActionKey(Header(), Spec()).sha256_hex};
  const std::vector<std::function<void(v1::CompileHeader&, v1::CompileSpec&)>> changes = {
      [](auto& h, auto&) { h.mutable_model()->mutable_digest()->set_size_bytes(4); },
      [](auto& h, auto&) { h.mutable_external_data(0)->set_path("weights/b.bin"); },
      [](auto& h, auto&) { h.mutable_external_data(0)->mutable_digest()->set_size_bytes(1); },
      [](auto& h, auto&) { h.clear_external_data(); },
      [](auto&, auto& s) { s.mutable_options()->set_optimization_level(1); },
      [](auto&, auto& s) { s.mutable_target()->set_name("x86-64-v4"); },
      [](auto&, auto& s) { s.mutable_toolchain()->set_worker_digest("abd"); },
      [](auto&, auto& s) { s.mutable_toolchain()->set_pipeline_digest("p"); },
  };
  for (const auto& change : changes) {
    v1::CompileHeader header = Header();
    v1::CompileSpec spec = Spec();
    change(header, spec);
    EXPECT_TRUE(keys.insert(ActionKey(header, spec).sha256_hex).second) << keys.size();
  }
}

TEST(ActionKeyTest, AKernelsKeyIsOfItsTextAndTheSpecAlone) {
  std::set<std::string> keys = {KernelKey("text", Spec()).sha256_hex};
  EXPECT_TRUE(keys.insert(KernelKey("other", Spec()).sha256_hex).second);
  v1::CompileSpec spec = Spec();
  spec.mutable_target()->add_features("avx512f");
  EXPECT_TRUE(keys.insert(KernelKey("text", spec).sha256_hex).second);
  spec = Spec();
  spec.mutable_toolchain()->set_worker_digest("abd");
  EXPECT_TRUE(keys.insert(KernelKey("text", spec).sha256_hex).second);
  spec = Spec();
  spec.mutable_options()->set_numerics(v1::CompileOptions::STRICT);
  EXPECT_TRUE(keys.insert(KernelKey("text", spec).sha256_hex).second);
  EXPECT_EQ(KernelKey("text", Spec()), KernelKey("text", Spec()));
}

TEST(ActionKeyTest, TheNameOfTheModelFileDoesNot) {
  v1::CompileHeader renamed = Header();
  renamed.mutable_model()->set_path("other.onnx");
  EXPECT_EQ(ActionKey(renamed, Spec()), ActionKey(Header(), Spec()));
}

TEST(CanonicalTest, UnsetAndDefaultAreTheSameRequest) {
  v1::CompileOptions spelled_out;
  spelled_out.set_has_optimization_level(true);
  spelled_out.set_optimization_level(3);
  spelled_out.set_numerics(v1::CompileOptions::DEFAULT);
  spelled_out.add_emit(v1::CompileOptions::SHARED_LIBRARY);
  spelled_out.add_emit(v1::CompileOptions::EMIT_UNSPECIFIED);
  SINTER_ASSERT_OK_AND_ASSIGN(const auto a, CanonicalOptions({}));
  SINTER_ASSERT_OK_AND_ASSIGN(const auto b, CanonicalOptions(spelled_out));
  EXPECT_EQ(a.SerializeAsString(), b.SerializeAsString());
}

TEST(CanonicalTest, OrderDoesNotMatter) {
  v1::CompileOptions one, two;
  for (const char* name : {"x", "y"}) one.add_shapes()->set_input(name);
  for (const char* name : {"y", "x"}) two.add_shapes()->set_input(name);
  EXPECT_EQ(CanonicalOptions(one)->SerializeAsString(), CanonicalOptions(two)->SerializeAsString());
  v1::Target left, right;
  for (const char* feature : {"+avx", "+fma"}) left.add_features(feature);
  for (const char* feature : {"+fma", "+avx", "+fma"}) right.add_features(feature);
  right.set_description("the same");
  EXPECT_EQ(CanonicalTarget(left).SerializeAsString(), CanonicalTarget(right).SerializeAsString());
}

TEST(CanonicalTest, NonsenseIsRefused) {
  v1::CompileOptions level, twice, range;
  level.set_has_optimization_level(true);
  level.set_optimization_level(4);
  twice.add_shapes()->set_input("x");
  twice.add_shapes()->set_input("x");
  auto& bounds = *range.add_shapes()->add_dims()->mutable_bounded();
  bounds.set_min(4);
  bounds.set_max(1);
  for (const auto& options : {level, twice, range}) {
    EXPECT_THAT(CanonicalOptions(options), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace sinter::server
