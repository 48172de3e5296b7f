// SINTER_CHECK: for what must be true unless this program is wrong.
//
//   SINTER_CHECK(rank == dims.size()) << "for input `" << name << "`";
//   SINTER_CHECK_OK(pass_manager.Run());
//
// A failure prints "check failed: EXPR at FILE:LINE: message" to stderr and aborts, in every build
// mode. Whatever a user, a file or the machine can cause is an absl::Status instead.
#ifndef SINTER_BASE_CHECK_H_
#define SINTER_BASE_CHECK_H_

#include <ostream>
#include <sstream>

#include "absl/status/status.h"

#define SINTER_CHECK(condition)               \
  __builtin_expect(!!(condition), 1)          \
      ? (void)0                               \
      : ::sinter::base::internal::Voidify() & \
            ::sinter::base::internal::CheckFailure(__FILE__, __LINE__, #condition).stream()

#define SINTER_CHECK_OK(expression)                                                         \
  for (const ::absl::Status sinter_checked_ = (expression); !sinter_checked_.ok();)         \
  ::sinter::base::internal::CheckFailure(__FILE__, __LINE__, #expression " is OK").stream() \
      << sinter_checked_ << " "

namespace sinter::base::internal {

// Collects the message of a failed check; its destructor prints it and aborts.
class CheckFailure {
 public:
  CheckFailure(const char* file, int line, const char* expression);
  [[noreturn]] ~CheckFailure();

  std::ostream& stream() { return message_; }

 private:
  std::ostringstream message_;
};

// Gives both branches of SINTER_CHECK the type void; `&` binds weaker than `<<`.
struct Voidify {
  void operator&(std::ostream&) const {}
};

}  // namespace sinter::base::internal

#endif  // SINTER_BASE_CHECK_H_
