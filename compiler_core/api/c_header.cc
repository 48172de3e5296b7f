#include "compiler_core/api/c_header.h"

#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sinter::api {
namespace {

// A name as part of a C identifier; two different names may become one, so indices come first.
std::string Identifier(const std::string& name) {
  std::string result;
  for (unsigned char c : name) result += std::isalnum(c) ? static_cast<char>(std::toupper(c)) : '_';
  return result;
}

// A name inside of a comment can't end it.
std::string Comment(std::string text) {
  for (size_t at = text.find("*/"); at != std::string::npos; at = text.find("*/")) text[at] = ' ';
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

using Value = v1::ArtifactManifest::Value;

// "float32 [batch, 3]", "float32 of any shape", "seq(tensor(float))".
std::string TypeText(const Value& value) {
  if (!value.type().empty()) return value.type();
  if (value.unranked()) return value.dtype_name() + " of any shape";
  return absl::StrCat(value.dtype_name(), " [", absl::StrJoin(value.dims(), ", "), "]");
}

void Describe(const google::protobuf::RepeatedPtrField<Value>& values, const char* side,
              std::string& text) {
  absl::StrAppend(&text, "#define SINTER_MODEL_NUM_", side, "S ", values.size(), "\n");
  for (int i = 0; i < values.size(); ++i) {
    absl::StrAppend(&text, "/* `", Comment(values[i].name()), "`: ", Comment(TypeText(values[i])),
                    " */\n");
    absl::StrAppend(&text, "#define SINTER_MODEL_", side, "_", i, "_", Identifier(values[i].name()),
                    " ", i, "\n");
  }
}

}  // namespace

std::string CHeader(const v1::ArtifactManifest& manifest) {
  std::string text = absl::StrCat("/* The model `", Comment(manifest.model_name()), "`. */\n",
                                  "#ifndef SINTER_MODEL_H_\n#define SINTER_MODEL_H_\n\n",
                                  "#include \"sinter_abi.h\"\n\n");
  Describe(manifest.inputs(), "INPUT", text);
  absl::StrAppend(&text, "\n");
  Describe(manifest.outputs(), "OUTPUT", text);
  absl::StrAppend(&text, "\n#endif\n");
  return text;
}

}  // namespace sinter::api
