#include "client/cli/completion_script.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace sinter::client {
namespace {

// The words that may follow a command: its subcommands and its flags.
std::string Words(const Syntax& syntax) {
  std::vector<std::string> words;
  for (const auto& subcommand : syntax.subcommands()) words.push_back(subcommand->name());
  for (const Syntax::Flag& flag : syntax.flags()) {
    for (const absl::string_view name : absl::StrSplit(flag.names, ',')) {
      const bool takes_value = !flag.value.empty() && name.size() > 2;
      words.push_back(absl::StrCat(name, takes_value ? "=" : ""));
    }
  }
  words.push_back("--help");
  return absl::StrJoin(words, " ");
}

// Calls `visit(path, syntax)` for a command and all below it; `path` is "compile" or "jobs list".
template <typename Visit>
void Walk(const std::string& path, const Syntax& syntax, const Visit& visit) {
  visit(path, syntax);
  for (const auto& subcommand : syntax.subcommands()) {
    Walk(path.empty() ? subcommand->name() : absl::StrCat(path, " ", subcommand->name()),
         *subcommand, visit);
  }
}

// Shell code that sets `values` to the choices of the flag in `$flag`.
std::string ChoiceCases(const Syntax& program) {
  std::string cases;
  Walk("", program, [&](const std::string& path, const Syntax& syntax) {
    for (const Syntax::Flag& flag : syntax.flags()) {
      if (flag.choices.empty()) continue;
      absl::StrAppend(&cases, "    '", path, " ", flag.names, "') values='",
                      absl::StrJoin(flag.choices, " "), "' ;;\n");
    }
  });
  return cases;
}

// Text for a single-quoted zsh specification, where "[", "]" and ":" have a meaning of their own.
std::string ZshText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"'", "'\\''"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string ZshFlag(const Syntax::Flag& flag) {
  std::string lines;
  for (const absl::string_view name : absl::StrSplit(flag.names, ',')) {
    const bool is_long = name.size() > 2;
    std::string value;
    if (!flag.value.empty()) {
      value = absl::StrCat(":", ZshText(flag.value), ":",
                           flag.choices.empty()
                               ? "_files"
                               : absl::StrCat("(", absl::StrJoin(flag.choices, " "), ")"));
    }
    absl::StrAppend(&lines, "        '*", name,
                    value.empty() ? ""
                    : is_long     ? "="
                                  : "+",
                    "[", ZshText(flag.help), "]", value, "' \\\n");
  }
  return lines;
}

std::string ZshFunctionName(const std::string& program, const std::string& path) {
  return absl::StrCat("_", program, path.empty() ? "" : "_",
                      absl::StrReplaceAll(path, {{" ", "_"}}));
}

std::string ZshFunction(const std::string& program, const std::string& path, const Syntax& syntax) {
  std::string body = absl::StrCat(ZshFunctionName(program, path), "() {\n");
  std::string flags;
  for (const Syntax::Flag& flag : syntax.flags()) absl::StrAppend(&flags, ZshFlag(flag));
  if (syntax.subcommands().empty()) {
    return absl::StrCat(body, "    _arguments \\\n", flags, "        '*:file:_files'\n}\n");
  }
  std::string names, calls;
  for (const auto& subcommand : syntax.subcommands()) {
    absl::StrAppend(&names, "        '", subcommand->name(), ":",
                    ZshText(subcommand->description()), "'\n");
    const std::string inner =
        path.empty() ? subcommand->name() : absl::StrCat(path, " ", subcommand->name());
    absl::StrAppend(&calls, "        ", subcommand->name(), ") ", ZshFunctionName(program, inner),
                    " ;;\n");
  }
  return absl::StrCat(body, "    local line state\n    _arguments -C \\\n", flags,
                      "        '1: :->command' '*::argument:->arguments'\n"
                      "    if [[ $state == command ]]; then\n        local -a names=(\n",
                      names,
                      "        )\n        _describe command names\n        return\n    fi\n"
                      "    case $line[1] in\n",
                      calls, "    esac\n}\n");
}

}  // namespace

std::string BashCompletion(const Syntax& program) {
  std::string commands, words;
  Walk("", program, [&](const std::string& path, const Syntax& syntax) {
    if (!path.empty()) absl::StrAppend(&commands, commands.empty() ? "" : "|", "'", path, "'");
    absl::StrAppend(&words, "    '", path, "') words='", Words(syntax), "' ;;\n");
  });
  // bash splits words at "=", so `--flag=value` arrives as three of them.
  return absl::StrCat(
      "# bash completion of ", program.name(), "; load it with: source <(", program.name(),
      " completion bash)\n_", program.name(),
      "() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} path='' words='' values='' word i flag=''\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=\"${path:+$path }${COMP_WORDS[i]}\"\n"
      "    case \"$word\" in\n      ",
      commands,
      ") path=$word ;;\n    esac\n  done\n"
      "  if [[ $current == = ]]; then\n    flag=${COMP_WORDS[COMP_CWORD-1]} current=''\n"
      "  elif [[ ${COMP_WORDS[COMP_CWORD-1]} == = ]]; then\n    flag=${COMP_WORDS[COMP_CWORD-2]}\n"
      "  fi\n"
      "  if [[ -n $flag ]]; then\n    case \"$path $flag\" in\n",
      ChoiceCases(program),
      "    esac\n    if [[ -n $values ]]; then\n"
      "      COMPREPLY=($(compgen -W \"$values\" -- \"$current\"))\n    else\n"
      "      COMPREPLY=($(compgen -f -- \"$current\"))\n    fi\n    return\n  fi\n"
      "  case \"$path\" in\n",
      words,
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace; fi\n"
      "  if [[ $current != -* && -n $path ]]; then\n"
      "    COMPREPLY+=($(compgen -f -- \"$current\"))\n  fi\n}\n"
      "complete -o filenames -F _",
      program.name(), " ", program.name(), "\n");
}

std::string ZshCompletion(const Syntax& program) {
  std::string functions;
  Walk("", program, [&](const std::string& path, const Syntax& syntax) {
    absl::StrAppend(&functions, ZshFunction(program.name(), path, syntax));
  });
  return absl::StrCat("#compdef ", program.name(), "\n# zsh completion; load it with: source <(",
                      program.name(), " completion zsh)\n", functions, "compdef _", program.name(),
                      " ", program.name(), "\n");
}

}  // namespace sinter::client
