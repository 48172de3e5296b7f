#include "server/errors/error_details.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/google/rpc/error_details.pb.h"

namespace sinter::server {
namespace {

TEST(ErrorDetailsTest, DetailsOfAllTypesSurviveTheWire) {
  absl::Status status = RequestError(absl::StatusCode::kResourceExhausted, "upload_too_large",
                                     "5 bytes: the limit is 4");
  status = WithQuota(status, "max-upload-bytes", "5 > 4");
  status = WithRetry(status, absl::Milliseconds(1500));

  const absl::Status back = FromRpcStatus(ToRpcStatus(status));

  EXPECT_EQ(back.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(back.message(), "5 bytes: the limit is 4");
  ASSERT_EQ(DetailsOf<v1::Diagnostic>(back).size(), 1);
  EXPECT_EQ(DetailsOf<v1::Diagnostic>(back)[0].kind(), "upload_too_large");
  EXPECT_EQ(DetailsOf<google::rpc::QuotaFailure>(back)[0].violations(0).subject(),
            "max-upload-bytes");
  EXPECT_EQ(DetailsOf<google::rpc::RetryInfo>(back)[0].retry_delay().seconds(), 1);
  EXPECT_EQ(DetailsOf<google::rpc::RetryInfo>(back)[0].retry_delay().nanos(), 500000000);
}

TEST(ErrorDetailsTest, OkStaysOk) {
  EXPECT_TRUE(FromRpcStatus(ToRpcStatus(absl::OkStatus())).ok());
}

}  // namespace
}  // namespace sinter::server
