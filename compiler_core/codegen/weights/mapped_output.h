// A new file of known size, written through memory.
#ifndef SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_MAPPED_OUTPUT_H_
#define SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_MAPPED_OUTPUT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace sinter::codegen {

// Owns the mapping; movable. The bytes start as zeros and are the file's when it goes away.
class MappedOutput {
 public:
  // ERRORS: RESOURCE_EXHAUSTED if the disk lacks room (found out now, not at a write), else what
  // the system says.
  static absl::StatusOr<MappedOutput> Create(const std::string& path, int64_t bytes);
  MappedOutput(MappedOutput&& other) noexcept;
  MappedOutput& operator=(MappedOutput&&) = delete;
  ~MappedOutput();

  char* data() { return data_; }

  // Says that everything before `end` has been written: it no longer counts as this process'
  // memory.
  void Release(int64_t end);

 private:
  MappedOutput(char* data, int64_t bytes) : data_(data), bytes_(bytes) {}

  char* data_ = nullptr;
  int64_t bytes_ = 0;
  int64_t released_ = 0;
};

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_MAPPED_OUTPUT_H_
