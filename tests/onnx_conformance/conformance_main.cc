// Runs ONNX test cases one after the other in this process; run.py starts several and replaces one
// that dies.
//
//   conformance [TARGET [EMULATOR ...]] < CASES
//
// EMULATOR is the program, with its arguments, that runs models for TARGET: see value_runner.h.
// Reads lines of `folder TAB relative tolerance TAB absolute tolerance TAB only_shape (0|1) TAB
// units` from standard input (see Tolerance); answers each with `folder TAB verdict TAB detail`.
#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "compiler_core/api/compile.h"
#include "tests/onnx_conformance/case_runner.h"

namespace sinter::conformance {
namespace {

bool ParseCase(const std::string& line, ConformanceCase* parsed) {
  const std::vector<std::string> fields = absl::StrSplit(line, '\t');
  if (fields.size() != 5) return false;
  parsed->folder = fields[0];
  parsed->tolerance.only_shape = fields[3] == "1";
  return absl::SimpleAtod(fields[1], &parsed->tolerance.relative) &&
         absl::SimpleAtod(fields[2], &parsed->tolerance.absolute) &&
         absl::SimpleAtoi(fields[4], &parsed->tolerance.units);
}

int Main(int argc, char** argv) {
  v1::Target wanted = api::Compiler::HostTarget();
  if (argc > 1) {
    wanted.Clear();
    wanted.set_name(argv[1]);
  }
  auto target = api::Compiler::ResolveTarget(wanted);
  if (!target.ok()) {
    std::cerr << target.status() << "\n";
    return 3;
  }
  const std::vector<std::string> emulator(argv + std::min(argc, 2), argv + argc);
  CaseRunner runner(*std::move(target), emulator);
  for (std::string line; std::getline(std::cin, line);) {
    ConformanceCase conformance_case;
    if (!ParseCase(line, &conformance_case)) {
      std::cerr << "not a case: `" << line << "`\n";
      return 2;
    }
    const Verdict verdict = runner.Run(conformance_case);
    std::cout << conformance_case.folder << "\t" << KindName(verdict.kind) << "\t"
              << absl::StrReplaceAll(verdict.detail, {{"\n", " "}, {"\t", " "}}) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace sinter::conformance

int main(int argc, char** argv) { return sinter::conformance::Main(argc, argv); }
