#!/usr/bin/env bash
# Compares a page that is checked in with the one that was just generated.
set -euo pipefail
if ! diff -u "$1" "$2"; then
  echo "$1 is out of date: run tools/dev update-goldens and review the difference" >&2
  exit 1
fi
