// A mark on operations in bodies, which legalize sets and lower obeys.
#ifndef SINTER_COMPILER_CORE_DIALECT_CORE_EXACT_H_
#define SINTER_COMPILER_CORE_DIALECT_CORE_EXACT_H_

namespace sinter::core {

// The operation is computed just as written: neither contracted with another (x * y + z in one
// rounding) nor reassociated, whatever the numerics policy allows.
inline constexpr char kExactAttr[] = "sinter.exact";

}  // namespace sinter::core

#endif  // SINTER_COMPILER_CORE_DIALECT_CORE_EXACT_H_
