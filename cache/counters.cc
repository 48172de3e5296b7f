#include "cache/counters.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "base/metrics.h"
#include "base/unique_fd.h"

namespace sinter::cache {
namespace {

// The file: these 8 bytes, then one little-endian 64-bit integer for each Kind.
constexpr char kMagic[] = "SINTERC1";
constexpr size_t kMagicBytes = 8;

// Makes sure that the file holds a magic and `size` bytes for which the disk has room: touching a
// mapped page without any would kill the process. RETURNS: whether the file can be mapped.
bool Prepare(int fd, size_t size, bool& is_new) {
  char magic[kMagicBytes] = {};
  struct stat info;
  if (fstat(fd, &info) != 0) return false;
  const bool is_ours = static_cast<size_t>(info.st_size) == size &&
                       pread(fd, magic, kMagicBytes, 0) == static_cast<ssize_t>(kMagicBytes) &&
                       std::memcmp(magic, kMagic, kMagicBytes) == 0;
  is_new = !is_ours;
  if (is_ours) return true;
  std::string content(size, '\0');
  content.replace(0, kMagicBytes, kMagic, kMagicBytes);
  return pwrite(fd, content.data(), size, 0) == static_cast<ssize_t>(size) &&
         ftruncate(fd, static_cast<off_t>(size)) == 0 && fsync(fd) == 0;
}

}  // namespace

static_assert(std::atomic<int64_t>::is_always_lock_free, "cells are shared between processes");

Counters::Counters() : fallback_(std::make_unique<Cells>()) { shared_ = fallback_.get(); }

Counters::Counters(const std::string& path) : Counters() {
  constexpr size_t kSize = kMagicBytes + sizeof(Cells);
  const base::UniqueFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd || flock(fd.get(), LOCK_EX) != 0) return;
  bool is_new = true;
  const bool can_map = Prepare(fd.get(), kSize, is_new);
  // Closing would not unlock: the mapping keeps the open file.
  flock(fd.get(), LOCK_UN);
  if (!can_map) return;
  void* const base = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (base == MAP_FAILED) return;
  shared_ = reinterpret_cast<Cells*>(static_cast<char*>(base) + kMagicBytes);
  is_new_ = is_new;
}

Counters::~Counters() {
  if (shared_ == fallback_.get()) return;
  munmap(reinterpret_cast<char*>(shared_) - kMagicBytes, kMagicBytes + sizeof(Cells));
}

void Counters::Add(Kind kind, int64_t amount) {
  own_[kind].fetch_add(amount, std::memory_order_relaxed);
  (*shared_)[kind].fetch_add(amount, std::memory_order_relaxed);
}

void Counters::SetStored(int64_t blobs, int64_t bytes) {
  (*shared_)[kBlobs].store(blobs, std::memory_order_relaxed);
  (*shared_)[kBytes].store(bytes, std::memory_order_relaxed);
}

Statistics Counters::SinceStart() const {
  const auto own = [this](Kind kind) { return own_[kind].load(std::memory_order_relaxed); };
  return {own(kHits),   own(kMisses),  own(kCompiles), own(kSingleFlightJoins), Load(kBlobs),
          Load(kBytes), own(kCorrupt), own(kEvicted),  own(kKernelHits),        own(kKernelMisses)};
}

Statistics Counters::AllTime() const {
  return {Load(kHits),       Load(kMisses),      Load(kCompiles), Load(kSingleFlightJoins),
          Load(kBlobs),      Load(kBytes),       Load(kCorrupt),  Load(kEvicted),
          Load(kKernelHits), Load(kKernelMisses)};
}

void Counters::ExportTo(base::MetricRegistry& metrics) const {
  struct Row {
    const char* name;
    const char* help;
    int64_t Statistics::* field;
    bool is_gauge;
  };
  static constexpr Row kRows[] = {
      {"sinter_cache_hits_total", "Requests answered from the cache.", &Statistics::hits, false},
      {"sinter_cache_misses_total", "Requests not answered from the cache.", &Statistics::misses,
       false},
      {"sinter_compiles_total", "Times that a worker was asked to compile.", &Statistics::compiles,
       false},
      {"sinter_single_flight_joins_total", "Requests that shared an equal one's compile.",
       &Statistics::single_flight_joins, false},
      {"sinter_cache_blobs", "Blobs stored now.", &Statistics::blobs, true},
      {"sinter_cache_bytes", "Bytes stored now.", &Statistics::bytes, true},
      {"sinter_cache_corrupt_total", "Blobs that were not what their digest promised.",
       &Statistics::corrupt, false},
      {"sinter_cache_evicted_total", "Blobs removed to make room.", &Statistics::evicted, false},
      {"sinter_kernel_cache_hits_total", "Kernels whose code was in the cache.",
       &Statistics::kernel_hits, false},
      {"sinter_kernel_cache_misses_total", "Kernels that were not in the cache and compiled.",
       &Statistics::kernel_misses, false},
  };
  for (const Row& row : kRows) {
    const auto read = [this, field = row.field] {
      return static_cast<double>(SinceStart().*field);
    };
    if (row.is_gauge) {
      metrics.AddGaugeReader(row.name, row.help, read);
    } else {
      metrics.AddCounterReader(row.name, row.help, read);
    }
  }
}

}  // namespace sinter::cache
