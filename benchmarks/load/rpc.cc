#include "benchmarks/load/rpc.h"

#include <chrono>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "client/lib/fault.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"

namespace sinter::load {
namespace {

constexpr absl::Duration kConnectTimeout = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenConnection(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(std::string(absl::StripPrefix(address, "grpc://")),
                                grpc::InsecureChannelCredentials(), arguments);
  const auto deadline =
      std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kConnectTimeout);
  if (channel->WaitForConnected(deadline)) return channel;
  return absl::UnavailableError(absl::StrCat("no answer from `", address, "` within ",
                                             absl::FormatDuration(kConnectTimeout),
                                             "; is a server running there?"));
}

void SetTimeout(absl::Duration timeout, grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
}

absl::StatusOr<int64_t> ReadBlob(google::bytestream::ByteStream::Stub& stub,
                                 const std::string& digest, absl::Duration timeout) {
  SINTER_ASSIGN_OR_RETURN(const base::Digest wanted, base::ParseDigest(digest));
  grpc::ClientContext context;
  SetTimeout(timeout, context);
  google::bytestream::ReadRequest request;
  request.set_resource_name(absl::StrCat("blobs/", digest));
  const auto stream = stub.Read(&context, request);
  google::bytestream::ReadResponse piece;
  int64_t bytes = 0;
  while (stream->Read(&piece)) bytes += static_cast<int64_t>(piece.data().size());
  SINTER_RETURN_IF_ERROR(client::FromGrpcStatus(stream->Finish()));
  if (bytes == wanted.size_bytes) return bytes;
  return absl::DataLossError(absl::StrCat("the blob `", digest, "` came with ", bytes, " bytes"));
}

}  // namespace sinter::load
