// Compiles a model in this process, without daemon, cache or worker: for bringing the compiler up.
//
//   sinter_compile MODEL OUT_DIR [--target=NAME] [--shape=NAME=1x3x?] [--emit-mlir=STAGE] [--check]
#include <atomic>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/mapped_file.h"
#include "compiler_core/api/compile.h"

namespace {

using sinter::api::CompileRequest;

void AddShape(absl::string_view text, sinter::v1::CompileOptions& options) {
  size_t at = text.rfind('=');
  auto* shape = options.add_shapes();
  shape->set_input(std::string(text.substr(0, at)));
  for (absl::string_view dim : absl::StrSplit(text.substr(at + 1), 'x', absl::SkipEmpty())) {
    int64_t size = 0;
    if (absl::SimpleAtoi(dim, &size)) {
      shape->add_dims()->set_fixed(size);
    } else {
      shape->add_dims()->set_free(true);
    }
  }
}

void Print(const std::vector<sinter::v1::Diagnostic>& diagnostics) {
  for (const auto& diagnostic : diagnostics) {
    std::cerr << diagnostic.kind() << ": " << diagnostic.op_type() << " `" << diagnostic.node()
              << "`: " << diagnostic.message() << "\n";
  }
}

// Unmaps `model`, the request's file, when the compiler is done with it.
int Compile(const CompileRequest& request, bool check,
            std::optional<sinter::base::MappedFile>& model) {
  sinter::api::Compiler compiler;
  std::vector<sinter::v1::Diagnostic> diagnostics;
  if (check) {
    auto result = compiler.Check(request);
    if (!result.ok()) std::cerr << result.status() << "\n";
    if (result.ok()) Print(result->diagnostics);
    return result.ok() ? 0 : 1;
  }
  sinter::api::CompileEnvironment environment;
  environment.now = [] { return absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()); };
  environment.parallel_for = [](int count, const std::function<void(int)>& task) {
    std::atomic<int> next{0};
    auto run = [&] {
      for (int i = next++; i < count; i = next++) task(i);
    };
    std::thread helper(run);
    run();
    helper.join();
  };
  environment.files_consumed = [&model] { model.reset(); };
  auto result = compiler.Compile(request, environment, diagnostics);
  Print(diagnostics);
  if (!result.ok()) {
    std::cerr << result.status() << "\n";
    return 1;
  }
  for (const auto& [stage, seconds] : result->stage_seconds) {
    std::cout << stage << " " << seconds << " s\n";
  }
  std::cout << result->manifest.kernels() << " kernels, " << result->manifest.kernel_calls()
            << " calls, arena " << result->manifest.arena_bytes() << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: sinter_compile MODEL OUT_DIR [--target=NAME] [--shape=NAME=1x3x?] "
                 "[--emit-mlir=STAGE] [--check]\n";
    return 2;
  }
  auto mapped = sinter::base::MappedFile::Open(argv[1]);
  if (!mapped.ok()) {
    std::cerr << mapped.status() << "\n";
    return 2;
  }
  std::optional<sinter::base::MappedFile> model(*std::move(mapped));
  CompileRequest request;
  request.files.push_back({"model.onnx", model->bytes()});
  request.output_dir = argv[2];
  request.scratch_dir = request.output_dir + "/scratch";
  std::filesystem::create_directories(request.scratch_dir);
  request.target.set_name("server");
  bool check = false;
  for (int i = 3; i < argc; ++i) {
    absl::string_view flag = argv[i];
    if (absl::ConsumePrefix(&flag, "--target="))
      request.target.set_name(std::string(flag));
    else if (absl::ConsumePrefix(&flag, "--shape="))
      AddShape(flag, request.options);
    else if (absl::ConsumePrefix(&flag, "--emit-mlir=")) {
      request.options.add_mlir_stages(std::string(flag));
    } else if (flag == "--check")
      check = true;
  }
  int code = Compile(request, check, model);
  std::filesystem::remove_all(request.scratch_dir);
  return code;
}
