#include "server/protocol/message_channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "google/protobuf/message_lite.h"

namespace sinter::server {
namespace {

constexpr size_t kHeaderBytes = 4;

absl::Status Gone(const char* what, int error) {
  return absl::UnavailableError(
      absl::StrCat("the channel is closed: ", what, ": ", strerror(error)));
}

uint32_t DecodeLength(const std::string& bytes) {
  uint32_t length = 0;
  for (size_t i = 0; i < kHeaderBytes; ++i) {
    length |= uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return length;
}

}  // namespace

MessageChannel::~MessageChannel() { close(socket_); }

absl::Status MessageChannel::Send(const google::protobuf::MessageLite& message) {
  const size_t length = message.ByteSizeLong();
  if (length > kMaxMessageBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a message of ", length, " bytes: the longest allowed is ", kMaxMessageBytes));
  }
  std::string frame(kHeaderBytes, '\0');
  for (size_t i = 0; i < kHeaderBytes; ++i) frame[i] = static_cast<char>(length >> (8 * i));
  message.AppendToString(&frame);
  for (size_t sent = 0; sent < frame.size();) {
    const ssize_t n = send(socket_, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Gone("send", errno);
    sent += n;
  }
  return absl::OkStatus();
}

absl::Status MessageChannel::Receive(google::protobuf::MessageLite& message, absl::Time deadline) {
  SINTER_RETURN_IF_ERROR(FillTo(kHeaderBytes, deadline));
  const size_t length = DecodeLength(received_);
  if (length > kMaxMessageBytes) {
    return absl::DataLossError(absl::StrCat("a message that claims ", length,
                                            " bytes: the longest allowed is ", kMaxMessageBytes));
  }
  SINTER_RETURN_IF_ERROR(FillTo(kHeaderBytes + length, deadline));
  const bool parsed =
      message.ParseFromArray(received_.data() + kHeaderBytes, static_cast<int>(length));
  received_.erase(0, kHeaderBytes + length);
  if (!parsed) return absl::DataLossError(absl::StrCat("not a message: ", length, " bytes"));
  return absl::OkStatus();
}

absl::Status MessageChannel::FillTo(size_t bytes, absl::Time deadline) {
  char buffer[65536];
  while (received_.size() < bytes) {
    pollfd waiting{socket_, POLLIN, 0};
    const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
    const int64_t ms = absl::ToInt64Milliseconds(std::min(left, absl::Hours(1)));
    const int ready = poll(&waiting, 1, static_cast<int>(ms));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return Gone("poll", errno);
    if (ready == 0) {
      if (absl::Now() + absl::Milliseconds(1) < deadline) continue;
      return absl::DeadlineExceededError("no message came in time");
    }
    const ssize_t n = recv(socket_, buffer, std::min(sizeof(buffer), bytes - received_.size()), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Gone("recv", n == 0 ? ECONNRESET : errno);
    received_.append(buffer, n);
  }
  return absl::OkStatus();
}

}  // namespace sinter::server
