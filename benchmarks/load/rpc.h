// What the scenarios of both families share: connections, deadlines, reading a blob.
#ifndef SINTER_BENCHMARKS_LOAD_RPC_H_
#define SINTER_BENCHMARKS_LOAD_RPC_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/bytestream/bytestream.grpc.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"

namespace sinter::load {

// Opens a connection that is shared with no other channel: gRPC would else carry all channels of a
// process to one address over one connection.
// ERRORS: UNAVAILABLE if nobody answers in time.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenConnection(const std::string& address);

void SetTimeout(absl::Duration timeout, grpc::ClientContext& context);

// Reads the blob called `digest` (HASH/SIZE) to its end and lets go of the bytes.
// RETURNS: their number. ERRORS: those of the rpc; DATA_LOSS if it is not the digest's.
absl::StatusOr<int64_t> ReadBlob(google::bytestream::ByteStream::Stub& stub,
                                 const std::string& digest, absl::Duration timeout);

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_RPC_H_
