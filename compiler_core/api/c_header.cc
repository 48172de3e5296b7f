#include "compiler_core/api/c_header.h"

#include <cctype>

#include "absl/strings/str_cat.h"

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

void Describe(const std::vector<ir::ModelValue>& values, const char* side, std::string& text) {
  absl::StrAppend(&text, "#define SINTER_MODEL_NUM_", side, "S ", values.size(), "\n");
  for (size_t i = 0; i < values.size(); ++i) {
    const ir::ModelValue& value = values[i];
    absl::StrAppend(&text, "/* `", Comment(value.name), "`: ", ir::NameOf(value.dtype), " ",
                    Comment(ir::ToString(value.shape)), " */\n");
    absl::StrAppend(&text, "#define SINTER_MODEL_", side, "_", i, "_", Identifier(value.name), " ",
                    i, "\n");
  }
}

}  // namespace

std::string CHeader(const ir::Signature& signature) {
  std::string text = absl::StrCat("/* The model `", Comment(signature.model_name), "`. */\n",
                                  "#ifndef SINTER_MODEL_H_\n#define SINTER_MODEL_H_\n\n",
                                  "#include \"sinter_abi.h\"\n\n");
  Describe(signature.inputs, "INPUT", text);
  absl::StrAppend(&text, "\n");
  Describe(signature.outputs, "OUTPUT", text);
  absl::StrAppend(&text, "\n#endif\n");
  return text;
}

}  // namespace sinter::api
