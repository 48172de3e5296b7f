// Where the compiler says what is wrong. Owned by the caller of a stage; not thread-safe.
#ifndef SINTER_COMPILER_CORE_IR_DIAGNOSTIC_SINK_H_
#define SINTER_COMPILER_CORE_IR_DIAGNOSTIC_SINK_H_

#include <vector>

#include "proto/sinter/v1/diagnostic.pb.h"

namespace sinter::ir {

class DiagnosticSink {
 public:
  void Add(v1::Diagnostic diagnostic) { diagnostics_.push_back(std::move(diagnostic)); }
  const std::vector<v1::Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<v1::Diagnostic> diagnostics_;
};

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_DIAGNOSTIC_SINK_H_
