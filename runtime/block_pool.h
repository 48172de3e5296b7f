// The memory that a model asks for while it runs: blocks that start at a multiple of
// SINTER_ALIGNMENT. What is handed back is kept for the next request of about the same size, so
// that the iterations of a loop, and runs after the first, do not ask the system again.
//
// Sizes are rounded up to four steps a power of two, so at most a fifth of a block is unused. Kept
// in reserve is at most as much as was ever in use at a time.
//
// Not thread-safe: the C interface calls from the thread that runs the model.
#ifndef SINTER_RUNTIME_BLOCK_POOL_H_
#define SINTER_RUNTIME_BLOCK_POOL_H_

#include <array>
#include <cstdint>

namespace sinter::runtime {

class BlockPool {
 public:
  BlockPool() = default;
  // Gives everything back to the system, also blocks that were not released.
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // RETURNS: a block of at least `bytes`, its content unspecified; null if there is no such memory.
  void* Allocate(uint64_t bytes);
  // Takes a block back. Null is no block.
  void Release(void* block);

  // For sinter_context: `memory` is a BlockPool.
  static void* AllocateAbi(void* memory, uint64_t bytes);
  static void ReleaseAbi(void* memory, void* block);

  int64_t live_blocks() const { return live_blocks_; }
  int64_t live_bytes() const { return live_bytes_; }
  int64_t reserve_bytes() const { return reserve_bytes_; }
  int64_t peak_bytes() const { return peak_bytes_; }
  // How often the system was asked.
  int64_t system_allocations() const { return system_allocations_; }

 private:
  struct Header;

  // Up to 2^47 bytes in four steps a power of two.
  static constexpr int kClasses = 4 * 48;

  static int ClassOf(uint64_t bytes);
  static int64_t BytesOf(int size_class);

  Header* live_ = nullptr;  // doubly linked
  std::array<Header*, kClasses> free_ = {};
  int64_t live_blocks_ = 0;
  int64_t live_bytes_ = 0;
  int64_t reserve_bytes_ = 0;
  int64_t peak_bytes_ = 0;
  int64_t system_allocations_ = 0;
};

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_BLOCK_POOL_H_
