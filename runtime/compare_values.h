// compare.h for values of all kinds.
#ifndef SINTER_RUNTIME_COMPARE_VALUES_H_
#define SINTER_RUNTIME_COMPARE_VALUES_H_

#include "absl/status/statusor.h"
#include "runtime/compare.h"
#include "runtime/value.h"

namespace sinter::runtime {

// Compares all elements, one tensor after the other: those of a sequence's items, of a map's keys
// and then its values. Strings that differ are mismatches. ERRORS: INVALID_ARGUMENT if kinds,
// types, shapes or lengths differ; also those of Compare().
absl::StatusOr<Difference> CompareValues(const Value& got, const Value& want);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_COMPARE_VALUES_H_
