// What every FileBlobStore must do. A store joins with one row:
//
//   INSTANTIATE_TEST_SUITE_P(Disk, BlobStoreConformance, ::testing::Values(&NewDiskStore));
#ifndef SINTER_CACHE_TESTING_BLOB_STORE_CONFORMANCE_H_
#define SINTER_CACHE_TESTING_BLOB_STORE_CONFORMANCE_H_

#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "cache/file_blob_store.h"
#include "gtest/gtest.h"

namespace sinter::cache {

// Makes an empty store that may use the folder `directory`. What the store depends on can be owned
// by the same pointer (see the aliasing constructor of shared_ptr).
using NewStore = std::shared_ptr<FileBlobStore> (*)(const std::string& directory);

class BlobStoreConformance : public ::testing::TestWithParam<NewStore> {
 protected:
  BlobStoreConformance();

  // Writes a file beside the store's folder. RETURNS: its path.
  std::string WriteFile(const std::string& name, const std::string& bytes);

  base::TempDir dir_;
  std::shared_ptr<FileBlobStore> store_;
};

}  // namespace sinter::cache

#endif  // SINTER_CACHE_TESTING_BLOB_STORE_CONFORMANCE_H_
