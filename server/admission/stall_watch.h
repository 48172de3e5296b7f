// Notices clients that stopped sending in the middle of an upload.
#ifndef SINTER_SERVER_ADMISSION_STALL_WATCH_H_
#define SINTER_SERVER_ADMISSION_STALL_WATCH_H_

#include <functional>
#include <list>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace sinter::server {

// Thread-safe. Outlives its tokens.
class StallWatch {
 public:
  explicit StallWatch(absl::Duration timeout);
  ~StallWatch();

  absl::Duration timeout() const { return timeout_; }

 private:
  struct Entry {
    std::function<void()> on_stall;
    absl::Time last_touch;
  };

 public:
  // Something that is being watched, until this is destroyed.
  class Token {
   public:
    // Waits for an `on_stall` that is being called; so it must not be destroyed by that call.
    ~Token();
    // A byte has come.
    void Touch();

   private:
    friend class StallWatch;
    Token(StallWatch& watch, std::list<Entry>::iterator entry) : watch_(watch), entry_(entry) {}
    StallWatch& watch_;
    const std::list<Entry>::iterator entry_;
  };

  // Calls `on_stall`, once, when the token was not touched for the timeout. It must be quick.
  std::unique_ptr<Token> Watch(std::function<void()> on_stall);

 private:
  void Run();

  const absl::Duration timeout_;
  absl::Mutex mutex_;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::list<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_ADMISSION_STALL_WATCH_H_
