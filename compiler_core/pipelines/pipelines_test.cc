#include "compiler_core/pipelines/pipelines.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Passes/PassBuilder.h"

namespace sinter::pipelines {
namespace {

TEST(Pipelines, AreChosenByNameOrLevel) {
  v1::CompileOptions options;
  EXPECT_EQ(Select(options)->name(), "O3");
  options.set_has_optimization_level(true);
  EXPECT_EQ(Select(options)->name(), "O0");
  options.set_optimization_level(2);
  EXPECT_EQ(Select(options)->name(), "O2");
  options.set_pipeline("debug");
  EXPECT_EQ(Select(options)->name(), "debug");
}

TEST(Pipelines, UnknownOnesAreRefusedNamingWhatThereIs) {
  v1::CompileOptions options;
  options.set_pipeline("O9");
  const absl::Status status = Select(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("`O9`"));
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("`debug`"));
}

TEST(Pipelines, AllAreSortedAndKnownToLlvm) {
  std::string last;
  for (const NamedPipeline& named : All()) {
    EXPECT_LT(last, named.pipeline.name());
    last = named.pipeline.name();
    EXPECT_FALSE(named.pipeline.description().empty());
    EXPECT_EQ(named.digest.size(), 64u);
    llvm::PassBuilder builder;
    llvm::ModulePassManager passes;
    llvm::Error error = builder.parsePassPipeline(passes, named.pipeline.llvm_passes());
    EXPECT_FALSE(static_cast<bool>(error)) << named.pipeline.name();
    llvm::consumeError(std::move(error));
  }
}

}  // namespace
}  // namespace sinter::pipelines
