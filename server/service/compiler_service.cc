#include "server/service/compiler_service.h"

#include "server/service/check_call.h"
#include "server/service/compile_call.h"
#include "server/service/rpc_status.h"
#include "server/service/unary.h"

namespace sinter::server {

grpc::ServerBidiReactor<v1::CompileRequest, v1::CompileEvent>* CompilerService::Compile(
    grpc::CallbackServerContext* rpc) {
  auto* call = new CompileCall(context_, rpc);
  call->Begin();
  return call;
}

grpc::ServerBidiReactor<v1::CompileRequest, v1::CheckEvent>* CompilerService::Check(
    grpc::CallbackServerContext* rpc) {
  auto* call = new CheckCall(context_);
  call->Begin();
  return call;
}

grpc::ServerUnaryReactor* CompilerService::ListTargets(grpc::CallbackServerContext* rpc,
                                                       const v1::ListTargetsRequest* request,
                                                       v1::ListTargetsResponse* response) {
  const auto ready = context_.coordinator->parts().toolchain->Describe();
  if (!ready.ok()) return Reply(rpc, ready.status());
  *response->mutable_targets() = ready->targets();
  *response->mutable_server() = ready->host();
  return Reply(rpc, absl::OkStatus());
}

grpc::ServerUnaryReactor* CompilerService::ListPipelines(grpc::CallbackServerContext* rpc,
                                                         const v1::ListPipelinesRequest* request,
                                                         v1::ListPipelinesResponse* response) {
  const auto ready = context_.coordinator->parts().toolchain->Describe();
  if (!ready.ok()) return Reply(rpc, ready.status());
  *response->mutable_pipelines() = ready->pipelines();
  return Reply(rpc, absl::OkStatus());
}

}  // namespace sinter::server
