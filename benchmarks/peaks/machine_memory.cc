#include "benchmarks/peaks/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace sinter::benchmarks {
namespace {

namespace fs = std::filesystem;

std::string ReadWord(const fs::path& path) {
  std::string word;
  std::ifstream(path) >> word;
  return word;
}

// `text` is "32K" or "8M"; RETURNS: bytes, 0 for what is none.
int64_t ParseSize(const std::string& text) {
  const int64_t number = std::atoll(text.c_str());
  if (text.empty() || number <= 0) return 0;
  return text.back() == 'K' ? number << 10 : text.back() == 'M' ? number << 20 : number;
}

}  // namespace

MachineMemory ReadMachineMemory(const std::string& folder) {
  MachineMemory memory;
  int64_t largest = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const int64_t size = ParseSize(ReadWord(entry.path() / "size"));
    if (size == 0 || ReadWord(entry.path() / "type") == "Instruction") continue;
    const std::string level = ReadWord(entry.path() / "level");
    if (level == "1") memory.level1 = size;
    if (level == "2") memory.level2 = size;
    largest = std::max(largest, size);
  }
  if (largest > 0) memory.last_level = largest;
  const int64_t pages = sysconf(_SC_AVPHYS_PAGES);
  if (pages > 0) memory.free = pages * sysconf(_SC_PAGESIZE);
  return memory;
}

}  // namespace sinter::benchmarks
