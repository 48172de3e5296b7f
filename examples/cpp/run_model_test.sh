#!/bin/bash
# The fixture computes y = a * x + b with x, b: float32[batch,4] and a: float32[].
set -euo pipefail
run_model=$1 random_npy=$2 model=$3
dir=$TEST_TMPDIR

"$random_npy" "$dir/x.npy" float32 1x4 0
"$random_npy" "$dir/a.npy" float32 '' 0
"$random_npy" "$dir/other.npy" int64 1x4 0

expect() {
  local want=$1 got
  shift
  got=$("$@" 2>&1) || true
  if [[ "$got" != *"$want"* ]]; then
    echo "want: $want"
    echo "got:  $got"
    exit 1
  fi
}

# random:0 gives 0.7666, -0.1369, -0.9471, 0.9419; a = 0.7666, b = x, so y = 1.7666 x.
expect "y [1,4]: 1.66374@3 1.35433@0" "$run_model" "$model" "b=$dir/x.npy" "x=$dir/x.npy" "a=$dir/a.npy"
expect "median of 20 calls" "$run_model" "$model" "b=$dir/x.npy" "x=$dir/x.npy" "a=$dir/a.npy"
expect 'no input `z`' "$run_model" "$model" "z=$dir/x.npy"
expect 'input `a` is not given' "$run_model" "$model" "b=$dir/x.npy" "x=$dir/x.npy"
expect 'type int64' "$run_model" "$model" "b=$dir/x.npy" "x=$dir/other.npy" "a=$dir/a.npy"
expect "can't be opened" "$run_model" "$dir/nowhere.so"
