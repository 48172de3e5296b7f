#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/weights/object_frame.h"
#include "compiler_core/codegen/weights/weight_layout.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter::codegen {
namespace {

namespace elf = llvm::ELF;

// Beyond kMaxNearWeightBytes, on x86-64 the linker lays the section away from code and data, which
// know it by a 64-bit address only.
constexpr int64_t kMaxFarBytes = int64_t{1} << 36;

// The file: header, weights, symbols, strings (of symbols and sections), section table.
constexpr char kStrings[] =
    "\0sinter_weights\0.rodata.sinter_weights\0.symtab\0.strtab\0.lrodata.sinter_weights";
constexpr uint32_t kSymbolName = 1;
constexpr uint32_t kWeightsName = kSymbolName + sizeof("sinter_weights");
constexpr uint32_t kSymtabName = kWeightsName + sizeof(".rodata.sinter_weights");
constexpr uint32_t kStrtabName = kSymtabName + sizeof(".symtab");
constexpr uint32_t kFarWeightsName = kStrtabName + sizeof(".strtab");
enum Section : uint16_t {
  kNullSection,
  kWeightsSection,
  kSymtabSection,
  kStrtabSection,
  kSections
};

struct Layout {
  explicit Layout(int64_t weight_bytes)
      : symbols(Align(weights + weight_bytes, 8)),
        strings(symbols + 2 * sizeof(elf::Elf64_Sym)),
        sections(Align(strings + sizeof(kStrings), 8)),
        end(sections + kSections * sizeof(elf::Elf64_Shdr)) {}
  static int64_t Align(int64_t value, int64_t to) { return (value + to - 1) / to * to; }

  static constexpr int64_t weights = kWeightAlignment;
  int64_t symbols, strings, sections, end;
};
static_assert(sizeof(elf::Elf64_Ehdr) <= kWeightAlignment);

struct Machine {
  uint16_t machine;
  uint32_t flags;
  int64_t max_weight_bytes = kMaxNearWeightBytes;
};

absl::StatusOr<Machine> MachineOf(const v1::Target& target) {
  switch (llvm::Triple(target.triple()).getArch()) {
    case llvm::Triple::x86_64:
      return Machine{elf::EM_X86_64, 0, kMaxFarBytes};
    case llvm::Triple::aarch64:
      return Machine{elf::EM_AARCH64, 0};
    case llvm::Triple::riscv64:
      return Machine{elf::EM_RISCV, elf::EF_RISCV_RVC | elf::EF_RISCV_FLOAT_ABI_DOUBLE};
    default:
      return absl::UnimplementedError(
          absl::StrCat("weights can't be written for the triple `", target.triple(), "`"));
  }
}

elf::Elf64_Ehdr Header(const Machine& machine, const Layout& layout) {
  elf::Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, elf::ElfMagic, 4);
  header.e_ident[elf::EI_CLASS] = elf::ELFCLASS64;
  header.e_ident[elf::EI_DATA] = elf::ELFDATA2LSB;
  header.e_ident[elf::EI_VERSION] = elf::EV_CURRENT;
  header.e_type = elf::ET_REL;
  header.e_machine = machine.machine;
  header.e_version = elf::EV_CURRENT;
  header.e_flags = machine.flags;
  header.e_ehsize = sizeof(elf::Elf64_Ehdr);
  header.e_shoff = layout.sections;
  header.e_shentsize = sizeof(elf::Elf64_Shdr);
  header.e_shnum = kSections;
  header.e_shstrndx = kStrtabSection;
  return header;
}

elf::Elf64_Shdr SectionHeader(uint32_t name, uint32_t type, uint64_t flags, uint64_t offset,
                              uint64_t bytes, uint64_t alignment) {
  elf::Elf64_Shdr section = {};
  section.sh_name = name;
  section.sh_type = type;
  section.sh_flags = flags;
  section.sh_offset = offset;
  section.sh_size = bytes;
  section.sh_addralign = alignment;
  return section;
}

// What follows on the weights.
std::string Tail(const Layout& layout, int64_t weight_bytes) {
  const int64_t begin = Layout::weights + weight_bytes;
  std::string tail(layout.end - begin, '\0');
  elf::Elf64_Sym symbols[2] = {};
  symbols[1].st_name = kSymbolName;
  symbols[1].setBindingAndType(elf::STB_GLOBAL, elf::STT_OBJECT);
  symbols[1].st_other = elf::STV_HIDDEN;
  symbols[1].st_shndx = kWeightsSection;
  symbols[1].st_size = weight_bytes;
  std::memcpy(&tail[layout.symbols - begin], symbols, sizeof(symbols));
  std::memcpy(&tail[layout.strings - begin], kStrings, sizeof(kStrings));

  elf::Elf64_Shdr sections[kSections] = {};
  // The linker joins sections by name as well.
  const bool far = weight_bytes > kMaxNearWeightBytes;
  sections[kWeightsSection] = SectionHeader(far ? kFarWeightsName : kWeightsName, elf::SHT_PROGBITS,
                                            elf::SHF_ALLOC | (far ? elf::SHF_X86_64_LARGE : 0),
                                            Layout::weights, weight_bytes, kWeightAlignment);
  sections[kSymtabSection] =
      SectionHeader(kSymtabName, elf::SHT_SYMTAB, 0, layout.symbols, sizeof(symbols), 8);
  sections[kSymtabSection].sh_link = kStrtabSection;
  sections[kSymtabSection].sh_info = 1;  // the first symbol that is not local
  sections[kSymtabSection].sh_entsize = sizeof(elf::Elf64_Sym);
  sections[kStrtabSection] =
      SectionHeader(kStrtabName, elf::SHT_STRTAB, 0, layout.strings, sizeof(kStrings), 1);
  std::memcpy(&tail[layout.sections - begin], sections, sizeof(sections));
  return tail;
}

}  // namespace

absl::StatusOr<ObjectFrame> ElfFrame(const v1::Target& target, int64_t weight_bytes) {
  SINTER_ASSIGN_OR_RETURN(const Machine machine, MachineOf(target));
  if (weight_bytes > machine.max_weight_bytes) {
    return TooManyWeights(target, weight_bytes, machine.max_weight_bytes);
  }
  const Layout layout(weight_bytes);
  const elf::Elf64_Ehdr header = Header(machine, layout);
  ObjectFrame frame;
  frame.head.assign(Layout::weights, '\0');
  std::memcpy(&frame.head[0], &header, sizeof(header));
  frame.tail = Tail(layout, weight_bytes);
  return frame;
}

}  // namespace sinter::codegen
