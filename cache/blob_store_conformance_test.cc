// Every store against testing/blob_store_conformance.h.
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/metrics.h"
#include "cache/cache.h"
#include "cache/counters.h"
#include "cache/disk_blob_store.h"
#include "cache/memory_blob_store.h"
#include "cache/metrics_blob_store.h"
#include "cache/size_bounded_blob_store.h"
#include "cache/testing/blob_store_conformance.h"
#include "cache/verifying_blob_store.h"

namespace sinter::cache {
namespace {

constexpr int64_t kPlenty = 1 << 30;

// Owns all that the stores below depend on.
struct Bundle {
  base::RealClock clock;
  base::MetricRegistry metrics;
  Counters counters;
  std::unique_ptr<FileBlobStore> store;
  std::unique_ptr<Cache> cache;
};

using BundlePtr = std::shared_ptr<Bundle>;

std::shared_ptr<FileBlobStore> Share(BundlePtr bundle, std::unique_ptr<FileBlobStore> store) {
  bundle->store = std::move(store);
  return {bundle, bundle->store.get()};
}

std::unique_ptr<DiskBlobStore> Disk(Bundle& bundle, const std::string& directory) {
  return std::make_unique<DiskBlobStore>(*DiskLayout::Open(directory), &bundle.counters,
                                         &bundle.clock);
}

std::shared_ptr<FileBlobStore> NewMemory(const std::string&) {
  return std::make_shared<MemoryBlobStore>();
}

std::shared_ptr<FileBlobStore> NewDisk(const std::string& directory) {
  auto bundle = std::make_shared<Bundle>();
  return Share(bundle, Disk(*bundle, directory));
}

std::shared_ptr<FileBlobStore> NewVerifying(const std::string&) {
  auto bundle = std::make_shared<Bundle>();
  return Share(bundle, std::make_unique<VerifyingBlobStore>(
                           std::make_unique<MemoryBlobStore>(), &bundle->clock,
                           [](const base::Digest&, const base::Digest&) { ADD_FAILURE(); }));
}

std::shared_ptr<FileBlobStore> NewSizeBounded(const std::string& directory) {
  auto bundle = std::make_shared<Bundle>();
  auto disk = Disk(*bundle, directory);
  BlobInventory* const inventory = disk.get();
  return Share(bundle, std::make_unique<SizeBoundedBlobStore>(std::move(disk), inventory, kPlenty,
                                                              [](const EvictionResult&) {}));
}

std::shared_ptr<FileBlobStore> NewMetrics(const std::string&) {
  auto bundle = std::make_shared<Bundle>();
  return Share(bundle, std::make_unique<MetricsBlobStore>(std::make_unique<MemoryBlobStore>(),
                                                          &bundle->metrics));
}

std::shared_ptr<FileBlobStore> NewWholeStack(const std::string& directory) {
  auto bundle = std::make_shared<Bundle>();
  CacheConfig config;
  config.root = directory;
  config.max_bytes = kPlenty;
  bundle->cache = *Cache::Open(config, &bundle->clock, &bundle->metrics);
  return {bundle, &bundle->cache->blobs()};
}

INSTANTIATE_TEST_SUITE_P(Memory, BlobStoreConformance, ::testing::Values(&NewMemory));
INSTANTIATE_TEST_SUITE_P(Disk, BlobStoreConformance, ::testing::Values(&NewDisk));
INSTANTIATE_TEST_SUITE_P(Verifying, BlobStoreConformance, ::testing::Values(&NewVerifying));
INSTANTIATE_TEST_SUITE_P(SizeBounded, BlobStoreConformance, ::testing::Values(&NewSizeBounded));
INSTANTIATE_TEST_SUITE_P(Metrics, BlobStoreConformance, ::testing::Values(&NewMetrics));
INSTANTIATE_TEST_SUITE_P(WholeStack, BlobStoreConformance, ::testing::Values(&NewWholeStack));

}  // namespace
}  // namespace sinter::cache
