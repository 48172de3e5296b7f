// What Compile and Check have in common: a header comes in, the blobs that are missing are asked
// for and received, and then the request is ready.
#ifndef SINTER_SERVER_SERVICE_UPLOAD_CALL_H_
#define SINTER_SERVER_SERVICE_UPLOAD_CALL_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "cache/digest_proto.h"
#include "proto/sinter/v1/compile_service.grpc.pb.h"
#include "server/admission/header_check.h"
#include "server/admission/upload_session.h"
#include "server/errors/error_details.h"
#include "server/service/event_queue.h"
#include "server/service/service_context.h"

namespace sinter::server {

// `Event` is CompileEvent or CheckEvent. A subclass deletes itself in OnDone.
template <typename Event>
class UploadCall : public EventQueue<grpc::ServerBidiReactor<v1::CompileRequest, Event>, Event> {
 public:
  explicit UploadCall(const ServiceContext& context) : context_(context) {}

  // Begins the call. Not in the constructor, since reactions call the subclass.
  void Begin() {
    if (auto pass = context_.gate->Enter(); pass.ok()) {
      pass_ = *std::move(pass);
      WatchForStalls();
      this->StartRead(&request_);
    } else {
      this->End(pass.status());
    }
  }

  void OnReadDone(bool ok) final {
    if (this->ended()) return;
    if (!ok) return HandleEndOfRequest();
    if (stall_ != nullptr) stall_->Touch();
    if (const absl::Status status = HandleMessage(); !status.ok()) this->End(status);
  }

 protected:
  // The header was understood. RETURNS: true if the call has been answered already.
  virtual bool TryAnswer(const CompilePlan& plan) { return false; }

  // The blobs are here. Called once.
  virtual void OnReady(const CompilePlan& plan) = 0;

  const ServiceContext& context() const { return context_; }

 private:
  absl::Status HandleMessage() {
    if (!plan_.has_value()) {
      if (!request_.has_header()) return Invalid("the first message must hold a header");
      return HandleHeader(request_.header());
    }
    if (!request_.has_chunk()) return Invalid("a second header: there is one in a call");
    SINTER_RETURN_IF_ERROR(upload_->Accept(request_.chunk()));
    return Continue();
  }

  absl::Status HandleHeader(const v1::CompileHeader& header) {
    SINTER_RETURN_IF_ERROR(CheckHeader(header, context_.max_upload_bytes));
    SINTER_ASSIGN_OR_RETURN(plan_, context_.coordinator->Plan(header));
    if (TryAnswer(*plan_)) return absl::OkStatus();
    SINTER_ASSIGN_OR_RETURN(std::vector<base::Digest> missing,
                            context_.coordinator->parts().inputs->FindMissing(plan_->blobs));
    Event event;
    event.mutable_need();
    for (const base::Digest& digest : missing) {
      *event.mutable_need()->add_blobs() = cache::ToProto(digest);
    }
    upload_.emplace(*context_.coordinator->parts().inputs, std::move(missing));
    this->Send(std::move(event));
    return Continue();
  }

  absl::Status Continue() {
    if (!upload_->complete()) {
      this->StartRead(&request_);
      return absl::OkStatus();
    }
    stall_.reset();
    OnReady(*plan_);
    return absl::OkStatus();
  }

  void HandleEndOfRequest() {
    if (upload_.has_value() && upload_->complete()) return;
    this->End(Invalid(plan_.has_value() ? "the request ended before all blobs were sent"
                                        : "the request ended before a header was sent"));
  }

  void WatchForStalls() {
    stall_ = context_.stalls->Watch([this] {
      this->End(RequestError(
          absl::StatusCode::kDeadlineExceeded, "upload_stalled",
          absl::StrCat("no byte came for ", absl::FormatDuration(context_.stalls->timeout())),
          "the limit is `--stall-timeout`"));
    });
  }

  static absl::Status Invalid(absl::string_view message) {
    return RequestError(absl::StatusCode::kInvalidArgument, "invalid_request", message);
  }

  const ServiceContext context_;
  DrainGate::Pass pass_;
  v1::CompileRequest request_;
  std::optional<CompilePlan> plan_;
  std::optional<UploadSession> upload_;
  std::unique_ptr<StallWatch::Token> stall_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_UPLOAD_CALL_H_
