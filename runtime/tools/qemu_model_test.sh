#!/bin/bash
# Runs one model on this machine and, under qemu-user, on another architecture; compares the outputs.
# Called by qemu_model_test() of //runtime:cross.bzl.
set -euo pipefail
arch=$1 triple=$2 cpu=$3 tolerance=$4 host_runner=$5 foreign_runner=$6 compare=$7 host_model=$8 model=$9
shift 9

mkdir "$TEST_TMPDIR/want" "$TEST_TMPDIR/got"
"$host_runner" "$PWD/$host_model" "$TEST_TMPDIR/want" "$@"
"qemu-$arch-static" ${cpu:+-cpu "$cpu"} -L "/usr/$triple" \
  "$foreign_runner" "$PWD/$model" "$TEST_TMPDIR/got" "$@"

outputs=0
for want in "$TEST_TMPDIR"/want/*.npy; do
  "$compare" "$TEST_TMPDIR/got/$(basename "$want")" "$want" "$tolerance"
  outputs=$((outputs + 1))
done
echo "$outputs outputs agree"
[ "$outputs" -gt 0 ]
