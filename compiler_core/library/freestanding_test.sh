#!/bin/bash
# The library calls nothing outside itself but sinter_invoke(), which the driver has: on no target
# does LLVM turn its code into calls of a C library or compiler run-time.
set -euo pipefail
bitcode=$1
plain=$TEST_TMPDIR/library.ll
# As the compiler does, without the processor that the bitcode was made with.
llvm-dis-19 "$bitcode" -o - |
  sed -E 's/"(target-cpu|target-features|tune-cpu)"="[^"]*"//g' > "$plain"
for target in "x86_64 -mcpu=x86-64" "aarch64 -mcpu=generic" \
  "riscv64 -mattr=+m,+a,+f,+d,+c -target-abi=lp64d"; do
  # Words on purpose.
  # shellcheck disable=SC2086
  llc-19 -O1 -mtriple=$target -relocation-model=pic -filetype=obj "$plain" \
    -o "$TEST_TMPDIR/library.o"
  outside=$(llvm-nm-19 -u "$TEST_TMPDIR/library.o" | grep -v ' sinter_invoke$' || true)
  if [[ -n $outside ]]; then
    echo "${target%% *}: the library needs $outside" >&2
    exit 1
  fi
done
