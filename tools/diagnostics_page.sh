#!/usr/bin/env bash
# docs/reference/diagnostics.md out of the table of kinds:  diagnostics_page.sh DIAGNOSTIC_KIND.DEF > PAGE
set -euo pipefail

cat <<'HEAD'
# Kinds of diagnostics

Written by `tools/dev update-goldens` out of `compiler_core/ir/diagnostic_kind.def`; do not edit. `kind` is
the field of `sinter.v1.Diagnostic`, and of `diagnostics[]` with `--json`; the status is what a request that
gets one ends with.

| kind | status | meaning |
|---|---|---|
HEAD
sed -n 's/^DIAGNOSTIC_KIND(\w*, "\(\w*\)", k\(\w*\), "\(.*\)")$/\1\t\2\t\3/p' "$1" |
  while IFS=$'\t' read -r kind status meaning; do
    # InvalidArgument -> INVALID_ARGUMENT
    status=$(sed -e 's/\(.\)\([A-Z]\)/\1_\2/g' <<<"$status" | tr '[:lower:]' '[:upper:]')
    printf '| `%s` | %s | %s |\n' "$kind" "$status" "$meaning"
  done
