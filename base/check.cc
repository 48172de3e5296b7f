#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace sinter::base::internal {

CheckFailure::CheckFailure(const char* file, int line, const char* expression) {
  message_ << "check failed: " << expression << " at " << file << ":" << line << ": ";
}

CheckFailure::~CheckFailure() {
  std::fprintf(stderr, "%s\n", message_.str().c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace sinter::base::internal
