// One end of the stream socket between the pool and a worker process.
#ifndef SINTER_SERVER_PROTOCOL_MESSAGE_CHANNEL_H_
#define SINTER_SERVER_PROTOCOL_MESSAGE_CHANNEL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace google::protobuf {
class MessageLite;
}

namespace sinter::server {

// Sends and receives protobuf messages, each preceded by its length as proto/sinter/v1/worker.proto
// says. Owns the socket. Not thread-safe; both ends have one thread for it.
class MessageChannel {
 public:
  static constexpr size_t kMaxMessageBytes = size_t{64} << 20;

  explicit MessageChannel(int socket) : socket_(socket) {}
  ~MessageChannel();
  MessageChannel(const MessageChannel&) = delete;
  MessageChannel& operator=(const MessageChannel&) = delete;

  // ERRORS: UNAVAILABLE: the other end is gone; RESOURCE_EXHAUSTED: the message is too long.
  absl::Status Send(const google::protobuf::MessageLite& message);

  // Waits for a message until `deadline`. What has come of an incomplete message is kept.
  // ERRORS: DEADLINE_EXCEEDED; UNAVAILABLE: the other end is gone; DATA_LOSS: what came is not a
  // message of this type, and the channel can't be used any more.
  absl::Status Receive(google::protobuf::MessageLite& message, absl::Time deadline);

 private:
  absl::Status FillTo(size_t bytes, absl::Time deadline);

  const int socket_;
  std::string received_;  // not yet handed out
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_PROTOCOL_MESSAGE_CHANNEL_H_
