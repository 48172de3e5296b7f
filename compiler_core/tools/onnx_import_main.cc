// onnx_import MODEL [--shape=NAME=1x3x?x?]...: prints the model as the importer sees it, and what it
// has to say about it. A tool for working on the compiler.
#include <fstream>
#include <iostream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "compiler_core/import/import_model.h"
#include "llvm/Support/raw_ostream.h"

namespace sinter {
namespace {

// NAME=1x3x? (everything else about shapes is the CLI's).
v1::ShapeSpec ParseShape(absl::string_view text) {
  v1::ShapeSpec spec;
  const size_t equals = text.rfind('=');
  spec.set_input(std::string(text.substr(0, equals)));
  for (absl::string_view dim : absl::StrSplit(text.substr(equals + 1), 'x')) {
    int64_t fixed;
    if (absl::SimpleAtoi(dim, &fixed)) {
      spec.add_dims()->set_fixed(fixed);
    } else {
      spec.add_dims()->set_free(true);
    }
  }
  return spec;
}

void PrintSignature(const ir::Signature& signature) {
  for (const ir::ModelValue& value : signature.inputs) {
    std::cout << "// in  " << value.name << " " << ir::NameOf(value.dtype)
              << ir::ToString(value.shape) << "\n";
  }
  for (const ir::ModelValue& value : signature.outputs) {
    std::cout << "// out " << value.name << " " << ir::NameOf(value.dtype)
              << ir::ToString(value.shape) << "\n";
  }
  for (const ir::DimEquality& equality : signature.equalities) {
    std::cout << "// requires " << equality.lhs.ToString() << " = " << equality.rhs.ToString() << "\n";
  }
}

int Main(int argc, char** argv) {
  v1::CompileOptions options;
  std::string path;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (absl::StartsWith(argument, "--shape=")) {
      *options.add_shapes() = ParseShape(argument.substr(8));
    } else {
      path = std::string(argument);
    }
  }
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const std::string model = bytes.str();
  mlir::MLIRContext context;
  ir::DiagnosticSink sink;
  const ir::InputFile input{path, model};
  absl::StatusOr<ir::OnnxModule> module = import::ImportModel(context, {input}, options, sink);
  for (const v1::Diagnostic& diagnostic : sink.diagnostics()) {
    std::cout << "// " << diagnostic.ShortDebugString() << "\n";
  }
  if (!module.ok()) {
    std::cout << "// " << module.status() << "\n";
    return 1;
  }
  PrintSignature(module->parts().signature);
  std::cout.flush();
  module->module().print(llvm::outs());
  return 0;
}

}  // namespace
}  // namespace sinter

int main(int argc, char** argv) { return sinter::Main(argc, argv); }
