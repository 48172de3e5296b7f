#include "server/protocol/message_channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "proto/sinter/v1/worker.pb.h"

namespace sinter::server {
namespace {

using base::IsOk;
using base::StatusIs;

class MessageChannelTest : public testing::Test {
 protected:
  MessageChannelTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets_), 0); }

  int sockets_[2];
};

TEST_F(MessageChannelTest, MessagesArriveInOrderAndWhole) {
  MessageChannel receiver(sockets_[0]);
  std::thread sender([this] {
    MessageChannel channel(sockets_[1]);
    v1::WorkerRequest request;
    request.set_job_id(std::string(1 << 20, 'x'));
    EXPECT_THAT(channel.Send(request), IsOk());
    request.set_job_id("second");
    EXPECT_THAT(channel.Send(request), IsOk());
  });
  v1::WorkerRequest got;
  EXPECT_THAT(receiver.Receive(got, absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(got.job_id().size(), 1 << 20);
  EXPECT_THAT(receiver.Receive(got, absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(got.job_id(), "second");
  sender.join();
}

TEST_F(MessageChannelTest, WaitingEndsAtTheDeadlineAndLosesNothing) {
  MessageChannel receiver(sockets_[0]);
  v1::WorkerRequest request;
  request.set_job_id("late");
  const std::string bytes = request.SerializeAsString();
  const std::string frame = std::string{static_cast<char>(bytes.size()), 0, 0, 0} + bytes;
  ASSERT_EQ(write(sockets_[1], frame.data(), 6), 6);
  v1::WorkerRequest got;
  EXPECT_THAT(receiver.Receive(got, absl::Now()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  ASSERT_EQ(write(sockets_[1], frame.data() + 6, frame.size() - 6), frame.size() - 6);
  EXPECT_THAT(receiver.Receive(got, absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(got.job_id(), "late");
  close(sockets_[1]);
}

TEST_F(MessageChannelTest, AClosedPeerIsUnavailable) {
  MessageChannel receiver(sockets_[0]);
  close(sockets_[1]);
  v1::WorkerRequest got;
  EXPECT_THAT(receiver.Receive(got, absl::InfiniteFuture()),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(receiver.Send(got), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(MessageChannelTest, NonsenseIsDataLoss) {
  MessageChannel receiver(sockets_[0]);
  ASSERT_EQ(write(sockets_[1], "\xff\xff\xff\xff", 4), 4);
  v1::WorkerRequest got;
  EXPECT_THAT(receiver.Receive(got, absl::InfiniteFuture()), StatusIs(absl::StatusCode::kDataLoss));
  close(sockets_[1]);
}

}  // namespace
}  // namespace sinter::server
