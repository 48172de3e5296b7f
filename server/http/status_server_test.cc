#include "server/http/status_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "absl/strings/numbers.h"
#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sinter::server {
namespace {

using base::StatusIs;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// The whole answer to a GET, headers and all.
std::string Get(const std::string& address, const std::string& path) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(port);
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&peer), sizeof(peer)), 0);
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(write(fd, request.data(), request.size()), request.size());
  std::string answer;
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
  close(fd);
  return answer;
}

TEST(StatusServerTest, TellsHealthReadinessAndMetrics) {
  std::atomic<bool> ready = true;
  SINTER_ASSERT_OK_AND_ASSIGN(const auto server,
                              StatusServer::Start("127.0.0.1:0", {[&] { return ready.load(); },
                                                                  [] { return "x_total 1\n"; }}));
  EXPECT_THAT(Get(server->address(), "/healthz"), HasSubstr("200 OK"));
  EXPECT_THAT(Get(server->address(), "/readyz"), HasSubstr("200 OK"));
  EXPECT_THAT(Get(server->address(), "/metrics"), EndsWith("x_total 1\n"));
  EXPECT_THAT(Get(server->address(), "/other"), HasSubstr("404"));
  ready = false;
  EXPECT_THAT(Get(server->address(), "/readyz"), StartsWith("HTTP/1.1 503"));
}

TEST(StatusServerTest, AnAddressThatCannotBeListenedOnIsAnError) {
  EXPECT_THAT(StatusServer::Start("localhost", {}), StatusIs(absl::StatusCode::kInvalidArgument));
  SINTER_ASSERT_OK_AND_ASSIGN(const auto server, StatusServer::Start("127.0.0.1:0", {}));
  EXPECT_THAT(StatusServer::Start(server->address(), {}), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace sinter::server
