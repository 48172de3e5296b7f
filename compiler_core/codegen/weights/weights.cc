#include "compiler_core/codegen/weights/weights.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/weights/mapped_output.h"
#include "compiler_core/codegen/weights/weight_layout.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter::codegen {
namespace {

namespace elf = llvm::ELF;

// Beyond kMaxNearWeightBytes, on x86-64 the linker lays the section away from code and data, which
// know it by a 64-bit address only.
constexpr int64_t kMaxFarBytes = int64_t{1} << 36;
constexpr int64_t kAlignment = 64;

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

  static constexpr int64_t weights = kAlignment;
  int64_t symbols, strings, sections, end;
};
static_assert(sizeof(elf::Elf64_Ehdr) <= kAlignment);

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

void WriteFrame(const Machine& machine, const Layout& layout, int64_t weight_bytes, char* file) {
  const elf::Elf64_Ehdr header = Header(machine, layout);
  std::memcpy(file, &header, sizeof(header));

  elf::Elf64_Sym symbols[2] = {};
  symbols[1].st_name = kSymbolName;
  symbols[1].setBindingAndType(elf::STB_GLOBAL, elf::STT_OBJECT);
  symbols[1].st_other = elf::STV_HIDDEN;
  symbols[1].st_shndx = kWeightsSection;
  symbols[1].st_size = weight_bytes;
  std::memcpy(file + layout.symbols, symbols, sizeof(symbols));
  std::memcpy(file + layout.strings, kStrings, sizeof(kStrings));

  elf::Elf64_Shdr sections[kSections] = {};
  // The linker joins sections by name as well.
  const bool far = weight_bytes > kMaxNearWeightBytes;
  sections[kWeightsSection] = SectionHeader(far ? kFarWeightsName : kWeightsName, elf::SHT_PROGBITS,
                                            elf::SHF_ALLOC | (far ? elf::SHF_X86_64_LARGE : 0),
                                            Layout::weights, weight_bytes, kAlignment);
  sections[kSymtabSection] =
      SectionHeader(kSymtabName, elf::SHT_SYMTAB, 0, layout.symbols, sizeof(symbols), 8);
  sections[kSymtabSection].sh_link = kStrtabSection;
  sections[kSymtabSection].sh_info = 1;  // the first symbol that is not local
  sections[kSymtabSection].sh_entsize = sizeof(elf::Elf64_Sym);
  sections[kStrtabSection] =
      SectionHeader(kStrtabName, elf::SHT_STRTAB, 0, layout.strings, sizeof(kStrings), 1);
  std::memcpy(file + layout.sections, sections, sizeof(sections));
}

// Writes the blobs of one fragment into the section, whose bytes up to `start` are written.
absl::Status WriteBlobs(const ir::ExecutionPlan& plan, int64_t start, MappedOutput& file) {
  int64_t written = 0;
  for (const ir::WeightBlob& blob : plan.weights) {
    if (blob.offset < written || blob.offset + blob.bytes > plan.weight_bytes) {
      return absl::InternalError(absl::StrCat("the weights at ", blob.offset, " overlap others"));
    }
    blob.write(file.data() + Layout::weights + start + blob.offset);
    written = blob.offset + blob.bytes;
    file.Release(Layout::weights + start + written);
  }
  return absl::OkStatus();
}

void WriteConstants(const ir::Program& program, const std::vector<int64_t>& offsets,
                    MappedOutput& file) {
  for (size_t i = 0; i < offsets.size(); ++i) {
    if (offsets[i] < 0) continue;
    const ir::HostTensor tensor = program.constants.Get(static_cast<int64_t>(i)).RowMajor();
    const int64_t bytes = tensor.num_elements() * ir::SizeOf(tensor.dtype());
    std::memcpy(file.data() + Layout::weights + offsets[i], tensor.bytes(), bytes);
  }
}

}  // namespace

absl::Status WriteWeights(const ir::ModelPlan& model, const v1::Target& target,
                          const std::string& path) {
  const WeightLayout weights = LayOutWeights(model);
  SINTER_ASSIGN_OR_RETURN(const Machine machine, MachineOf(target));
  if (weights.bytes > machine.max_weight_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the model has ", weights.bytes, " bytes of weights; the most that a library for `",
        target.triple(), "` can hold is ", machine.max_weight_bytes));
  }
  const Layout layout(weights.bytes);
  SINTER_ASSIGN_OR_RETURN(MappedOutput file, MappedOutput::Create(path, layout.end));
  for (size_t i = 0; i < model.fragments.size(); ++i) {
    SINTER_RETURN_IF_ERROR(WriteBlobs(model.fragments[i], weights.fragments[i], file));
  }
  for (const ir::Program* program : ProgramsOf(model)) {
    WriteConstants(*program, weights.constants.at(program), file);
  }
  WriteFrame(machine, layout, weights.bytes, file.data());
  return absl::OkStatus();
}

}  // namespace sinter::codegen
