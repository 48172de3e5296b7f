// How the commands' JSON spells what they have in common. Fields appear in the order written; text
// that is no UTF-8 is repaired, not refused.
#ifndef SINTER_CLIENT_CLI_JSON_TEXT_H_
#define SINTER_CLIENT_CLI_JSON_TEXT_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "nlohmann/json.hpp"
#include "proto/sinter/v1/artifact.pb.h"
#include "proto/sinter/v1/diagnostic.pb.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::client {

using Json = nlohmann::ordered_json;

Json DiagnosticJson(const v1::Diagnostic& diagnostic);
Json TargetJson(const v1::Target& target);

template <typename Diagnostics>
Json DiagnosticsJson(const Diagnostics& diagnostics) {
  Json list = Json::array();
  for (const v1::Diagnostic& diagnostic : diagnostics) list.push_back(DiagnosticJson(diagnostic));
  return list;
}

// "HASH/SIZE".
std::string DigestText(const v1::Digest& digest);

// {"event": "error", "code": "UNIMPLEMENTED", "exit_code": 3, "message": ..., "diagnostics": [...]}
Json ErrorJson(const absl::Status& status);

// Prints one line and flushes it, so that who reads a pipe sees it at once.
void PrintJsonLine(std::ostream& out, const Json& json);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_JSON_TEXT_H_
