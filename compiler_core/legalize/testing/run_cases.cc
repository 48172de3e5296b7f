// Evaluates ONNX test cases with the interpreter: `run_cases FOLDER...`, each with a model.onnx and
// test_data_set_0/{input,output}_N.pb. Prints a line a case, "ok", "refused" or what went wrong;
// returns 1 if a result is wrong. For the development of lowerings, before code is generated.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "compiler_core/import/elements.h"
#include "compiler_core/import/import_model.h"
#include "compiler_core/legalize/legalize.h"
#include "compiler_core/legalize/testing/interpreter.h"
#include "onnx/onnx_pb.h"

namespace sinter::legalize {
namespace {

// Elements that stand in a typed field of the proto, `To` being how they are stored.
template <typename To, typename Field>
void Copy(const Field& field, void* data) {
  auto* out = static_cast<To*>(data);
  for (const auto value : field) *out++ = static_cast<To>(value);
}

void CopyElements(const ::onnx::TensorProto& proto, int64_t element_size, void* data) {
  if (proto.has_raw_data()) {
    std::memcpy(data, proto.raw_data().data(), proto.raw_data().size());
    return;
  }
  Copy<float>(proto.float_data(), data);
  Copy<double>(proto.double_data(), data);
  Copy<int64_t>(proto.int64_data(), data);
  if (element_size == 8) Copy<uint64_t>(proto.uint64_data(), data);
  if (element_size == 4) Copy<uint32_t>(proto.uint64_data(), data);
  if (element_size == 4) Copy<int32_t>(proto.int32_data(), data);
  if (element_size == 2) Copy<int16_t>(proto.int32_data(), data);
  if (element_size == 1) Copy<int8_t>(proto.int32_data(), data);
}

// Elements of 2 and 4 bits are packed into bytes, the first one lowest.
int PackedBits(ir::DType dtype) {
  switch (dtype) {
    case ir::DType::kInt2:
    case ir::DType::kUInt2:
      return 2;
    case ir::DType::kInt4:
    case ir::DType::kUInt4:
    case ir::DType::kFloat4E2M1:
      return 4;
    default:
      return 8;
  }
}

void Unpack(const ::onnx::TensorProto& proto, int width, const ir::HostTensor& tensor, char* data) {
  const int each = 8 / width;
  for (int64_t i = 0; i < tensor.num_elements(); ++i) {
    const int at = static_cast<int>(i / each);
    const int byte =
        proto.has_raw_data() ? static_cast<uint8_t>(proto.raw_data()[at]) : proto.int32_data(at);
    data[i] = static_cast<char>(byte >> (i % each * width) & ((1 << width) - 1));
  }
}

absl::StatusOr<ir::HostTensor> ReadTensor(const std::string& path) {
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(path));
  ::onnx::TensorProto proto;
  if (!proto.ParseFromString(bytes)) return absl::InvalidArgumentError("not a TensorProto");
  const auto dtype = static_cast<ir::DType>(proto.data_type());
  const int64_t size = ir::SizeOf(dtype);
  if (size == 0) return absl::UnimplementedError("element type");
  void* data = nullptr;
  ir::HostTensor tensor = ir::HostTensor::Allocate(
      dtype, std::vector<int64_t>(proto.dims().begin(), proto.dims().end()), &data);
  const int width = PackedBits(dtype);
  if (width == 8) {
    CopyElements(proto, size, data);
  } else {
    Unpack(proto, width, tensor, static_cast<char*>(data));
  }
  return tensor;
}

absl::Status Compare(const ir::HostTensor& found, const ir::HostTensor& wanted) {
  if (found.dtype() != wanted.dtype()) {
    return absl::InternalError(
        absl::StrCat("type ", ir::NameOf(found.dtype()), " for ", ir::NameOf(wanted.dtype())));
  }
  if (found.dims() != wanted.dims()) return absl::InternalError("another shape");
  for (int64_t i = 0; i < wanted.num_elements(); ++i) {
    const double a = found.AsDouble(i), b = wanted.AsDouble(i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const bool tolerant = import::IsFloat(wanted.dtype());
    if (!tolerant || !(std::fabs(a - b) <= 1e-5 + 1e-3 * std::fabs(b))) {
      return absl::InternalError(absl::StrCat("element ", i, " is ", a, ", not ", b));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ir::TensorModule> Load(mlir::MLIRContext& context, absl::string_view bytes,
                                      ir::DiagnosticSink& sink) {
  const ir::InputFile file{"model.onnx", bytes};
  SINTER_ASSIGN_OR_RETURN(ir::OnnxProgram onnx,
                          import::ImportModel(context, {&file, 1}, v1::CompileOptions(), sink));
  if (onnx.program != nullptr) return absl::UnimplementedError("it calls the run-time library");
  return Legalize(std::move(onnx.fragments[0]), sink);
}

absl::Status RunCase(const std::string& folder) {
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(folder + "/model.onnx"));
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  ir::DiagnosticSink sink;
  absl::StatusOr<ir::TensorModule> module = Load(context, bytes, sink);
  if (!module.ok()) {
    std::string text(module.status().message());
    for (const auto& diagnostic : sink.diagnostics())
      absl::StrAppend(&text, "; ", diagnostic.message());
    return absl::Status(module.status().code(), text);
  }
  const std::string data = folder + "/test_data_set_0/";
  std::vector<ir::HostTensor> inputs;
  for (size_t i = 0; i < module->parts().signature.inputs.size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(ir::HostTensor input,
                            ReadTensor(absl::StrCat(data, "input_", i, ".pb")));
    inputs.push_back(std::move(input));
  }
  SINTER_ASSIGN_OR_RETURN(const std::vector<ir::HostTensor> outputs, Evaluate(*module, inputs));
  for (size_t i = 0; i < outputs.size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(const ir::HostTensor wanted,
                            ReadTensor(absl::StrCat(data, "output_", i, ".pb")));
    SINTER_RETURN_IF_ERROR(Compare(outputs[i], wanted));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace sinter::legalize

int main(int argc, char** argv) {
  bool all_right = true;
  for (int i = 1; i < argc; ++i) {
    const absl::Status status = sinter::legalize::RunCase(argv[i]);
    const bool refused = absl::IsUnimplemented(status);
    all_right &= status.ok() || refused;
    std::printf("%s %s %s\n",
                status.ok() ? "ok"
                : refused   ? "refused"
                            : "WRONG",
                argv[i], std::string(status.message()).c_str());
    std::fflush(stdout);
  }
  return all_right ? 0 : 1;
}
