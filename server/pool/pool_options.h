// How many worker processes there are, and what they may take.
#ifndef SINTER_SERVER_POOL_POOL_OPTIONS_H_
#define SINTER_SERVER_POOL_POOL_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "proto/sinter/v1/worker.pb.h"

namespace sinter::server {

struct PoolOptions {
  std::string worker_binary;
  // Each worker gets a directory of its own in here.
  std::string temp_root;
  int workers = 1;
  // Start the workers before they are needed, and again whenever one has ended.
  bool prewarm = false;
  int queue_limit = 64;
  int jobs_per_worker = 100;
  int64_t worker_memory_bytes = int64_t{8} << 30;
  absl::Duration max_time = absl::Minutes(30);
  absl::Duration start_timeout = absl::Seconds(60);
  // Told of the first worker that starts, by a thread of the pool.
  std::function<void(const v1::WorkerEvent::Ready&)> on_first_worker =
      [](const v1::WorkerEvent::Ready&) {};
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_POOL_POOL_OPTIONS_H_
