// What the cache has done: ten numbers, counted together by all processes that share it.
#ifndef SINTER_CACHE_COUNTERS_H_
#define SINTER_CACHE_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace sinter::base {
class MetricRegistry;
}

namespace sinter::cache {

// A snapshot; each number is right, but they are not read at the same moment.
struct Statistics {
  int64_t hits = 0;                 // requests answered from the cache
  int64_t misses = 0;               // requests that were not
  int64_t compiles = 0;             // times that a worker was asked to compile
  int64_t single_flight_joins = 0;  // requests that shared an equal one's compile
  int64_t blobs = 0;                // stored now
  int64_t bytes = 0;                // stored now
  int64_t corrupt = 0;              // blobs that were not what their digest promised
  int64_t evicted = 0;              // blobs removed to make room
  int64_t kernel_hits = 0;          // kernels whose code was here, whatever model they come from
  int64_t kernel_misses = 0;        // kernels that were asked for and had to be compiled
};

// The stores count `blobs`, `bytes`, `corrupt` and `evicted`; the coordinator counts the others,
// since only it knows what a request is. Thread-safe and, over one file, process-safe.
class Counters {
 public:
  // Also the order in the file; never change it, only append.
  enum Kind {
    kHits,
    kMisses,
    kCompiles,
    kSingleFlightJoins,
    kBlobs,
    kBytes,
    kCorrupt,
    kEvicted,
    kKernelHits,
    kKernelMisses,
  };

  // Counts in memory only.
  Counters();

  // Counts in the file at `path` as well, which is made if absent and made anew if it is not ours.
  // Numbers outlive a crash of the process; one of the machine may lose the last seconds' counts.
  // If the file can't be used (full disk, read-only folder) this counts in memory only.
  explicit Counters(const std::string& path);

  ~Counters();
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;

  void Add(Kind kind, int64_t amount = 1);

  // Corrects `blobs` and `bytes` by what was found stored.
  void SetStored(int64_t blobs, int64_t bytes);

  int64_t stored_bytes() const { return Load(kBytes); }

  // Of this object: since the process started, as a service reports them.
  Statistics SinceStart() const;

  // Of the file: over all processes that used the cache, as a command without daemon reports them.
  Statistics AllTime() const;

  // Whether the file did not exist before, so that blobs and bytes are not known yet.
  bool is_new() const { return is_new_; }

  // Adds sinter_cache_hits_total and so on to `metrics`, which must not outlive this.
  void ExportTo(base::MetricRegistry& metrics) const;

 private:
  static constexpr size_t kCount = 10;
  using Cells = std::array<std::atomic<int64_t>, kCount>;

  int64_t Load(Kind kind) const { return (*shared_)[kind].load(std::memory_order_relaxed); }

  Cells own_{};              // since start
  Cells* shared_ = nullptr;  // all time: the mapped file, or fallback_
  std::unique_ptr<Cells> fallback_;
  bool is_new_ = true;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_COUNTERS_H_
