#include "compiler_core/codegen/testing/build_library.h"

#include <cstdlib>
#include <fstream>
#include <vector>

#include "base/status_matchers.h"
#include "compiler_core/codegen/host/compile_host.h"
#include "compiler_core/codegen/kernel/kernel_compiler.h"
#include "compiler_core/codegen/link/link.h"
#include "compiler_core/codegen/model_kernels.h"
#include "compiler_core/codegen/weights/weight_layout.h"
#include "compiler_core/codegen/weights/weights.h"
#include "compiler_core/targets/builtin_targets.h"
#include "gtest/gtest.h"
#include "mlir/Parser/Parser.h"

namespace sinter::codegen {

v1::Target Named(const char* name) {
  v1::Target target;
  target.set_name(name);
  auto resolved = targets::BuiltinTargets().Resolve(target);
  EXPECT_TRUE(resolved.ok()) << resolved.status();
  return *resolved;
}

std::string BuildLibrary(const ir::ModelPlan& model, const v1::Target& target,
                         const std::string& name) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  KernelCompiler::LoadDialects(context);
  auto compiler = KernelCompiler::Create(target, v1::CompileOptions());
  EXPECT_TRUE(compiler.ok()) << compiler.status();
  const std::string library = std::string(getenv("TEST_TMPDIR")) + "/" + name;
  std::vector<std::string> objects;
  auto add = [&](const ObjectCode& object) {
    objects.push_back(library + "." + object.name + ".o");
    std::ofstream(objects.back(), std::ios::binary) << object.elf;
  };
  for (const ir::Kernel* kernel : KernelsOf(model)) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(kernel->text, &context);
    auto object = (*compiler)->Compile(*module, kernel->name);
    EXPECT_TRUE(object.ok()) << object.status();
    if (object.ok()) add(*object);
  }
  auto host = CompileHost(model, target, /*keep_bitcode=*/false);
  EXPECT_TRUE(host.ok()) << host.status();
  if (host.ok()) add(*host);
  if (LayOutWeights(model).bytes > 0) {
    objects.push_back(library + ".weights.o");
    EXPECT_THAT(WriteWeights(model, target, objects.back()), base::IsOk());
  }
  EXPECT_THAT(LinkSharedLibrary(objects, target, library), base::IsOk());
  return library;
}

}  // namespace sinter::codegen
