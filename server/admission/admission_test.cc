#include <limits>
#include <optional>
#include <string>

#include "absl/synchronization/notification.h"
#include "base/status_matchers.h"
#include "cache/digest_proto.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/google/rpc/error_details.pb.h"
#include "server/admission/drain_gate.h"
#include "server/admission/header_check.h"
#include "server/admission/stall_watch.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

using base::IsOk;
using base::StatusIs;
using testing::HasSubstr;

v1::CompileHeader Header() {
  v1::CompileHeader header;
  header.mutable_model()->set_path("model.onnx");
  *header.mutable_model()->mutable_digest() =
      cache::ToProto(base::DigestOf(absl::string_view("model")));
  header.set_target_name("server");
  return header;
}

void AddData(const std::string& path, v1::CompileHeader& header) {
  header.add_external_data()->set_path(path);
  *header.mutable_external_data(header.external_data_size() - 1)->mutable_digest() =
      header.model().digest();
}

TEST(HeaderCheckTest, AGoodHeaderComesIn) {
  v1::CompileHeader header = Header();
  AddData("a/weights.bin", header);
  AddData("b", header);
  EXPECT_THAT(CheckHeader(header, 100), IsOk());
}

TEST(HeaderCheckTest, PathsThatLeaveTheModelsFolderDoNot) {
  for (const char* path : {"/etc/passwd", "../secret", "a/../../b", "a//b", "", ".", "a/."}) {
    v1::CompileHeader header = Header();
    AddData(path, header);
    EXPECT_THAT(CheckHeader(header, 100), StatusIs(absl::StatusCode::kInvalidArgument)) << path;
  }
}

TEST(HeaderCheckTest, MalformedDigestsDoNot) {
  for (const char* hash :
       {"", "abc", "../../../../../../../../../../../../../../../../../../../etc/x"}) {
    v1::CompileHeader header = Header();
    header.mutable_model()->mutable_digest()->set_hash(hash);
    EXPECT_THAT(CheckHeader(header, 100), StatusIs(absl::StatusCode::kInvalidArgument)) << hash;
  }
  v1::CompileHeader header = Header();
  header.mutable_model()->mutable_digest()->set_size_bytes(-1);
  EXPECT_THAT(CheckHeader(header, 100), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(HeaderCheckTest, UnsortedAndRepeatedDataDoNot) {
  v1::CompileHeader unsorted = Header();
  AddData("b", unsorted);
  AddData("a", unsorted);
  EXPECT_THAT(CheckHeader(unsorted, 100),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("sorted")));
  v1::CompileHeader repeated = Header();
  AddData("a", repeated);
  AddData("a", repeated);
  EXPECT_THAT(CheckHeader(repeated, 100), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(HeaderCheckTest, TheUploadLimitCountsAllFilesAndCannotBeWrapped) {
  v1::CompileHeader header = Header();
  AddData("a", header);
  EXPECT_THAT(CheckHeader(header, 10), IsOk());
  const absl::Status refused = CheckHeader(header, 9);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(DetailsOf<google::rpc::QuotaFailure>(refused)[0].violations(0).subject(),
            "max-upload-bytes");
  for (const char* path : {"b", "c", "d"}) {
    AddData(path, header);
    header.mutable_external_data(header.external_data_size() - 1)
        ->mutable_digest()
        ->set_size_bytes(std::numeric_limits<int64_t>::max());
  }
  EXPECT_THAT(CheckHeader(header, 100), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(HeaderCheckTest, ATargetMustBeChosen) {
  v1::CompileHeader header = Header();
  header.clear_target_choice();
  EXPECT_THAT(CheckHeader(header, 100),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("target")));
}

TEST(DrainGateTest, AClosedGateLetsOutButNotIn) {
  DrainGate gate;
  std::optional<DrainGate::Pass> inside;
  {
    SINTER_ASSERT_OK_AND_ASSIGN(DrainGate::Pass pass, gate.Enter());
    inside.emplace(std::move(pass));
  }
  gate.Close();
  const auto refused = gate.Enter();
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(DetailsOf<google::rpc::RetryInfo>(refused.status()).size(), 1);
  EXPECT_FALSE(gate.WaitUntilEmpty(absl::Now()));
  inside.reset();
  EXPECT_TRUE(gate.WaitUntilEmpty(absl::InfiniteFuture()));
}

TEST(StallWatchTest, SilenceIsNoticedOnce) {
  StallWatch watch(absl::Milliseconds(20));
  absl::Notification stalled;
  const auto token = watch.Watch([&] { stalled.Notify(); });
  stalled.WaitForNotification();
}

}  // namespace
}  // namespace sinter::server
