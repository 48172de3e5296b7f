// Every operator of the library against ONNX's own cases of it.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "compiler_core/library/testing/onnx_case.h"
#include "gtest/gtest.h"

namespace sinter::library {
namespace {

// Cases whose values are random by definition, or that differ for a reason.
bool IsLeftOut(const std::string& name) { return name.find("bernoulli") != std::string::npos; }

std::vector<std::filesystem::path> CaseFolders() {
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator("external/onnx_cases/node")) {
    if (!IsLeftOut(entry.path().filename())) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

TEST(OnnxCasesTest, TheLibraryComputesWhatOnnxExpects) {
  int passed = 0;
  for (const std::filesystem::path& folder : CaseFolders()) {
    const absl::StatusOr<CaseVerdict> verdict = RunOnnxCase(folder);
    EXPECT_TRUE(verdict.ok()) << folder.filename() << ": " << verdict.status();
    passed += verdict.ok() && *verdict == CaseVerdict::kPassed;
  }
  RecordProperty("passed", passed);
  std::cout << passed << " cases passed\n";
  EXPECT_GE(passed, 430);
}

}  // namespace
}  // namespace sinter::library
