#!/usr/bin/env bash
# Runs one Python test file of this folder; Bazel's own Python rules want a tool chain to be set up.
set -euo pipefail
exec python3 "$1"
