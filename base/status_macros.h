// Early return on error, so that a function reads as its successful path.
//
//   absl::StatusOr<Model> Load(const std::string& path) {
//     SINTER_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(path));
//     SINTER_RETURN_IF_ERROR(CheckSize(bytes));
//     return Parse(bytes);
//   }
//
// Both work in a function that returns absl::Status or absl::StatusOr<T> of any T. To say what was
// being tried, wrap the expression: SINTER_RETURN_IF_ERROR(base::Annotate(Save(), "saving the
// key")).
#ifndef SINTER_BASE_STATUS_MACROS_H_
#define SINTER_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Evaluates an absl::Status once; returns it from the enclosing function unless it is OK.
#define SINTER_RETURN_IF_ERROR(...)                                            \
  do {                                                                         \
    if (::absl::Status sinter_status_ = (__VA_ARGS__); !sinter_status_.ok()) { \
      return sinter_status_;                                                   \
    }                                                                          \
  } while (false)

// Evaluates an absl::StatusOr<T> once; returns its status unless OK, else moves the value into
// `lhs`, which may be a declaration. REQUIRES: a `lhs` without commas outside parentheses. Expands
// to several statements, so it can't be the body of an unbraced `if`.
#define SINTER_ASSIGN_OR_RETURN(lhs, ...) \
  SINTER_ASSIGN_OR_RETURN_IMPL_(SINTER_STATUS_NAME_(sinter_status_or_, __LINE__), lhs, __VA_ARGS__)

#define SINTER_STATUS_NAME_(prefix, line) SINTER_STATUS_NAME_IMPL_(prefix, line)
#define SINTER_STATUS_NAME_IMPL_(prefix, line) prefix##line
#define SINTER_ASSIGN_OR_RETURN_IMPL_(result, lhs, ...) \
  auto result = (__VA_ARGS__);                          \
  if (!result.ok()) return std::move(result).status();  \
  lhs = *std::move(result)

#endif  // SINTER_BASE_STATUS_MACROS_H_
