#!/usr/bin/env bash
# run_fuzzer.sh PROGRAM SECONDS SEED... : runs a fuzzer on the seeds, and then on what it makes of
# them. An input at which it fails is kept among the test's outputs.
set -euo pipefail
program=$1 seconds=$2
shift 2
seeds=$TEST_TMPDIR/seeds made=$TEST_TMPDIR/made
mkdir -p "$seeds" "$made"
cp "$@" "$seeds"
# What is not compiled with sanitizers does not tell them about the room in its containers.
export ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
exec "$program" -seed=1 -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 \
  -print_final_stats=1 -verbosity=1 -artifact_prefix="${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}/" \
  "$made" "$seeds"
