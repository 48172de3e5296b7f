#include "benchmarks/peaks/peaks.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "base/status_macros.h"
#include "benchmarks/peaks/team.h"
#include "runtime/tensor.h"

namespace sinter::benchmarks {
namespace {

constexpr int kRepetitions = 11;
constexpr absl::Duration kRepetition = absl::Milliseconds(8);
constexpr int64_t kPage = 4096;

// Where the kernels' results go, so that none of them is computed for nothing.
volatile double sink = 0;

// `run(thread, count)` does `count` times a piece of work. RETURNS: the median of pieces a second,
// over all threads.
double PiecesPerSecond(int threads, const std::function<void(int, int64_t)>& run) {
  const auto time = [&](int64_t count) {
    return TimeTogether(threads, [&](int thread) { run(thread, count); });
  };
  int64_t count = 1;
  absl::Duration spent = time(count);
  while (spent < kRepetition / 2) {
    count *= 2;
    spent = time(count);
  }
  std::vector<double> rates;
  for (int i = 0; i < kRepetitions; ++i) {
    rates.push_back(static_cast<double>(count) * threads / absl::ToDoubleSeconds(time(count)));
  }
  std::nth_element(rates.begin(), rates.begin() + kRepetitions / 2, rates.end());
  return rates[kRepetitions / 2];
}

double Arithmetic(int threads, const ArithmeticKernel& kernel) {
  constexpr int64_t kSteps = 1000;
  return kSteps * kernel.operations_per_step *
         PiecesPerSecond(threads, [&](int, int64_t count) { sink = kernel.run(count * kSteps); });
}

absl::optional<double> ArithmeticIfAny(int threads, const ArithmeticKernel& kernel) {
  if (kernel.run == nullptr) return absl::nullopt;
  return Arithmetic(threads, kernel);
}

// Memory of each thread, and as much again to copy it to.
class Buffers {
 public:
  // ERRORS: RESOURCE_EXHAUSTED.
  static absl::StatusOr<Buffers> Make(int threads, int64_t bytes_each) {
    Buffers buffers(std::max(bytes_each / kPage, int64_t{1}) * kPage);
    buffers.parts_.resize(static_cast<size_t>(threads) * 2);
    for (runtime::AlignedBuffer& part : buffers.parts_) {
      SINTER_RETURN_IF_ERROR(part.Reserve(buffers.bytes_));
    }
    // Pages come to be where the thread that touches them first runs.
    TimeTogether(threads, [&](int thread) {
      std::memset(buffers.From(thread), 1, buffers.size());
      std::memset(buffers.To(thread), 1, buffers.size());
    });
    return buffers;
  }

  void* From(int thread) const { return parts_[static_cast<size_t>(thread) * 2].data(); }
  void* To(int thread) const { return parts_[static_cast<size_t>(thread) * 2 + 1].data(); }
  size_t size() const { return static_cast<size_t>(bytes_); }

 private:
  explicit Buffers(int64_t bytes) : bytes_(bytes) {}

  int64_t bytes_;  // of each
  std::vector<runtime::AlignedBuffer> parts_;
};

double ReadRate(int threads, const Kernels& kernels, const Buffers& buffers) {
  const double pieces = PiecesPerSecond(threads, [&](int thread, int64_t count) {
    uint64_t words = 0;
    for (int64_t i = 0; i < count; ++i) words ^= kernels.read(buffers.From(thread), buffers.size());
    sink = static_cast<double>(words);
  });
  return pieces * static_cast<double>(buffers.size());
}

double CopyRate(int threads, const Buffers& buffers) {
  const double pieces = PiecesPerSecond(threads, [&](int thread, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      std::memcpy(buffers.To(thread), buffers.From(thread), buffers.size());
    }
  });
  return 2 * pieces * static_cast<double>(buffers.size());
}

}  // namespace

absl::StatusOr<Peaks> MeasurePeaks(int threads, const Kernels& kernels,
                                   const MachineMemory& memory) {
  Peaks peaks;
  peaks.f32_flops = Arithmetic(threads, kernels.f32);
  peaks.s8_ops = ArithmeticIfAny(threads, kernels.s8);
  peaks.bf16_flops = ArithmeticIfAny(threads, kernels.bf16);
  // Half of a cache, so that the rest of the world fits in as well.
  SINTER_ASSIGN_OR_RETURN(const Buffers level1, Buffers::Make(threads, memory.level1 / 2));
  peaks.l1_read_bytes = ReadRate(threads, kernels, level1);
  SINTER_ASSIGN_OR_RETURN(const Buffers level2, Buffers::Make(threads, memory.level2 / 2));
  peaks.l2_read_bytes = ReadRate(threads, kernels, level2);
  // So much that hardly anything is in a cache when its turn comes again.
  const int64_t all = std::min(4 * memory.last_level, memory.free / 4);
  SINTER_ASSIGN_OR_RETURN(const Buffers dram, Buffers::Make(threads, all / threads));
  peaks.dram_read_bytes = ReadRate(threads, kernels, dram);
  peaks.dram_copy_bytes = CopyRate(threads, dram);
  return peaks;
}

}  // namespace sinter::benchmarks
