#include "server/http/status_server.h"

#include <httplib.h>

#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::server {
namespace {

constexpr char kText[] = "text/plain; charset=utf-8";
constexpr int kThreads = 2;
constexpr int kServiceUnavailable = 503;

class HttplibStatusServer final : public StatusServer {
 public:
  explicit HttplibStatusServer(Sources sources) : sources_(std::move(sources)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // Without this httplib lets two servers share a port, and takes turns.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    server_.set_keep_alive_max_count(1);
    server_.set_payload_max_length(0);
    server_.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("ok\n", kText);
    });
    server_.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
      const bool ready = sources_.ready();
      if (!ready) response.status = kServiceUnavailable;
      response.set_content(ready ? "ready\n" : "not ready\n", kText);
    });
    server_.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(sources_.metrics(), "text/plain; version=0.0.4; charset=utf-8");
    });
  }

  ~HttplibStatusServer() override {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen(const std::string& host, int port) {
    host_ = host;
    port_ = port;
    if (port == 0) {
      port_ = server_.bind_to_any_port(host.c_str());
    } else if (!server_.bind_to_port(host.c_str(), port)) {
      port_ = -1;
    }
    if (port_ < 0) {
      return absl::UnavailableError(absl::StrCat("can't listen for HTTP on `", host, ":", port,
                                                 "`: another program may be using it"));
    }
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // stop() has no effect on a server that does not run yet.
    while (!server_.is_running()) std::this_thread::yield();
    return absl::OkStatus();
  }

  std::string address() const override { return absl::StrCat(host_, ":", port_); }

 private:
  const Sources sources_;
  httplib::Server server_;
  std::string host_;
  int port_ = -1;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<StatusServer>> StatusServer::Start(const std::string& address,
                                                                  Sources sources) {
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port < 0) {
    return absl::InvalidArgumentError(absl::StrCat("`", address, "` is not HOST:PORT"));
  }
  auto server = std::make_unique<HttplibStatusServer>(std::move(sources));
  SINTER_RETURN_IF_ERROR(server->Listen(address.substr(0, colon), port));
  return server;
}

}  // namespace sinter::server
