// What the cache spends on a blob: naming it, and putting it where a crash does not lose it.
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/temp_dir.h"
#include "benchmark/benchmark.h"
#include "cache/counters.h"
#include "cache/disk_blob_store.h"
#include "cache/disk_layout.h"

namespace sinter::benchmarks {
namespace {

void Digest(benchmark::State& state) {
  const std::string bytes(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(base::DigestOf(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(Digest)->Range(4 << 10, 16 << 20)->Complexity(benchmark::oN);

// A blob that the store does not have yet, synced to the disk below $TMPDIR.
void CasPut(benchmark::State& state) {
  absl::StatusOr<base::TempDir> folder = base::TempDir::Create("sinter-micro-");
  if (!folder.ok()) return state.SkipWithError(folder.status().ToString().c_str());
  const absl::StatusOr<cache::DiskLayout> layout = cache::DiskLayout::Open(folder->path());
  if (!layout.ok()) return state.SkipWithError(layout.status().ToString().c_str());
  const base::RealClock clock;
  cache::Counters counters;
  cache::DiskBlobStore store(*layout, &counters, &clock);

  std::string bytes(static_cast<size_t>(state.range(0)), 'x');
  uint64_t number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::memcpy(bytes.data(), &++number, sizeof(number));
    const base::Digest digest = base::DigestOf(bytes);
    const absl::Cord blob(bytes);
    state.ResumeTiming();
    const absl::Status put = store.Put(digest, blob);
    state.PauseTiming();
    if (!put.ok()) return state.SkipWithError(put.ToString().c_str());
    store.Remove(digest).IgnoreError();
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(CasPut)->Range(4 << 10, 16 << 20)->UseRealTime();

}  // namespace
}  // namespace sinter::benchmarks
