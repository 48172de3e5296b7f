// A channel to a daemon.
#ifndef SINTER_CLIENT_LIB_CONNECTION_H_
#define SINTER_CLIENT_LIB_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"

namespace sinter::client {

// Opens a channel to `address`, HOST:PORT or grpc://HOST:PORT or unix:PATH, and waits until it is
// connected.
// ERRORS: UNAVAILABLE if nobody answers within `timeout`; a usage error for what is no address.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const std::string& address,
                                                       absl::Duration timeout = absl::Seconds(10));

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_CONNECTION_H_
