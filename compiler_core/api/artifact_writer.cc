#include "compiler_core/api/artifact_writer.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "compiler_core/api/c_header.h"
#include "compiler_core/api/describe_model.h"
#include "compiler_core/api/listings.h"
#include "compiler_core/codegen/host/compile_host.h"
#include "compiler_core/codegen/link/link.h"
#include "compiler_core/codegen/weights/weight_layout.h"
#include "compiler_core/codegen/weights/weights.h"
#include "compiler_core/pipelines/pipelines.h"
#include "google/protobuf/util/json_util.h"
#include "llvm/Config/llvm-config.h"

namespace sinter::api {
namespace {

constexpr char kVersion[] = "0.1.0";
constexpr char kOnnxVersion[] = "1.23.2";

absl::Status WriteFile(const std::string& path, const std::string& bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (!file) return absl::InternalError(absl::StrCat("can't create `", path, "`"));
  bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  if (std::fclose(file) != 0 || !written) {
    return absl::ResourceExhaustedError(absl::StrCat("can't write `", path, "`"));
  }
  return absl::OkStatus();
}

}  // namespace

v1::ArtifactManifest::Toolchain Toolchain(const std::string& compiler_digest) {
  v1::ArtifactManifest::Toolchain toolchain;
  toolchain.set_sinter(kVersion);
  toolchain.set_llvm(LLVM_VERSION_STRING);
  toolchain.set_onnx(kOnnxVersion);
  toolchain.set_compiler_digest(compiler_digest);
  toolchain.set_pipeline_digest(pipelines::DigestOfAll());
  return toolchain;
}

bool ArtifactWriter::Emits(v1::CompileOptions::Emit kind) const {
  const auto& wanted = request_.options.emit();
  if (wanted.empty()) return kind == v1::CompileOptions::SHARED_LIBRARY;
  return std::any_of(wanted.begin(), wanted.end(), [&](int emit) {
    return emit == kind || emit == v1::CompileOptions::BUNDLE ||
           (emit == v1::CompileOptions::EMIT_UNSPECIFIED &&
            kind == v1::CompileOptions::SHARED_LIBRARY);
  });
}

absl::Status ArtifactWriter::WriteScratch(const std::string& name, const std::string& bytes) {
  objects_.push_back(absl::StrCat(request_.scratch_dir, "/", name));
  return WriteFile(objects_.back(), bytes);
}

absl::Status ArtifactWriter::RecordFile(const std::string& path, bool executable) {
  SINTER_ASSIGN_OR_RETURN(base::Digest digest,
                          base::DigestOfFile(absl::StrCat(request_.output_dir, "/", path)));
  v1::ArtifactManifest::File* file = manifest_.add_files();
  file->set_path(path);
  file->mutable_digest()->set_hash(digest.sha256_hex);
  file->mutable_digest()->set_size_bytes(digest.size_bytes);
  file->set_executable(executable);
  return absl::OkStatus();
}

absl::Status ArtifactWriter::WriteOutput(const std::string& path, const std::string& text,
                                         bool executable) {
  SINTER_RETURN_IF_ERROR(WriteFile(absl::StrCat(request_.output_dir, "/", path), text));
  return RecordFile(path, executable);
}

absl::Status ArtifactWriter::AddKernels(std::vector<KernelCode> kernels,
                                        const std::vector<const ir::Kernel*>& sources) {
  std::string texts, loops;
  for (size_t i = 0; i < kernels.size(); ++i) {
    KernelCode& kernel = kernels[i];
    if (!kernel.object_path.empty()) {
      objects_.push_back(std::move(kernel.object_path));
    } else {
      SINTER_RETURN_IF_ERROR(WriteScratch(absl::StrCat("kernel-", i, ".o"), kernel.object.elf));
    }
    if (!kernel.object.bitcode.empty()) bitcodes_.push_back(std::move(kernel.object.bitcode));
    absl::StrAppend(&texts, "// ", sources[i]->name, "\n", sources[i]->text, "\n");
    absl::StrAppend(&loops, "// ", sources[i]->name, "\n", kernel.loops, "\n");
  }
  for (const std::string& stage : request_.options.mlir_stages()) {
    if (stage == "kernel") AddText("model.kernel.mlir", std::move(texts));
    if (stage == "loop") AddText("model.loop.mlir", std::move(loops));
  }
  return absl::OkStatus();
}

absl::Status ArtifactWriter::WriteListings() {
  bool llvm_ir = Emits(v1::CompileOptions::LLVM_IR), assembly = Emits(v1::CompileOptions::ASSEMBLY);
  if (!llvm_ir && !assembly) return absl::OkStatus();
  SINTER_ASSIGN_OR_RETURN(Listings listings, MakeListings(bitcodes_, target_));
  if (llvm_ir) SINTER_RETURN_IF_ERROR(WriteOutput("model.ll", listings.llvm_ir, false));
  if (assembly) SINTER_RETURN_IF_ERROR(WriteOutput("model.s", listings.assembly, false));
  return absl::OkStatus();
}

absl::StatusOr<v1::ArtifactManifest> ArtifactWriter::Write(
    ir::ModelPlan model, const std::function<void()>& files_consumed) {
  manifest_.set_format_version(1);
  base::Digest digest = base::DigestOf(request_.files.front().bytes);
  manifest_.mutable_model()->set_hash(digest.sha256_hex);
  manifest_.mutable_model()->set_size_bytes(digest.size_bytes);
  *manifest_.mutable_target() = target_;
  *manifest_.mutable_options() = request_.options;
  *manifest_.mutable_toolchain() = Toolchain(compiler_digest_);
  DescribeModel(model, manifest_);

  bool listings = Emits(v1::CompileOptions::LLVM_IR) || Emits(v1::CompileOptions::ASSEMBLY);
  SINTER_ASSIGN_OR_RETURN(codegen::ObjectCode host, codegen::CompileHost(model, target_, listings));
  SINTER_RETURN_IF_ERROR(WriteScratch("host.o", host.elf));
  if (listings) bitcodes_.push_back(std::move(host.bitcode));
  if (codegen::LayOutWeights(model).bytes > 0) {
    objects_.push_back(absl::StrCat(request_.scratch_dir, "/weights.o"));
    SINTER_RETURN_IF_ERROR(codegen::WriteWeights(model, target_, objects_.back()));
  }
  AddText("model.h", CHeader(manifest_));
  model = ir::ModelPlan();
  if (files_consumed) files_consumed();

  if (Emits(v1::CompileOptions::SHARED_LIBRARY)) {
    const std::string name = codegen::LibraryName(target_);
    std::string path = absl::StrCat(request_.output_dir, "/", name);
    SINTER_RETURN_IF_ERROR(codegen::LinkSharedLibrary(objects_, target_, path));
    SINTER_RETURN_IF_ERROR(RecordFile(name, true));
  }
  if (Emits(v1::CompileOptions::OBJECT)) {
    std::string path = absl::StrCat(request_.output_dir, "/model.o");
    SINTER_RETURN_IF_ERROR(codegen::LinkObject(objects_, target_, path));
    SINTER_RETURN_IF_ERROR(RecordFile("model.o", false));
  }
  SINTER_RETURN_IF_ERROR(WriteListings());
  for (const auto& [path, text] : texts_) SINTER_RETURN_IF_ERROR(WriteOutput(path, text, false));
  auto* files = manifest_.mutable_files();
  std::sort(files->begin(), files->end(),
            [](const auto& a, const auto& b) { return a.path() < b.path(); });

  google::protobuf::util::JsonPrintOptions json;
  json.add_whitespace = true;
  json.always_print_primitive_fields = true;
  json.preserve_proto_field_names = true;
  std::string text;
  auto status = google::protobuf::util::MessageToJsonString(manifest_, &text, json);
  if (!status.ok()) return absl::InternalError("the manifest can't be written as JSON");
  SINTER_RETURN_IF_ERROR(WriteFile(absl::StrCat(request_.output_dir, "/manifest.json"), text));
  return manifest_;
}

}  // namespace sinter::api
