// Holds the reference evaluator against ONNX's own expected outputs.
//
//   evaluate_cases CASES_FOLDER LOOSER_TSV [PART_OF_A_NAME]
//
// CASES_FOLDER has cases.tsv (kind, case, ops, all_ops, rtol, atol, random, expanded) and for each
// case KIND/CASE/model.onnx with test_data_set_0/{input,output}_N.pb. Prints a line a case, OK,
// FAIL or UNSUPPORTED with the reason, and the totals. Exit code 0 if no case failed; unsupported
// ones are for the reader of the totals to judge.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/annotate.h"
#include "base/file_util.h"
#include "base/status_macros.h"
#include "onnx/onnx_pb.h"
#include "reference/evaluator.h"
#include "reference/tools/compare.h"

namespace sinter::reference {
namespace {

struct Case {
  std::string folder;
  std::string name;  // KIND/CASE
  Tolerance tolerance;
};

using Rows = std::vector<std::vector<std::string>>;

// The rows below the head of a table, which have `columns` columns or more.
absl::StatusOr<Rows> ReadTable(const std::string& path, size_t columns) {
  SINTER_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path));
  Rows rows;
  for (const auto line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    rows.push_back(absl::StrSplit(line, '\t'));
    if (rows.back().size() < columns) {
      return absl::InvalidArgumentError(absl::StrCat(path, " has a row that is too short"));
    }
  }
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

absl::Status Loosen(const std::string& path, std::vector<Case>& cases) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadTable(path, 4));
  for (const auto& row : rows) {
    for (Case& each : cases) {
      if (each.name != row[0]) continue;
      double absolute = 0;
      if (!absl::SimpleAtoi(row[1], &each.tolerance.units) ||
          !absl::SimpleAtod(row[2], &absolute)) {
        return absl::InvalidArgumentError(absl::StrCat(path, " has a tolerance that is no number"));
      }
      each.tolerance.absolute = std::max(each.tolerance.absolute, absolute);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Case>> ReadCases(const std::string& folder, const std::string& part) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadTable(folder + "/cases.tsv", 7));
  std::vector<Case> cases;
  for (const auto& row : rows) {
    Case next;
    next.name = absl::StrCat(row[0], "/", row[1]);
    next.folder = absl::StrCat(folder, "/", next.name);
    next.tolerance.only_shape = row[6] == "1";
    if (!absl::SimpleAtod(row[4], &next.tolerance.relative) ||
        !absl::SimpleAtod(row[5], &next.tolerance.absolute)) {
      return absl::InvalidArgumentError("cases.tsv has a tolerance that is no number");
    }
    if (absl::StrContains(next.name, part)) cases.push_back(std::move(next));
  }
  return cases;
}

absl::Status RunCase(const Case& test) {
  SINTER_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(test.folder + "/model.onnx"));
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) return absl::InvalidArgumentError("the model is no protobuf");
  const std::string data = test.folder + "/test_data_set_0";
  std::map<std::string, Value> inputs;
  for (int i = 0; i < model.graph().input_size(); ++i) {
    const std::string path = absl::StrCat(data, "/input_", i, ".pb");
    if (!std::filesystem::exists(path)) continue;
    SINTER_ASSIGN_OR_RETURN(const std::string proto, base::ReadFile(path));
    const auto& input = model.graph().input(i);
    SINTER_ASSIGN_OR_RETURN(Value value, ParseValue(input.type(), proto));
    inputs.emplace(input.name(), std::move(value));
  }
  SINTER_ASSIGN_OR_RETURN(const auto outputs, Evaluate(model, inputs));
  for (int i = 0; i < model.graph().output_size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(const std::string proto,
                            base::ReadFile(absl::StrCat(data, "/output_", i, ".pb")));
    SINTER_ASSIGN_OR_RETURN(const Value wanted, ParseValue(model.graph().output(i).type(), proto));
    SINTER_RETURN_IF_ERROR(base::Annotate(Compare(outputs[i].second, wanted, test.tolerance),
                                          absl::StrCat("output ", i)));
  }
  return absl::OkStatus();
}

int Main(const std::string& folder, const std::string& looser, const std::string& part) {
  auto cases = ReadCases(folder, part);
  const absl::Status status = cases.ok() ? Loosen(looser, *cases) : cases.status();
  if (!status.ok()) {
    std::cerr << status << "\n";
    return 2;
  }
  std::map<std::string, int> totals = {{"OK", 0}, {"FAIL", 0}, {"UNSUPPORTED", 0}};
  for (const Case& test : *cases) {
    const absl::Status status = RunCase(test);
    const std::string verdict = status.ok()                     ? "OK"
                                : absl::IsUnimplemented(status) ? "UNSUPPORTED"
                                                                : "FAIL";
    ++totals[verdict];
    std::cout << verdict << " " << test.name;
    if (!status.ok()) std::cout << ": " << status.message();
    std::cout << std::endl;
  }
  for (const auto& [verdict, count] : totals) std::cout << verdict << ": " << count << "\n";
  return totals["FAIL"] == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sinter::reference

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::cerr << "usage: evaluate_cases CASES_FOLDER LOOSER_TSV [PART_OF_A_NAME]\n";
    return 2;
  }
  return sinter::reference::Main(argv[1], argv[2], argc == 4 ? argv[3] : "");
}
