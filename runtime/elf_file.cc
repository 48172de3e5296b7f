#include "runtime/elf_file.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::runtime {
namespace {

#if defined(__x86_64__)
constexpr int kThisMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int kThisMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr int kThisMachine = EM_RISCV;
#else
#error "add this processor's ELF machine number"
#endif

std::string MachineName(int machine) {
  switch (machine) {
    case EM_386:
      return "x86 (32 bit)";
    case EM_ARM:
      return "ARM (32 bit)";
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "AArch64";
    case EM_RISCV:
      return "RISC-V";
    default:
      return absl::StrCat("ELF machine ", machine);
  }
}

class File {
 public:
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd() const { return fd_; }
  bool ReadAt(int64_t offset, void* to, int64_t bytes) const {
    return pread(fd_, to, bytes, offset) == bytes;
  }

 private:
  const int fd_;
};

absl::Status Malformed(const std::string& path, const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat("`", path, "` ", why));
}

// Says what a file is that is no ELF file at all.
std::string OtherKind(const unsigned char* magic) {
  if (std::memcmp(magic, "!<ar", 4) == 0) {
    return "is a static library: link it into a program, or compile with `--emit=so`";
  }
  return "is not a shared library (no ELF header); a model must be compiled first";
}

absl::Status CheckHeader(const std::string& path, const Elf64_Ehdr& header) {
  if (std::memcmp(header.e_ident, "\0asm", 4) == 0) {
    return absl::UnimplementedError(absl::StrCat(
        "`", path,
        "` is a WebAssembly module, which this program can't run; load it in Node.js or a ",
        "browser (as runtime/tools/wasm_runner.js does), or compile the model with "
        "`--target=host`"));
  }
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return Malformed(path, OtherKind(header.e_ident));
  }
  const bool same_class =
      header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_ident[EI_DATA] == ELFDATA2LSB;
  if (!same_class || header.e_machine != kThisMachine) {
    return absl::UnimplementedError(
        absl::StrCat("`", path, "` is compiled for ", MachineName(header.e_machine),
                     ", but this program runs on ", MachineName(kThisMachine),
                     "; compile the model with `--target=host` on this machine"));
  }
  if (header.e_type == ET_REL) {
    return Malformed(path, "is an object file: link it, or compile with `--emit=so`");
  }
  if (header.e_type != ET_DYN) return Malformed(path, "is an ELF file, but not a shared library");
  return absl::OkStatus();
}

// The loader maps each segment and would get SIGBUS beyond the end of a file that was cut short.
absl::Status CheckSegments(const std::string& path, const File& file, const Elf64_Ehdr& header,
                           uint64_t file_size) {
  if (header.e_phentsize != sizeof(Elf64_Phdr)) {
    return Malformed(path, "has program headers of an unknown size");
  }
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    const uint64_t at = header.e_phoff + uint64_t{sizeof(segment)} * i;
    if (at > file_size || !file.ReadAt(at, &segment, sizeof(segment))) {
      return Malformed(path, "is cut short: its program headers lie beyond the end of the file");
    }
    const bool fits =
        segment.p_offset <= file_size && segment.p_filesz <= file_size - segment.p_offset;
    if (segment.p_type == PT_LOAD && !fits) {
      return Malformed(path, absl::StrCat("is cut short: segment ", i, " ends at byte ",
                                          segment.p_offset + segment.p_filesz, " of ", file_size));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLoadable(const std::string& path) {
  const File file(path);
  if (file.fd() < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("`", path, "` can't be opened"));
  }
  struct stat info;
  if (fstat(file.fd(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Malformed(path, "is not a file");
  }
  Elf64_Ehdr header = {};
  if (!file.ReadAt(0, &header, sizeof(header))) {
    return Malformed(path, "is too short to be a shared library");
  }
  SINTER_RETURN_IF_ERROR(CheckHeader(path, header));
  return CheckSegments(path, file, header, info.st_size);
}

}  // namespace sinter::runtime
