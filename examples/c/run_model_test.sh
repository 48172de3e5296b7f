#!/bin/bash
# The fixture computes y = a * x + b with x, b: float32[batch,4] and a: float32[].
set -euo pipefail
run_model=$1 affine=$2 gather=$3
dir=$TEST_TMPDIR

# Little-endian floats: 0, 1, 2, 4, 8 and 16.
zero='\x00\x00\x00\x00' one='\x00\x00\x80\x3f' two='\x00\x00\x00\x40'
four='\x00\x00\x80\x40' eight='\x00\x00\x00\x41' sixteen='\x00\x00\x80\x41'
printf "$one$two$four$eight$sixteen$eight$four$two" > "$dir/x.f32"   # batch is 2
printf "$two" > "$dir/a.f32"
printf "$zero$zero$zero$one$zero$zero$zero$zero" > "$dir/b.f32"

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

want="y [2,4]: 32@4 17@3 16@5 8@2 8@6"
expect "$want" "$run_model" "$PWD/$affine" "$dir/x.f32" "$dir/a.f32" "$dir/b.f32"

# The same numbers as an .npy file of version 1.0: a header of 118 bytes.
{
  printf '\x93NUMPY\x01\x00\x76\x00'
  printf '%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }"
  cat "$dir/x.f32"
} > "$dir/x.npy"
expect "$want" "$run_model" "$PWD/$affine" "$dir/x.npy" "$dir/a.f32" "$dir/b.f32"

expect "takes another number of inputs" "$run_model" "$PWD/$affine" "$dir/x.f32"
expect "has not as many numbers" "$run_model" "$PWD/$affine" "$dir/x.f32" "$dir/x.f32" "$dir/b.f32"
expect "refuses these shapes" "$run_model" "$PWD/$affine" /dev/null "$dir/a.f32" "$dir/b.f32"
expect "is not float32" "$run_model" "$PWD/$gather" "$dir/b.f32" "$dir/a.f32"
expect "can't be loaded" "$run_model" "$dir/nowhere.so"
