// The first phase: an ONNX file becomes an ir::OnnxModule, or several and a program that runs them
// where not everything can be compiled ahead (see ir/program.h).
//
// What comes out holds only nodes that compute: constants are folded, arithmetic on shapes is done
// (with symbols for free dimensions), functions without a row of their own are expanded, dead nodes
// are gone. Weights stay in the parsed model, which the module's constants keep alive.
#ifndef SINTER_COMPILER_CORE_IMPORT_IMPORT_MODEL_H_
#define SINTER_COMPILER_CORE_IMPORT_IMPORT_MODEL_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler_core/ir/diagnostic_sink.h"
#include "compiler_core/ir/input_file.h"
#include "compiler_core/ir/modules.h"
#include "mlir/IR/MLIRContext.h"
#include "proto/sinter/v1/options.pb.h"

namespace sinter::import {

// files[0] is the model, the others its external data; their bytes must outlive the result. Of
// `options` only the shapes are read. The context gets the dialects that the module needs; it must
// outlive the result and not be in use elsewhere.
// ERRORS: (each with one or more ERROR diagnostics in `sink`; warnings may come with success)
//   INVALID_ARGUMENT    malformed model, or shapes that contradict it
//   UNIMPLEMENTED       one diagnostic for each node that is not supported
//   RESOURCE_EXHAUSTED  a tensor over kMaxTensorBytes
absl::StatusOr<ir::OnnxProgram> ImportModel(mlir::MLIRContext& context,
                                            absl::Span<const ir::InputFile> files,
                                            const v1::CompileOptions& options,
                                            ir::DiagnosticSink& sink);

inline constexpr int64_t kMaxTensorBytes = int64_t{1} << 36;

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_IMPORT_MODEL_H_
