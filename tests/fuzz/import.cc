// The bytes of a model file, through the whole import. Beside it lies one file of weights.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "compiler_core/import/import_model.h"
#include "compiler_core/ir/diagnostic_sink.h"
#include "compiler_core/ir/input_file.h"
#include "llvm/Support/JSON.h"
#include "mlir/IR/MLIRContext.h"

namespace {

// Making a context costs more than most imports: one is used many times, but not for ever, since
// types and attributes stay in it.
mlir::MLIRContext& Context() {
  constexpr int kUses = 1000;
  static std::unique_ptr<mlir::MLIRContext> context;
  static int uses = 0;
  if (uses++ % kUses == 0) {
    context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  }
  return *context;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace v1 = sinter::v1;
  // Blocks of their own size: reading past their end is seen.
  const std::vector<char> model(data, data + size);
  const std::vector<char> weights(64, 'w');
  const std::vector<sinter::ir::InputFile> files = {
      {"model.onnx", absl::string_view(model.data(), model.size())},
      {"weights.bin", absl::string_view(weights.data(), weights.size())}};
  sinter::ir::DiagnosticSink sink;
  const absl::Status status =
      sinter::import::ImportModel(Context(), files, v1::CompileOptions(), sink).status();
  bool has_error = false;
  for (const v1::Diagnostic& diagnostic : sink.diagnostics()) {
    has_error |= diagnostic.severity() == v1::Diagnostic::ERROR;
    for (const std::string* text :
         {&diagnostic.message(), &diagnostic.hint(), &diagnostic.node(), &diagnostic.op_type()}) {
      SINTER_CHECK(llvm::json::isUTF8(*text)) << "a message that is no text";
    }
  }
  SINTER_CHECK(status.ok() != has_error) << status.ToString();
  SINTER_CHECK(status.ok() || status.code() == absl::StatusCode::kInvalidArgument ||
               status.code() == absl::StatusCode::kUnimplemented ||
               status.code() == absl::StatusCode::kResourceExhausted)
      << status.ToString();
  return 0;
}
