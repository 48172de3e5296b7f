#include "client/lib/connection.h"

#include <chrono>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/lib/fault.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"

namespace sinter::client {
namespace {

// A list of jobs or a manifest may exceed gRPC's default bound of 4 MiB.
constexpr int kMaxMessageBytes = 64 << 20;

bool LooksLikeAddress(const std::string& target) {
  if (absl::StartsWith(target, "unix:")) return target.size() > 5;
  const size_t colon = target.rfind(':');
  return colon != std::string::npos && colon > 0 && colon + 1 < target.size() &&
         target.find('/') == std::string::npos && target.find(' ') == std::string::npos;
}

// Waits for the first attempt: gRPC would go on trying, but a daemon that refuses now is a clear
// answer.
bool WaitForFirstAttempt(grpc::Channel& channel, absl::Duration timeout) {
  const auto deadline = std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout);
  grpc_connectivity_state state = channel.GetState(true);
  while (state != GRPC_CHANNEL_READY) {
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN) return false;
    if (!channel.WaitForStateChange(state, deadline)) return false;
    state = channel.GetState(true);
  }
  return true;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const std::string& address,
                                                       absl::Duration timeout) {
  const std::string target(absl::StripPrefix(address, "grpc://"));
  if (!LooksLikeAddress(target)) {
    return UsageError(absl::StrCat("`", address, "` is no server address; give HOST:PORT"));
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // The daemon is addressed directly; a proxy of the environment is for the web.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  if (WaitForFirstAttempt(*channel, timeout)) return channel;
  return absl::UnavailableError(absl::StrCat(
      "no answer from `", address, "`; is sinterd running there? --local needs no daemon"));
}

}  // namespace sinter::client
