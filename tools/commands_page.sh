#!/usr/bin/env bash
# docs/reference/commands.md out of the program's own --help:  commands_page.sh SINTER > PAGE
set -euo pipefail
sinter=$1

# The names that the help of "$@" lists under "Subcommands:".
subcommands() { "$sinter" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]\+\).*/\1/p'; }

section() {
  printf '\n## sinter %s\n\n```\n' "$*"
  "$sinter" "$@" --help | sed -e 's/ *$//' -e '1!{$!b};${/^$/d}'
  printf '```\n'
  local name
  for name in $(subcommands "$@"); do section "$@" "$name"; done
}

cat <<'HEAD'
# Commands

Written by `tools/dev update-goldens` out of `sinter COMMAND --help`; do not edit. What scripts may rely
on, exit codes and `--json`: 0 is success; 1 the model or its input is at fault; 2 usage; 3 something
that is not supported; 4 the service is not available, or a limit; 5 an internal failure.
HEAD
for name in $(subcommands); do section "$name"; done
