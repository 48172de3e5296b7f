// The artifact is runtime/testing/affine_model.c, y = a * x + b; the models are right and wrong
// descriptions of it.
#include "server/worker/certify.h"

#include <string>
#include <vector>

#include "base/file_util.h"
#include "base/status_matchers.h"
#include "base/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "onnx/onnx_pb.h"

namespace sinter::server {
namespace {

using absl::StatusCode;
using base::IsOk;
using base::StatusIs;
using ::testing::HasSubstr;

std::string AffineModel(const std::string& second_op) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  auto* const graph = model.mutable_graph();
  for (const char* name : {"x", "a", "b"}) graph->add_input()->set_name(name);
  graph->add_output()->set_name("y");
  const auto add_node = [&](const std::string& op, const char* a, const char* b, const char* to) {
    auto* const node = graph->add_node();
    node->set_op_type(op);
    node->add_input(a);
    node->add_input(b);
    node->add_output(to);
  };
  add_node("Mul", "x", "a", "p");
  add_node(second_op, "p", "b", "y");
  return model.SerializeAsString();
}

v1::Target X86(int vector_bits, const std::vector<std::string>& features) {
  v1::Target target;
  target.set_name("machine");
  target.set_triple("x86_64-unknown-linux-gnu");
  target.set_vector_bits(vector_bits);
  for (const std::string& feature : features) target.add_features(feature);
  return target;
}

class CertifyTest : public ::testing::Test {
 protected:
  CertifyTest() : folder_(*base::TempDir::Create("certify-")) {
    EXPECT_THAT(base::WriteFileAtomically(folder_.path() + "/model.so",
                                          *base::ReadFile("runtime/testing/affine_model.so")),
                IsOk());
    options_.mutable_certify()->set_seed(3);
  }

  absl::Status CertifyAs(const std::string& model) {
    return Certify(options_, {model, {}}, folder_.path(), manifest_);
  }
  std::string ManifestPath() const { return folder_.path() + "/manifest.json"; }

  const base::TempDir folder_;
  v1::CompileOptions options_;
  v1::ArtifactManifest manifest_;
};

TEST_F(CertifyTest, TheCertificateIsPartOfTheManifest) {
  ASSERT_THAT(CertifyAs(AffineModel("Add")), IsOk());
  EXPECT_EQ(manifest_.numerics().seed(), 3u);
  EXPECT_EQ(manifest_.numerics().outputs(0).name(), "y");
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string first, base::ReadFile(ManifestPath()));
  EXPECT_THAT(first, HasSubstr("sinter reference"));
  ASSERT_THAT(CertifyAs(AffineModel("Add")), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string second, base::ReadFile(ManifestPath()));
  EXPECT_EQ(first, second);
}

TEST_F(CertifyTest, AWrongArtifactIsNotHandedOut) {
  EXPECT_THAT(CertifyAs(AffineModel("Sub")),
              StatusIs(StatusCode::kInternal, HasSubstr("output `y`: element [0,0]")));
  EXPECT_FALSE(manifest_.has_numerics());
  EXPECT_THAT(base::ReadFile(ManifestPath()), StatusIs(StatusCode::kNotFound));
}

TEST_F(CertifyTest, WhatCannotBeJudgedIsRefusedByName) {
  EXPECT_THAT(CertifyAs(AffineModel("Frobnicate")),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("Frobnicate")));
}

TEST_F(CertifyTest, OnlyCodeThatRunsHereCanBeCertified) {
  const v1::Target host = X86(256, {"+fma", "+avxvnni"});
  EXPECT_THAT(CheckCertifiable(options_, X86(256, {"+fma"}), host), IsOk());
  EXPECT_THAT(CheckCertifiable(options_, X86(128, {}), host), IsOk());
  EXPECT_THAT(CheckCertifiable(options_, X86(512, {}), host), StatusIs(StatusCode::kUnimplemented));
  EXPECT_THAT(CheckCertifiable(options_, X86(256, {"+amx-int8"}), host),
              StatusIs(StatusCode::kUnimplemented));
  v1::Target arm = X86(128, {});
  arm.set_triple("aarch64-unknown-linux-gnu");
  EXPECT_THAT(CheckCertifiable(options_, arm, host),
              StatusIs(StatusCode::kUnimplemented, HasSubstr("can't be certified here")));
  EXPECT_THAT(CheckCertifiable(v1::CompileOptions(), arm, host), IsOk());
}

TEST_F(CertifyTest, ThereMustBeALibraryToRun) {
  options_.add_emit(v1::CompileOptions::OBJECT);
  EXPECT_THAT(CheckCertifiable(options_, X86(128, {}), X86(128, {})),
              StatusIs(StatusCode::kInvalidArgument));
  options_.add_emit(v1::CompileOptions::SHARED_LIBRARY);
  EXPECT_THAT(CheckCertifiable(options_, X86(128, {}), X86(128, {})), IsOk());
}

}  // namespace
}  // namespace sinter::server
