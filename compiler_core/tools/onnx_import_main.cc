// onnx_import MODEL... [--shape=NAME=1x3x?x?]... [--quiet|--values]: prints models as the importer
// sees them, and what it has to say about them. With --quiet a line each; with --values also the
// elements of the outputs that are constants. A tool for working on the compiler.
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/import/import_model.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

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
    std::cout << "// requires " << equality.lhs.ToString() << " = " << equality.rhs.ToString()
              << "\n";
  }
  for (const ir::SymExpr& dim : signature.non_negative) {
    std::cout << "// requires " << dim.ToString() << " >= 0\n";
  }
}

// The elements of the outputs that are constants.
void PrintValues(ir::OnnxModule& module) {
  auto main = module.module().lookupSymbol<mlir::func::FuncOp>("main");
  mlir::Operation* results = main.getBody().front().getTerminator();
  for (size_t i = 0; i < results->getNumOperands(); ++i) {
    mlir::Operation* op = results->getOperand(i).getDefiningOp();
    auto id = op == nullptr ? nullptr : op->getAttrOfType<mlir::IntegerAttr>(onnx::kIdAttr);
    if (!id) continue;
    const ir::HostTensor& tensor = module.parts().constants.Get(id.getInt());
    std::cout << "// value " << i;
    for (int64_t j = 0; j < tensor.num_elements(); ++j) {
      std::cout << absl::StrFormat(" %.17g", tensor.AsDouble(j));
    }
    std::cout << "\n";
  }
}

struct Flags {
  v1::CompileOptions options;
  bool quiet = false;
  bool values = false;
  std::vector<std::string> models;
};

Flags ParseFlags(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (absl::StartsWith(argument, "--shape=")) {
      *flags.options.add_shapes() = ParseShape(argument.substr(8));
    } else if (argument == "--quiet") {
      flags.quiet = true;
    } else if (argument == "--values") {
      flags.values = true;
    } else {
      flags.models.emplace_back(argument);
    }
  }
  return flags;
}

void PrintSlots(const char* label, const ir::Program& program, const std::vector<int>& slots) {
  std::cout << label;
  for (int slot : slots) {
    if (slot < 0) {
      std::cout << " -";
      continue;
    }
    const ir::SlotType& type = program.slots[slot].type;
    std::cout << " %" << slot << ":" << type.text << (type.ranked ? ir::ToString(type.shape) : "");
  }
}

void PrintProgram(const ir::Program& program, const std::string& indent) {
  std::cout << "//" << indent;
  PrintSlots(" inputs", program, program.inputs);
  std::cout << "\n";
  for (const ir::Step& step : program.steps) {
    std::cout << "//" << indent << "  ";
    if (step.kind == ir::Step::Kind::kFragment) {
      std::cout << "fragment " << step.fragment;
    } else {
      std::cout << step.function << "-" << step.version;
    }
    PrintSlots("", program, step.inputs);
    PrintSlots(" ->", program, step.outputs);
    std::cout << "\n";
    for (int inner : step.subprograms) PrintProgram(*program.subprograms[inner], indent + "    ");
  }
  std::cout << "//" << indent;
  PrintSlots(" outputs", program, program.outputs);
  std::cout << "\n";
}

bool Import(mlir::MLIRContext& context, const std::string& path, const Flags& flags) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file) {
    std::cerr << "cannot read `" << path << "`: " << file.getError().message() << "\n";
    return false;
  }
  const ir::InputFile input{path, {(*file)->getBufferStart(), (*file)->getBufferSize()}};
  ir::DiagnosticSink sink;
  absl::StatusOr<ir::OnnxProgram> model =
      import::ImportModel(context, {input}, flags.options, sink);
  if (flags.quiet || flags.values) {
    std::cout << path << ": " << model.status() << std::endl;
    if (!model.ok()) return false;
    for (ir::OnnxModule& fragment : model->fragments) {
      if (flags.values) PrintValues(fragment);
    }
    return true;
  }
  for (const v1::Diagnostic& diagnostic : sink.diagnostics()) {
    std::cout << "// " << diagnostic.ShortDebugString() << "\n";
  }
  if (!model.ok()) {
    std::cout << "// " << model.status() << std::endl;
    return false;
  }
  if (model->program != nullptr) PrintProgram(*model->program, "");
  for (ir::OnnxModule& fragment : model->fragments) {
    PrintSignature(fragment.parts().signature);
    std::cout.flush();
    fragment.module().print(llvm::outs());
    llvm::outs().flush();
  }
  return true;
}

int Main(int argc, char** argv) {
  const Flags flags = ParseFlags(argc, argv);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  bool ok = true;
  for (const std::string& path : flags.models) ok &= Import(context, path, flags);
  return ok ? 0 : 1;
}

}  // namespace
}  // namespace sinter

int main(int argc, char** argv) { return sinter::Main(argc, argv); }
