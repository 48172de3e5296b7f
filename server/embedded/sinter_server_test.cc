// The whole service over real gRPC, with the fake worker.
#include "server/embedded/sinter_server.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "proto/google/rpc/error_details.pb.h"
#include "server/errors/error_details.h"
#include "server/testing/test_client.h"

namespace sinter::server {
namespace {

namespace fs = std::filesystem;
using base::IsOk;
using base::IsOkAndHolds;
using base::StatusIs;
using testing::HasSubstr;

class SinterServerTest : public testing::Test {
 protected:
  SinterServerTest() {
    dir_ = absl::StrCat(testing::TempDir(), "/",
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(dir_);
    options_.state_dir = dir_ + "/state";
    options_.worker_binary = fs::absolute("server/testing/fake_worker");
    options_.listen = "127.0.0.1:0";
  }

  void Start() {
    client_.reset();
    server_.reset();
    auto server = SinterServer::Start(options_);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    client_ = std::make_unique<TestClient>(
        grpc::CreateChannel(server_->grpc_address(), grpc::InsecureChannelCredentials()));
  }

  // A model whose compiles can be counted.
  std::string Logged(const std::string& rest) { return absl::StrCat("log ", dir_, "/log\n", rest); }

  int Compiles() {
    std::ifstream log(dir_ + "/log");
    return static_cast<int>(std::count(std::istreambuf_iterator<char>(log), {}, '\n'));
  }

  // Lets models that say "wait" go on.
  std::string Gate() const { return dir_ + "/gate"; }
  void OpenGate() { std::ofstream(Gate()) << "open"; }

  ServerOptions options_;
  std::string dir_;
  std::unique_ptr<SinterServer> server_;
  std::unique_ptr<TestClient> client_;
};

const v1::ArtifactManifest::File& Library(const Answer& answer) {
  return answer.result.manifest().files(0);
}

TEST_F(SinterServerTest, CompilesAndServesTheArtifact) {
  Start();
  const Answer answer =
      client_->Compile({"stage IMPORT\nprogress 0.5\nwarn careful\nemit hello\n"});
  ASSERT_THAT(answer.status, IsOk());
  EXPECT_EQ(answer.result.cache(), v1::CompileResult::MISS);
  EXPECT_EQ(answer.result.diagnostics(0).message(), "careful");
  EXPECT_EQ(answer.result.stages(0).stage(), v1::Diagnostic::IMPORT);
  EXPECT_GT(answer.result.wall_seconds(), 0);
  ASSERT_GE(answer.events.size(), 5);
  EXPECT_TRUE(answer.events[0].has_need());
  EXPECT_TRUE(answer.events[1].has_queued());
  EXPECT_THAT(client_->ReadBlob(Library(answer).digest()), IsOkAndHolds("hello\n"));
  EXPECT_THAT(client_->ReadBlob(Library(answer).digest(), 2, 3), IsOkAndHolds("llo"));
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string json, client_->ReadBlob(answer.result.artifact()));
  EXPECT_THAT(json, HasSubstr("model.so"));
  grpc::ClientContext context;
  v1::GetManifestRequest request;
  *request.mutable_artifact() = answer.result.artifact();
  v1::ArtifactManifest manifest;
  EXPECT_TRUE(client_->artifacts().GetManifest(&context, request, &manifest).ok());
  EXPECT_EQ(manifest.SerializeAsString(), answer.result.manifest().SerializeAsString());
}

TEST_F(SinterServerTest, ExternalDataReachesTheWorker) {
  Start();
  TestRequest request{"emit x\n", {{"a/w.bin", std::string(200000, 'w')}, {"empty", ""}}};
  const Answer answer = client_->Compile(request);
  ASSERT_THAT(answer.status, IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string library,
                              client_->ReadBlob(Library(answer).digest()));
  EXPECT_EQ(library, absl::StrCat("x\na/w.bin=", std::string(200000, 'w'), "\nempty=\n"));
}

TEST_F(SinterServerTest, AHitUploadsNothingCallsNoWorkerAndGivesTheSameArtifact) {
  Start();
  const TestRequest request{Logged("emit hello\n")};
  const Answer first = client_->Compile(request);
  const Answer second = client_->Compile(request);
  ASSERT_THAT(second.status, IsOk());
  EXPECT_EQ(second.result.cache(), v1::CompileResult::HIT);
  EXPECT_EQ(second.uploaded_bytes, 0);
  EXPECT_EQ(second.result.artifact().hash(), first.result.artifact().hash());
  EXPECT_EQ(Compiles(), 1);
  const v1::CacheStats stats = client_->Stats();
  EXPECT_EQ(stats.hits(), 1);
  EXPECT_EQ(stats.misses(), 1);
  EXPECT_EQ(stats.compiles(), 1);
}

TEST_F(SinterServerTest, AnotherTargetOrOptionIsAnotherCompileOfAModelSentOnce) {
  Start();
  TestRequest request{Logged("emit hello\n")};
  client_->Compile(request);
  request.options.set_has_optimization_level(true);
  request.options.set_optimization_level(1);
  Answer other = client_->Compile(request);
  EXPECT_EQ(other.result.cache(), v1::CompileResult::MISS);
  EXPECT_EQ(other.uploaded_bytes, 0);
  request.target_name = "fake-b";
  other = client_->Compile(request);
  EXPECT_EQ(other.result.manifest().target().name(), "fake-b");
  EXPECT_EQ(Compiles(), 3);
}

TEST_F(SinterServerTest, NoCacheCompilesAfreshAndRemembersNothing) {
  Start();
  TestRequest request{Logged("emit hello\n")};
  request.no_cache = true;
  const Answer answer = client_->Compile(request);
  EXPECT_EQ(answer.result.cache(), v1::CompileResult::BYPASSED);
  EXPECT_THAT(client_->ReadBlob(Library(answer).digest()), IsOkAndHolds("hello\n"));
  request.no_cache = false;
  EXPECT_EQ(client_->Compile(request).result.cache(), v1::CompileResult::MISS);
  EXPECT_EQ(Compiles(), 2);
}

TEST_F(SinterServerTest, FiftyEqualRequestsAreOneCompile) {
  Start();
  const TestRequest request{Logged(absl::StrCat("wait ", Gate(), "\nemit hello\n"))};
  std::atomic<int> waiting = 0;
  std::vector<Answer> answers(50);
  std::vector<std::thread> threads;
  for (Answer& answer : answers) {
    threads.emplace_back([&] {
      answer = client_->Compile(request, [&](const v1::CompileEvent& event, auto&) {
        if (event.has_queued() && ++waiting == 50) OpenGate();
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Answer& answer : answers) {
    ASSERT_THAT(answer.status, IsOk());
    EXPECT_EQ(answer.result.artifact().hash(), answers[0].result.artifact().hash());
  }
  EXPECT_EQ(Compiles(), 1);
  EXPECT_EQ(client_->Stats().single_flight_joins(), 49);
}

TEST_F(SinterServerTest, TheWorkersErrorComesWithItsDiagnostics) {
  Start();
  const Answer answer = client_->Compile({"fail 12 no op `Foo`\n"});
  EXPECT_THAT(answer.status, StatusIs(absl::StatusCode::kUnimplemented, "no op `Foo`"));
  ASSERT_EQ(DetailsOf<v1::Diagnostic>(answer.status).size(), 1);
}

TEST_F(SinterServerTest, DetailsThatDoNotFitATrailerComeInAnEvent) {
  Start();
  const std::string reason(20000, 'x');
  const Answer answer = client_->Compile({"fail 12 " + reason + "\n"});
  EXPECT_THAT(answer.status, StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(answer.full_status, StatusIs(absl::StatusCode::kUnimplemented, reason));
  ASSERT_EQ(DetailsOf<v1::Diagnostic>(answer.full_status).size(), 1);
  EXPECT_EQ(DetailsOf<v1::Diagnostic>(answer.full_status)[0].message(), reason);
}

TEST_F(SinterServerTest, ACrashIsInternalWithAReproducerAndTheNextJobRuns) {
  Start();
  const TestRequest request{"stage IMPORT\ncrash\n"};
  const Answer answer = client_->Compile(request);
  EXPECT_THAT(answer.status, StatusIs(absl::StatusCode::kInternal, HasSubstr("signal 11")));
  const auto reproducers = DetailsOf<v1::Digest>(answer.status);
  ASSERT_EQ(reproducers.size(), 1);
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string bytes, client_->ReadBlob(reproducers[0]));
  v1::CompileHeader header;
  ASSERT_TRUE(header.ParseFromString(bytes));
  EXPECT_EQ(header.model().digest().hash(), TestClient::Header(request).model().digest().hash());
  EXPECT_THAT(client_->Compile({"emit fine\n"}).status, IsOk());
}

TEST_F(SinterServerTest, CancellingTheCallStopsTheWork) {
  Start();
  const Answer answer =
      client_->Compile({"stage IMPORT\nhang\n"}, [](const v1::CompileEvent& event, auto& context) {
        if (event.has_stage()) context.TryCancel();
      });
  EXPECT_THAT(answer.status, StatusIs(absl::StatusCode::kCancelled));
  // The only worker is free again.
  EXPECT_THAT(client_->Compile({"emit fine\n"}).status, IsOk());
}

TEST_F(SinterServerTest, TheDeadlineStopsTheWork) {
  Start();
  TestRequest request{"hang\n"};
  request.timeout = absl::Milliseconds(300);
  EXPECT_THAT(client_->Compile(request).status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(client_->Compile({"emit fine\n"}).status, IsOk());
}

TEST_F(SinterServerTest, ACompileGoesOnWhileSomebodyWaits) {
  Start();
  const TestRequest request{Logged(absl::StrCat("stage IMPORT\nwait ", Gate(), "\nemit hello\n"))};
  absl::Notification joined;
  Answer patient;
  std::thread other;
  const Answer impatient =
      client_->Compile(request, [&](const v1::CompileEvent& event, grpc::ClientContext& context) {
        if (!event.has_stage()) return;
        other = std::thread([&] {
          patient = client_->Compile(request, [&](const v1::CompileEvent& event, auto&) {
            if (event.has_stage()) joined.Notify();
          });
        });
        joined.WaitForNotification();
        context.TryCancel();
      });
  EXPECT_THAT(impatient.status, StatusIs(absl::StatusCode::kCancelled));
  OpenGate();
  other.join();
  ASSERT_THAT(patient.status, IsOk());
  EXPECT_EQ(patient.result.cache(), v1::CompileResult::JOINED);
  EXPECT_EQ(Compiles(), 1);
}

TEST_F(SinterServerTest, JobsAreListedWatchedAndCancelled) {
  Start();
  client_->Compile({"emit first\n"});
  v1::JobEvent watched;
  absl::Status watch_status;
  const Answer cancelled =
      client_->Compile({"stage IMPORT\nhang\n"}, [&](const v1::CompileEvent& event, auto&) {
        if (!event.has_stage()) return;
        grpc::ClientContext list_context, watch_context, cancel_context;
        v1::ListJobsRequest running;
        running.add_states(v1::Job::RUNNING);
        v1::ListJobsResponse list;
        ASSERT_TRUE(client_->jobs().ListJobs(&list_context, running, &list).ok());
        ASSERT_EQ(list.jobs_size(), 1);
        v1::WatchJobRequest watch;
        watch.set_id(list.jobs(0).id());
        const auto stream = client_->jobs().WatchJob(&watch_context, watch);
        stream->Read(&watched);
        v1::CancelJobRequest cancel;
        cancel.set_id(list.jobs(0).id());
        v1::Job job;
        ASSERT_TRUE(client_->jobs().CancelJob(&cancel_context, cancel, &job).ok());
        for (v1::JobEvent rest; stream->Read(&rest);) continue;
        watch_status = FromGrpc(stream->Finish());
      });
  EXPECT_THAT(cancelled.status, StatusIs(absl::StatusCode::kCancelled, HasSubstr("by request")));
  EXPECT_TRUE(watched.has_queued());
  EXPECT_THAT(watch_status, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(SinterServerTest, FinishedJobsAndResultsSurviveARestart) {
  Start();
  const TestRequest request{Logged("emit hello\n")};
  const Answer first = client_->Compile(request);
  Start();
  grpc::ClientContext context;
  v1::GetJobRequest get;
  get.set_id(first.result.job_id());
  v1::Job job;
  ASSERT_TRUE(client_->jobs().GetJob(&context, get, &job).ok());
  EXPECT_EQ(job.state(), v1::Job::SUCCEEDED);
  EXPECT_EQ(client_->Compile(request).result.cache(), v1::CompileResult::HIT);
  EXPECT_EQ(Compiles(), 1);
}

TEST_F(SinterServerTest, AFlippedByteIsDetectedAndCompiledAgain) {
  Start();
  const TestRequest request{Logged("emit hello\n")};
  const Answer first = client_->Compile(request);
  Start();
  bool flipped = false;
  for (const auto& entry : fs::recursive_directory_iterator(options_.state_dir + "/cache/cas")) {
    if (entry.path().filename().string().rfind(Library(first).digest().hash(), 0) != 0) continue;
    fs::permissions(entry.path(), fs::perms::owner_all);
    std::fstream file(entry.path(), std::ios::in | std::ios::out);
    file.put('J');
    flipped = true;
  }
  ASSERT_TRUE(flipped);
  const Answer again = client_->Compile(request);
  ASSERT_THAT(again.status, IsOk());
  EXPECT_EQ(again.result.cache(), v1::CompileResult::MISS);
  EXPECT_THAT(client_->ReadBlob(Library(again).digest()), IsOkAndHolds("hello\n"));
  EXPECT_EQ(client_->Stats().corrupt(), 1);
  EXPECT_EQ(Compiles(), 2);
}

TEST_F(SinterServerTest, AFullQueueRefusesAndSaysWhenToComeBack) {
  options_.queue_limit = 0;
  Start();
  Answer refused;
  client_->Compile({"stage IMPORT\nhang\n"}, [&](const v1::CompileEvent& event, auto& context) {
    if (!event.has_stage()) return;
    refused = client_->Compile({"emit other\n"});
    context.TryCancel();
  });
  EXPECT_THAT(refused.status,
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("queue is full")));
  EXPECT_EQ(DetailsOf<google::rpc::RetryInfo>(refused.status).size(), 1);
}

TEST_F(SinterServerTest, DrainingRefusesNewJobsAndFinishesOld) {
  Start();
  // Answered from the cache while the gate is open, so that asking again and again needs no worker.
  const TestRequest request{"emit cached\n"};
  client_->Compile(request);
  std::thread drain;
  absl::Status refused;
  const Answer old =
      client_->Compile({absl::StrCat("stage IMPORT\nwait ", Gate(), "\nemit hello\n")},
                       [&](const v1::CompileEvent& event, auto&) {
                         if (!event.has_stage()) return;
                         drain = std::thread([&] { server_->DrainAndStop(); });
                         do {
                           refused = client_->Compile(request).status;
                         } while (refused.ok());
                         OpenGate();
                       });
  drain.join();
  EXPECT_THAT(old.status, IsOk());
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(DetailsOf<google::rpc::RetryInfo>(refused).size(), 1);
}

TEST_F(SinterServerTest, AStalledUploadIsGivenUp) {
  options_.stall_timeout = absl::Milliseconds(100);
  Start();
  grpc::ClientContext context;
  const auto stream = client_->compiler().Compile(&context);
  v1::CompileRequest header;
  *header.mutable_header() = TestClient::Header({"emit hello\n"});
  stream->Write(header);
  for (v1::CompileEvent event; stream->Read(&event);) continue;
  EXPECT_THAT(FromGrpc(stream->Finish()),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("no byte came")));
}

TEST_F(SinterServerTest, BytesThatAreNotWhatTheHeaderPromisedAreRefused) {
  Start();
  grpc::ClientContext context;
  const auto stream = client_->compiler().Compile(&context);
  v1::CompileRequest message;
  *message.mutable_header() = TestClient::Header({"emit hello\n"});
  const std::string hash = message.header().model().digest().hash();
  stream->Write(message);
  v1::CompileEvent event;
  ASSERT_TRUE(stream->Read(&event));
  message.mutable_chunk()->set_hash(hash);
  message.mutable_chunk()->set_data("emit jello\n");
  stream->Write(message);
  EXPECT_FALSE(stream->Read(&event));
  EXPECT_THAT(FromGrpc(stream->Finish()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("promised")));
}

TEST_F(SinterServerTest, CheckReportsWithoutAJob) {
  Start();
  SINTER_ASSERT_OK_AND_ASSIGN(const auto report, client_->Check({"emit a\nfail 12 no op `Foo`\n"}));
  EXPECT_FALSE(report.supported());
  EXPECT_EQ(report.diagnostics(0).message(), "no op `Foo`");
  EXPECT_EQ(client_->Stats().compiles(), 0);
}

TEST_F(SinterServerTest, TargetsAreTheWorkers) {
  Start();
  grpc::ClientContext context;
  v1::ListTargetsResponse targets;
  ASSERT_TRUE(client_->compiler().ListTargets(&context, {}, &targets).ok());
  EXPECT_EQ(targets.targets_size(), 2);
  EXPECT_EQ(targets.server().name(), "host:fake");
  TestRequest request{"emit a\n"};
  request.target_name = "vax";
  EXPECT_THAT(client_->Compile(request).status,
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("`fake-a`, `fake-b`")));
}

TEST_F(SinterServerTest, ACacheWithoutRoomDoesNotFailTheCompile) {
  options_.cache_bytes = 1;
  Start();
  const TestRequest request{Logged("emit hello\n")};
  const Answer answer = client_->Compile(request);
  ASSERT_THAT(answer.status, IsOk());
  EXPECT_THAT(client_->ReadBlob(Library(answer).digest()), IsOkAndHolds("hello\n"));
  ASSERT_EQ(answer.result.diagnostics_size(), 1);
  EXPECT_EQ(answer.result.diagnostics(0).kind(), "not_cached");
  EXPECT_EQ(client_->Compile(request).result.cache(), v1::CompileResult::MISS);
}

TEST_F(SinterServerTest, ByteStreamRefusesWhatIsNotABlob) {
  Start();
  v1::Digest absent;
  absent.set_hash(std::string(64, 'a'));
  absent.set_size_bytes(5);
  EXPECT_THAT(client_->ReadBlob(absent), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(client_->ReadBlob(absent, 6), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(client_->ReadBlob(absent, -1), StatusIs(absl::StatusCode::kInvalidArgument));
  absent.set_hash("../../../etc/passwd");
  EXPECT_THAT(client_->ReadBlob(absent), StatusIs(absl::StatusCode::kInvalidArgument));
}

// Calls a unary method by name, with and for raw bytes.
std::string CallRaw(const std::string& address, const std::string& method) {
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice empty("");
  const auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&empty, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag;
  bool ok;
  queue.Next(&tag, &ok);
  grpc::Slice slice;
  if (!status.ok() || !response.DumpToSingleSlice(&slice).ok()) return status.error_message();
  return std::string(slice.begin(), slice.end());
}

TEST_F(SinterServerTest, SaysThatItIsHealthy) {
  Start();
  // HealthCheckResponse {status: SERVING}
  EXPECT_EQ(CallRaw(server_->grpc_address(), "/grpc.health.v1.Health/Check"), "\x08\x01");
}

TEST_F(SinterServerTest, WorksWithoutASocket) {
  options_.listen = "";
  auto server = SinterServer::Start(options_);
  ASSERT_THAT(server, IsOk());
  {
    TestClient client((*server)->channel());
    EXPECT_THAT(client.Compile({"emit hello\n"}).status, IsOk());
    const Answer cancelled =
        client.Compile({"stage IMPORT\nhang\n"}, [](const v1::CompileEvent& event, auto& context) {
          if (event.has_stage()) context.TryCancel();
        });
    EXPECT_THAT(cancelled.status, StatusIs(absl::StatusCode::kCancelled));
  }
}

TEST_F(SinterServerTest, AnAddressInUseIsAnError) {
  Start();
  options_.listen = server_->grpc_address();
  options_.state_dir += "2";
  EXPECT_THAT(SinterServer::Start(options_), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace sinter::server
