// Writes docs/reference/supported_ops.md to standard output.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "compiler_core/import/supported_ops.h"

namespace sinter {
namespace {

constexpr char kHead[] = R"(# Supported operators

Written by `bazel run //compiler_core/tools:supported_ops`; do not edit. From the rows of
`compiler_core/dialect/onnx/ops/*.td`, `compiler_core/import/expansions/expansions.cc`,
`compiler_core/library/library_ops.def` and the schemas of ONNX and of `contrib_schemas.cc`.

How a node is done (it goes the first way that takes it):

- **compiled**: code is generated for it, fused with its neighbours; the category is its file.
- **expanded**: it becomes simpler nodes, which are compiled.
- **library**: a function of the run-time library, where shapes, axes or counts come as data, or for
  values that are no numbers. Beside `compiled` it is for what only data tells.
- **control flow**: its sub-graphs are compiled into programs of their own.
- **ONNX's function**: expanded as ONNX itself defines it.

Types are those that ONNX allows; complex numbers are refused, and so is what a note or a diagnostic
of `sinter check` names. Each operator is tested by ONNX's own cases or by cases that ONNX Runtime
judges: how many pass is in [onnx_coverage.md](onnx_coverage.md), and what remains in
`tests/onnx_conformance/remaining.tsv`.
)";

std::string ShortType(const std::string& type) {
  absl::string_view text = type;
  if (absl::ConsumePrefix(&text, "tensor(")) absl::ConsumeSuffix(&text, ")");
  return std::string(text);
}

// Long lists of numbers get a name.
std::string TypesText(const std::vector<std::string>& types) {
  std::vector<std::string> shown;
  int optionals = 0, sequences = 0;
  for (const std::string& type : types) {
    if (absl::StartsWith(type, "optional(")) {
      ++optionals;
    } else if (absl::StartsWith(type, "seq(")) {
      ++sequences;
    } else if (!absl::StrContains(type, "complex")) {
      shown.push_back(ShortType(type));
    }
  }
  if (sequences > 2) shown.push_back("sequences");
  if (optionals > 0) shown.push_back("optionals");
  if (sequences > 0 && sequences <= 2) {
    for (const std::string& type : types) {
      if (absl::StartsWith(type, "seq(")) shown.push_back(type);
    }
  }
  return absl::StrJoin(shown, " ");
}

std::string WaysText(const import::SupportedOp& op) {
  std::vector<std::string> texts;
  for (const import::SupportedOp::Way& way : op.ways) {
    texts.push_back(way.category.empty() ? way.name
                                         : absl::StrCat(way.name, " (", way.category, ")"));
  }
  return absl::StrJoin(texts, ", ");
}

void Print() {
  std::cout << kHead;
  std::string domain;
  std::vector<std::string> refused;
  const auto flush = [&] {
    if (!refused.empty()) {
      std::cout << "\nNot supported: " << absl::StrJoin(refused, ", ") << ".\n";
    }
    refused.clear();
  };
  for (const import::SupportedOp& op : import::SupportedOps()) {
    if (op.domain != domain) {
      flush();
      domain = op.domain;
      std::cout << "\n## " << domain << "\n\n| operator | versions | done | types | note |\n"
                << "|---|---|---|---|---|\n";
    }
    if (op.versions.empty()) {
      refused.push_back(op.op);
      continue;
    }
    std::cout << "| " << op.op << " | " << absl::StrJoin(op.versions, " ") << " | " << WaysText(op)
              << " | " << TypesText(op.types) << " | "
              << (op.missing_versions.empty()
                      ? ""
                      : absl::StrCat("not version ", absl::StrJoin(op.missing_versions, ", ")))
              << " |\n";
  }
  flush();
}

}  // namespace
}  // namespace sinter

int main() {
  sinter::Print();
  return 0;
}
