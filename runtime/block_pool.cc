#include "runtime/block_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "runtime/sinter_abi.h"

namespace sinter::runtime {
namespace {

constexpr uint64_t kLeastBytes = 64;
// What a process can address on the machines we know. More is refused without asking for it.
constexpr uint64_t kMaxBytes = uint64_t{1} << 47;
// From this size on a block is worth huge pages.
constexpr int64_t kHugeFrom = int64_t{4} << 20;
constexpr uintptr_t kPage = 4096;

// Advice only: a kernel without huge pages refuses, and nothing is lost.
void AdviseHugePages(void* block, int64_t bytes) {
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(block) + kPage - 1) / kPage * kPage;
  const uintptr_t end = (reinterpret_cast<uintptr_t>(block) + bytes) / kPage * kPage;
  (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace

// Stands before each block and keeps it aligned.
struct alignas(SINTER_ALIGNMENT) BlockPool::Header {
  Header* next;
  Header* previous;  // of live blocks
  int size_class;
};

// Sizes are (4 + quarter) << shift for quarter 0..3; class = 4 * shift + quarter.
int BlockPool::ClassOf(uint64_t bytes) {
  bytes = std::max(bytes, kLeastBytes);
  const int shift = 61 - __builtin_clzll(bytes);
  const uint64_t units = (bytes + (uint64_t{1} << shift) - 1) >> shift;  // 4 to 8
  return 4 * shift + static_cast<int>(units) - 4;
}

int64_t BlockPool::BytesOf(int size_class) {
  return static_cast<int64_t>(4 + size_class % 4) << (size_class / 4);
}

BlockPool::~BlockPool() {
  const auto free_all = [](Header* header) {
    while (header != nullptr) {
      Header* const next = header->next;
      std::free(header);
      header = next;
    }
  };
  free_all(live_);
  for (Header* list : free_) free_all(list);
}

void* BlockPool::Allocate(uint64_t bytes) {
  if (bytes >= kMaxBytes) return nullptr;
  const int size_class = ClassOf(bytes);
  const int64_t size = BytesOf(size_class);
  Header* header = free_[size_class];
  if (header != nullptr) {
    free_[size_class] = header->next;
    reserve_bytes_ -= size;
  } else {
    void* memory = nullptr;
    if (posix_memalign(&memory, SINTER_ALIGNMENT, sizeof(Header) + size) != 0) return nullptr;
    if (size >= kHugeFrom) AdviseHugePages(memory, sizeof(Header) + size);
    header = new (memory) Header();
    header->size_class = size_class;
    ++system_allocations_;
  }
  header->previous = nullptr;
  header->next = live_;
  if (live_ != nullptr) live_->previous = header;
  live_ = header;
  ++live_blocks_;
  live_bytes_ += size;
  peak_bytes_ = std::max(peak_bytes_, live_bytes_);
  return header + 1;
}

void BlockPool::Release(void* block) {
  if (block == nullptr) return;
  Header* const header = static_cast<Header*>(block) - 1;
  if (header->next != nullptr) header->next->previous = header->previous;
  (header->previous != nullptr ? header->previous->next : live_) = header->next;
  const int64_t size = BytesOf(header->size_class);
  --live_blocks_;
  live_bytes_ -= size;
  if (reserve_bytes_ + size > peak_bytes_) return std::free(header);
  header->next = free_[header->size_class];
  free_[header->size_class] = header;
  reserve_bytes_ += size;
}

void* BlockPool::AllocateAbi(void* memory, uint64_t bytes) {
  return static_cast<BlockPool*>(memory)->Allocate(bytes);
}

void BlockPool::ReleaseAbi(void* memory, void* block) {
  static_cast<BlockPool*>(memory)->Release(block);
}

}  // namespace sinter::runtime
