#!/usr/bin/env bash
# Runs each benchmark once on small inputs. google-benchmark exits with 0 whatever happens, so what
# went wrong is looked for in its report.
set -euo pipefail
report=$("$1" --benchmark_min_time=0.001 --benchmark_format=json \
  --benchmark_filter='Cnn|Chain/16$|(Digest|CasPut)/4096(/real_time)?$')
if grep -q '"error_occurred": true' <<<"$report"; then
  grep '"error_message"' <<<"$report"
  exit 1
fi
for name in ImportChain ImportCnn PlanChain PlanCnn CompileChain CompileCnn Digest CasPut; do
  grep -q "\"name\": \"$name" <<<"$report" || { echo "\`$name\` did not run"; exit 1; }
done
