// The syntax of a command: its flags, arguments and subcommands, declared once. Parsing, `--help`
// and the shells' completion all come from the declarations.
//
//   Syntax& compile = root.Subcommand("compile", "compile an ONNX model");
//   compile.Argument("MODEL", &model, "the .onnx file");
//   compile.Option("--target", "NAME", &target, "what to make code for");
//
// This is the only place that knows the library behind it (CLI11). Values are written where the
// declaration points, which must live until Parse() is over. Not thread-safe.
#ifndef SINTER_CLIENT_CLI_SYNTAX_H_
#define SINTER_CLIENT_CLI_SYNTAX_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sinter::client {

class Syntax {
 public:
  // What completion has to know of a flag.
  struct Flag {
    std::string names;  // as declared: "-o,--output"
    std::string value;  // what stands for its value in help; "" if it takes none
    std::string help;
    std::vector<std::string> choices;  // all values there are; empty if they are open
  };

  // The program itself.
  Syntax(const std::string& name, const std::string& description);
  ~Syntax();
  Syntax(const Syntax&) = delete;
  Syntax& operator=(const Syntax&) = delete;

  // Declares a command of this one; owned by it.
  Syntax& Subcommand(const std::string& name, const std::string& description);
  // Without a subcommand the line is an error.
  void RequireSubcommand();
  // Flags and arguments that are not declared are no error.
  void AllowMore();

  // An argument by position; it must be given.
  void Argument(const std::string& name, std::string* value, const std::string& help);

  // `names` is one or more flags, "-o,--output"; `value` names what they take, "FILE".
  void Option(const std::string& names, const std::string& value, std::string* target,
              const std::string& help);
  void Option(const std::string& names, const std::string& value, int* target,
              const std::string& help);
  void Option(const std::string& names, const std::string& value, int64_t* target,
              const std::string& help);
  void Option(const std::string& names, const std::string& value, double* target,
              const std::string& help);
  // May be given more than once, one value each.
  void Option(const std::string& names, const std::string& value, std::vector<std::string>* target,
              const std::string& help);
  // One of `choices` and nothing else.
  void Choice(const std::string& names, std::vector<std::string> choices, std::string* target,
              const std::string& help);
  void Switch(const std::string& names, bool* target, const std::string& help);

  // Reads the line. REQUIRES: called on the program itself, once.
  // RETURNS: the text to print and stop with success (`--help`), or "" to go on.
  // ERRORS: usage errors.
  absl::StatusOr<std::string> Parse(int argc, const char* const* argv);

  // Whether the line has this command.
  bool chosen() const;

  const std::string& name() const { return name_; }
  const std::string& description() const { return description_; }
  const std::vector<std::unique_ptr<Syntax>>& subcommands() const { return subcommands_; }
  const std::vector<Flag>& flags() const { return flags_; }

 private:
  Syntax(CLI::App* app, const std::string& name, const std::string& description);

  template <typename Value>
  CLI::Option* Declare(const std::string& names, const std::string& value, Value* target,
                       const std::string& help);

  std::unique_ptr<CLI::App> root_;  // of the program itself
  CLI::App* app_;
  std::string name_;
  std::string description_;
  std::vector<std::unique_ptr<Syntax>> subcommands_;
  std::vector<Flag> flags_;
};

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_SYNTAX_H_
