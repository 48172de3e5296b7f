// The Compiler service: compile_service.proto over a Coordinator.
#ifndef SINTER_SERVER_SERVICE_COMPILER_SERVICE_H_
#define SINTER_SERVER_SERVICE_COMPILER_SERVICE_H_

#include "proto/sinter/v1/compile_service.grpc.pb.h"
#include "server/service/service_context.h"

namespace sinter::server {

// Thread-safe, as all services.
class CompilerService final : public v1::Compiler::CallbackService {
 public:
  explicit CompilerService(const ServiceContext& context) : context_(context) {}

  grpc::ServerBidiReactor<v1::CompileRequest, v1::CompileEvent>* Compile(
      grpc::CallbackServerContext* rpc) override;
  grpc::ServerBidiReactor<v1::CompileRequest, v1::CheckEvent>* Check(
      grpc::CallbackServerContext* rpc) override;
  grpc::ServerUnaryReactor* ListTargets(grpc::CallbackServerContext* rpc,
                                        const v1::ListTargetsRequest* request,
                                        v1::ListTargetsResponse* response) override;
  grpc::ServerUnaryReactor* ListPipelines(grpc::CallbackServerContext* rpc,
                                          const v1::ListPipelinesRequest* request,
                                          v1::ListPipelinesResponse* response) override;

 private:
  const ServiceContext context_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_SERVICE_COMPILER_SERVICE_H_
