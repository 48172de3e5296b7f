// The clients against a service in the same process: what crosses the wire, and what they make of
// it.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/status_matchers.h"
#include "client/lib/artifact_client.h"
#include "client/lib/artifact_output.h"
#include "client/lib/compile_client.h"
#include "client/lib/connection.h"
#include "client/lib/fault.h"
#include "client/lib/job_client.h"
#include "client/testing/fake_service.h"
#include "client/testing/onnx_bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::client {
namespace {

namespace fs = std::filesystem;
using ::sinter::base::IsOk;
using ::sinter::base::IsOkAndHolds;
using ::sinter::base::StatusIs;
using testing::ExternalTensor;
using testing::FakeService;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Message;

// Keeps what it is told.
class Recorder : public CompileObserver {
 public:
  void OnUpload(int64_t sent, int64_t total) override {
    last_sent = sent;
    upload_total = total;
  }
  void OnEvent(const v1::CompileEvent& event) override { events.push_back(event.event_case()); }

  int64_t last_sent = 0, upload_total = 0;
  std::vector<v1::CompileEvent::EventCase> events;
};

std::string ReadAll(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class ClientsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    root_ = fs::path(::testing::TempDir()) / ("clients_" + name);
    fs::remove_all(root_);
    fs::create_directories(root_);
    SINTER_ASSERT_OK_AND_ASSIGN(channel_, Connect(service_.address()));
  }

  // A model with 3 MB of external data.
  CompileJob JobWithData() {
    std::ofstream(root_ / "w.bin", std::ios::binary) << std::string(3'000'001, 'w');
    std::ofstream(root_ / "m.onnx", std::ios::binary)
        << Message(7, Message(5, ExternalTensor("w.bin")));
    CompileJob job;
    job.model = *ReadModelTree((root_ / "m.onnx").string(), LinkPolicy::kRefuseLeaving);
    job.target_name = "x86-64-v3";
    job.options.set_optimization_level(2);
    return job;
  }

  fs::path root_;
  FakeService service_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ClientsTest, SendsEachFileOnceAndOnlyIfTheServerLacksIt) {
  const v1::Digest artifact = service_.AddArtifact({{"model.so", "library"}});
  CompileClient client(channel_);
  const CompileJob job = JobWithData();

  Recorder first;
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::CompileResult result, client.Compile(job, first));
  EXPECT_EQ(result.artifact().hash(), artifact.hash());
  EXPECT_GT(first.upload_total, 3'000'001);
  EXPECT_EQ(first.last_sent, first.upload_total);
  EXPECT_EQ(service_.uploaded_bytes(), first.upload_total);
  EXPECT_THAT(first.events,
              ::testing::ElementsAre(v1::CompileEvent::kQueued, v1::CompileEvent::kStage,
                                     v1::CompileEvent::kProgress));

  Recorder second;
  EXPECT_THAT(client.Compile(job, second), IsOk());
  EXPECT_EQ(second.upload_total, 0);
  EXPECT_EQ(service_.uploaded_bytes(), first.upload_total);

  const v1::CompileHeader header = service_.headers().front();
  EXPECT_EQ(header.model().path(), "m.onnx");
  ASSERT_EQ(header.external_data_size(), 1);
  EXPECT_EQ(header.external_data(0).path(), "w.bin");
  EXPECT_EQ(header.target_name(), "x86-64-v3");
  EXPECT_EQ(header.options().optimization_level(), 2);
}

TEST_F(ClientsTest, AFailedCompileKeepsItsCodeAndMessage) {
  service_.FailCompilesWith(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no `Foo`"));
  CompileClient client(channel_);
  Recorder observer;
  EXPECT_THAT(client.Compile(JobWithData(), observer),
              StatusIs(absl::StatusCode::kUnimplemented, "no `Foo`"));
  EXPECT_THAT(client.Check(JobWithData(), observer), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_F(ClientsTest, CheckAndTargetsAnswer) {
  CompileClient client(channel_);
  Recorder observer;
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::CheckReport report, client.Check(JobWithData(), observer));
  EXPECT_TRUE(report.supported());
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::ListTargetsResponse targets, client.ListTargets());
  EXPECT_EQ(targets.server().name(), "x86-64-v4");
}

TEST_F(ClientsTest, ABrokenReadIsTakenUpWhereItStopped) {
  const std::string bytes(10'000, 'b');
  const v1::Digest digest = service_.AddBlob(bytes);
  service_.BreakReadsAfter(2'500);
  ArtifactClient client(channel_);
  EXPECT_THAT(client.FetchBytes(digest), IsOkAndHolds(bytes));
  EXPECT_EQ(service_.reads(), 4);
}

TEST_F(ClientsTest, AnEmptyBlobIsFetched) {
  ArtifactClient client(channel_);
  EXPECT_THAT(client.FetchBytes(service_.AddBlob("")), IsOkAndHolds(std::string()));
}

TEST_F(ClientsTest, ACorruptBlobNeverBecomesAFile) {
  const v1::Digest digest = service_.AddBlob("library");
  service_.CorruptReads(true);
  ArtifactClient client(channel_);
  const fs::path path = root_ / "model.so";
  EXPECT_THAT(client.FetchFile(digest, path.string(), true),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("damaged")));
  EXPECT_FALSE(fs::exists(path));
  EXPECT_THAT(std::vector<fs::path>(fs::directory_iterator(root_), {}), IsEmpty());
}

TEST_F(ClientsTest, AMissingBlobIsNotFound) {
  ArtifactClient client(channel_);
  v1::Digest digest;
  digest.set_hash(std::string(64, 'a'));
  digest.set_size_bytes(3);
  EXPECT_THAT(client.FetchBytes(digest), StatusIs(absl::StatusCode::kNotFound, HasSubstr("aaa/3")));
}

TEST_F(ClientsTest, AnArtifactBecomesAFolder) {
  service_.AddArtifact({{"model.so", "library"}, {"ir/tensor.mlir", "module {}"}});
  CompileClient compiler(channel_);
  Recorder observer;
  SINTER_ASSERT_OK_AND_ASSIGN(const v1::CompileResult result,
                              compiler.Compile(JobWithData(), observer));
  ArtifactClient client(channel_);
  const fs::path folder = root_ / "out" / "artifact";
  ASSERT_THAT(WriteArtifactFolder(client, result.artifact(), result.manifest(), folder.string()),
              IsOk());
  EXPECT_EQ(ReadAll(folder / "model.so"), "library");
  EXPECT_EQ(ReadAll(folder / "ir" / "tensor.mlir"), "module {}");
  EXPECT_EQ(base::DigestOf(ReadAll(folder / "manifest.json")).sha256_hex, result.artifact().hash());
}

TEST_F(ClientsTest, AManifestCannotWriteOutsideItsFolder) {
  ArtifactClient client(channel_);
  for (const char* path : {"../evil", "/tmp/evil", "a/../../evil", "", "a//b", "./a"}) {
    v1::ArtifactManifest manifest;
    v1::ArtifactManifest::File& file = *manifest.add_files();
    file.set_path(path);
    *file.mutable_digest() = service_.AddBlob("evil");
    EXPECT_THAT(WriteArtifactFolder(client, service_.AddBlob("{}"), manifest, root_.string()),
                StatusIs(absl::StatusCode::kInternal))
        << path;
  }
}

TEST_F(ClientsTest, JobsComeOverSeveralPages) {
  JobClient client(channel_);
  SINTER_ASSERT_OK_AND_ASSIGN(const std::vector<v1::Job> all, client.List({}, 100));
  ASSERT_EQ(all.size(), 7u);
  EXPECT_EQ(all[6].id(), "job-6");
  SINTER_ASSERT_OK_AND_ASSIGN(const std::vector<v1::Job> some, client.List({}, 4));
  EXPECT_EQ(some.size(), 4u);
}

TEST(ConnectTest, NobodyThereIsUnavailableAndNonsenseIsUsage) {
  std::string address;
  {
    const FakeService gone;
    address = gone.address();
  }
  EXPECT_THAT(Connect(address).status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("--local")));
  for (const char* nonsense : {"", "localhost", "http://a:1", "host:", ":1", "a b:1"}) {
    EXPECT_TRUE(IsUsageError(Connect(nonsense).status())) << nonsense;
  }
}

}  // namespace
}  // namespace sinter::client
