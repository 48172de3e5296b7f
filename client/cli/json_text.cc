#include "client/cli/json_text.h"

#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/diagnostic_text.h"
#include "client/cli/exit_code.h"
#include "client/lib/fault.h"

namespace sinter::client {

Json DiagnosticJson(const v1::Diagnostic& diagnostic) {
  Json json;
  json["severity"] = absl::AsciiStrToLower(v1::Diagnostic::Severity_Name(diagnostic.severity()));
  json["kind"] = diagnostic.kind();
  json["stage"] = StageName(diagnostic.stage());
  json["node"] = diagnostic.node();
  json["op_type"] = diagnostic.op_type();
  json["domain"] = diagnostic.domain();
  json["opset"] = diagnostic.opset();
  json["message"] = diagnostic.message();
  json["hint"] = diagnostic.hint();
  return json;
}

Json TargetJson(const v1::Target& target) {
  Json json;
  json["name"] = target.name();
  json["triple"] = target.triple();
  json["cpu"] = target.cpu();
  json["features"] = Json::array();
  for (const std::string& feature : target.features()) json["features"].push_back(feature);
  json["vector_bits"] = target.vector_bits();
  json["vector_registers"] = target.vector_registers();
  if (!target.abi().empty()) json["abi"] = target.abi();
  json["description"] = target.description();
  return json;
}

std::string DigestText(const v1::Digest& digest) {
  return absl::StrCat(digest.hash(), "/", digest.size_bytes());
}

Json ErrorJson(const absl::Status& status) {
  Json json;
  json["event"] = "error";
  json["code"] = absl::StatusCodeToString(status.code());
  json["exit_code"] = static_cast<int>(ExitCodeFor(status));
  json["message"] = std::string(status.message());
  json["diagnostics"] = DiagnosticsJson(DiagnosticsOf(status));
  if (const auto delay = RetryDelayOf(status); delay.has_value()) {
    json["retry_after_s"] = absl::ToDoubleSeconds(*delay);
  }
  if (const std::string reproducer = ReproducerOf(status); !reproducer.empty()) {
    json["reproducer"] = reproducer;
  }
  return json;
}

void PrintJsonLine(std::ostream& out, const Json& json) {
  out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

}  // namespace sinter::client
