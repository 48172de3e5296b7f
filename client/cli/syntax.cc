#include "client/cli/syntax.h"

#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "client/lib/fault.h"

namespace sinter::client {

Syntax::Syntax(const std::string& name, const std::string& description)
    : root_(std::make_unique<CLI::App>(description, name)),
      app_(root_.get()),
      name_(name),
      description_(description) {}

Syntax::Syntax(CLI::App* app, const std::string& name, const std::string& description)
    : app_(app), name_(name), description_(description) {}

Syntax::~Syntax() = default;

Syntax& Syntax::Subcommand(const std::string& name, const std::string& description) {
  CLI::App* const app = app_->add_subcommand(name, description);
  subcommands_.push_back(std::unique_ptr<Syntax>(new Syntax(app, name, description)));
  return *subcommands_.back();
}

void Syntax::RequireSubcommand() { app_->require_subcommand(1); }

void Syntax::AllowMore() { app_->allow_extras(); }

void Syntax::Argument(const std::string& name, std::string* value, const std::string& help) {
  app_->add_option(name, *value, help)->required()->option_text("");
}

template <typename Value>
CLI::Option* Syntax::Declare(const std::string& names, const std::string& value, Value* target,
                             const std::string& help) {
  flags_.push_back({names, value, help, {}});
  return app_->add_option(names, *target, help)->option_text(value);
}

void Syntax::Option(const std::string& names, const std::string& value, std::string* target,
                    const std::string& help) {
  Declare(names, value, target, help);
}

void Syntax::Option(const std::string& names, const std::string& value, int* target,
                    const std::string& help) {
  Declare(names, value, target, help);
}

void Syntax::Option(const std::string& names, const std::string& value, int64_t* target,
                    const std::string& help) {
  Declare(names, value, target, help);
}

void Syntax::Option(const std::string& names, const std::string& value, double* target,
                    const std::string& help) {
  Declare(names, value, target, help);
}

void Syntax::Option(const std::string& names, const std::string& value,
                    std::vector<std::string>* target, const std::string& help) {
  Declare(names, value, target, help)->allow_extra_args(false);
}

void Syntax::Choice(const std::string& names, std::vector<std::string> choices, std::string* target,
                    const std::string& help) {
  std::string value;
  for (const std::string& choice : choices)
    absl::StrAppend(&value, value.empty() ? "" : "|", choice);
  Declare(names, value, target, help)->check(CLI::IsMember(choices));
  flags_.back().choices = std::move(choices);
}

void Syntax::Switch(const std::string& names, bool* target, const std::string& help) {
  flags_.push_back({names, "", help, {}});
  app_->add_flag(names, *target, help);
}

absl::StatusOr<std::string> Syntax::Parse(int argc, const char* const* argv) {
  // CLI11 reports by exceptions; they end here.
  try {
    app_->parse(argc, argv);
    return std::string();
  } catch (const CLI::CallForHelp&) {
    const CLI::App* deepest = app_;
    while (!deepest->get_subcommands().empty()) deepest = deepest->get_subcommands().front();
    return deepest->help();
  } catch (const CLI::Error& error) {
    return UsageError(absl::StrCat(error.what(), "; see `", name_, " --help`"));
  }
}

bool Syntax::chosen() const { return app_->parsed(); }

}  // namespace sinter::client
