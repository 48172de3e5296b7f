#include "client/lib/fault.h"

#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"
#include "gtest/gtest.h"
#include "proto/google/rpc/error_details.pb.h"
#include "proto/sinter/v1/artifact.pb.h"

namespace sinter::client {
namespace {

TEST(FaultTest, AUsageErrorIsToldFromAModelAtFault) {
  EXPECT_TRUE(IsUsageError(UsageError("no such flag")));
  EXPECT_TRUE(IsUsageError(AsUsageError(absl::NotFoundError("`m.onnx` is not there"))));
  EXPECT_FALSE(IsUsageError(absl::InvalidArgumentError("the graph has a cycle")));
  EXPECT_TRUE(AsUsageError(absl::OkStatus()).ok());
}

TEST(FaultTest, DetailsOfATrailerSurvive) {
  google::rpc::Status details;
  details.set_code(3);
  v1::Diagnostic diagnostic;
  diagnostic.set_node("conv_1");
  details.add_details()->PackFrom(diagnostic);
  diagnostic.set_node("conv_2");
  details.add_details()->PackFrom(diagnostic);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  details.add_details()->PackFrom(retry);
  v1::Digest reproducer;
  reproducer.set_hash("abc");
  reproducer.set_size_bytes(7);
  details.add_details()->PackFrom(reproducer);

  const absl::Status status = FromGrpcStatus(
      grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "two nodes", details.SerializeAsString()));

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "two nodes");
  ASSERT_EQ(DiagnosticsOf(status).size(), 2u);
  EXPECT_EQ(DiagnosticsOf(status)[1].node(), "conv_2");
  EXPECT_EQ(RetryDelayOf(status), absl::Seconds(2));
  EXPECT_EQ(ReproducerOf(status), "abc/7");
  EXPECT_FALSE(IsUsageError(status));
}

TEST(FaultTest, AStatusWithoutDetailsHasNone) {
  const absl::Status status =
      FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone", "not a status"));
  EXPECT_TRUE(DiagnosticsOf(status).empty());
  EXPECT_FALSE(RetryDelayOf(status).has_value());
  EXPECT_EQ(ReproducerOf(status), "");
  EXPECT_EQ(FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "reset")).message(),
            "the connection to the server broke: reset");
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(FaultTest, DiagnosticsAddUp) {
  v1::Diagnostic diagnostic;
  diagnostic.set_kind("malformed_model");
  absl::Status status = WithDiagnostic(absl::InvalidArgumentError("bad"), diagnostic);
  status = WithDiagnostic(status, diagnostic);
  EXPECT_EQ(DiagnosticsOf(status).size(), 2u);
  EXPECT_EQ(status.message(), "bad");
}

}  // namespace
}  // namespace sinter::client
