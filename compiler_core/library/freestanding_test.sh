#!/bin/bash
# The library calls nothing outside itself but sinter_invoke(), which the driver has: on no target
# does LLVM turn its code into calls of a C library or compiler run-time.
set -euo pipefail
bitcode=$1
wasm32_bitcode=$2

check() {
  local bitcode=$1 plain=$TEST_TMPDIR/library.ll outside
  shift
  # As the compiler does, without the processor that the bitcode was made with.
  llvm-dis-19 "$bitcode" -o - |
    sed -E 's/"(target-cpu|target-features|tune-cpu)"="[^"]*"//g' > "$plain"
  llc-19 -O1 "$@" -filetype=obj "$plain" -o "$TEST_TMPDIR/library.o"
  outside=$(llvm-nm-19 -u "$TEST_TMPDIR/library.o" |
    grep -Ev ' (sinter_invoke|__stack_pointer|__indirect_function_table)$' || true)
  if [[ -n $outside ]]; then
    echo "$1: the library needs $outside" >&2
    exit 1
  fi
}

check "$bitcode" -mtriple=x86_64 -mcpu=x86-64 -relocation-model=pic
check "$bitcode" -mtriple=aarch64 -mcpu=generic -relocation-model=pic
check "$bitcode" -mtriple=riscv64 -mattr=+m,+a,+f,+d,+c -target-abi=lp64d -relocation-model=pic
check "$wasm32_bitcode" -mtriple=wasm32-unknown-unknown \
  -mattr=+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext
