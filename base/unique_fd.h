// A file descriptor with one owner.
#ifndef SINTER_BASE_UNIQUE_FD_H_
#define SINTER_BASE_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace sinter::base {

// Closes its descriptor when destroyed. Move-only; not thread-safe.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() { Reset(); }

  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Reset();
      fd_ = other.Release();
    }
    return *this;
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  // Gives up ownership.
  int Release() { return std::exchange(fd_, -1); }

  // Closes now.
  void Reset() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace sinter::base

#endif  // SINTER_BASE_UNIQUE_FD_H_
