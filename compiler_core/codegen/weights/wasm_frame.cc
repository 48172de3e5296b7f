// WebAssembly's object files: sections of a number, a size and their bytes. The weights are one
// segment of the data section; the custom section `linking` tells the linker its name, its
// alignment and the symbol. (The tool conventions' Linking.md is the format's description.)
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler_core/codegen/weights/object_frame.h"
#include "compiler_core/codegen/weights/weight_layout.h"
#include "llvm/BinaryFormat/Wasm.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace sinter::codegen {
namespace {

namespace wasm = llvm::wasm;

constexpr absl::string_view kSegment = ".rodata.sinter_weights";
constexpr absl::string_view kSymbol = "sinter_weights";
// Sections that hold weights have their sizes in so many bytes, whatever they are.
constexpr unsigned kSizeBytes = 5;

std::string Number(uint64_t value, unsigned pad_to = 0) {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  llvm::encodeULEB128(value, stream, pad_to);
  return bytes;
}

std::string Byte(unsigned value) { return std::string(1, static_cast<char>(value)); }

std::string Text(absl::string_view text) { return absl::StrCat(Number(text.size()), text); }

std::string Section(unsigned id, absl::string_view content) {
  return absl::StrCat(Byte(id), Number(content.size()), content);
}

// The module's memory is the linker's to make.
std::string ImportedMemory(int64_t bytes) {
  const uint64_t pages = llvm::divideCeil(bytes, wasm::WasmPageSize);
  return Section(wasm::WASM_SEC_IMPORT,
                 absl::StrCat(Number(1), Text("env"), Text("__linear_memory"),
                              Byte(wasm::WASM_EXTERNAL_MEMORY), Byte(0), Number(pages)));
}

// The section up to its one segment's bytes.
std::string DataHead(int64_t bytes) {
  const std::string segment =
      absl::StrCat(Number(1), Byte(0), Byte(wasm::WASM_OPCODE_I32_CONST), Byte(0),
                   Byte(wasm::WASM_OPCODE_END), Number(bytes, kSizeBytes));
  return absl::StrCat(Byte(wasm::WASM_SEC_DATA), Number(segment.size() + bytes, kSizeBytes),
                      segment);
}

std::string Linking(int64_t bytes) {
  const std::string segments =
      absl::StrCat(Number(1), Text(kSegment), Number(llvm::Log2_64(kWeightAlignment)), Number(0));
  const std::string symbols = absl::StrCat(
      Number(1), Byte(wasm::WASM_SYMBOL_TYPE_DATA), Number(wasm::WASM_SYMBOL_VISIBILITY_HIDDEN),
      Text(kSymbol), /*segment*/ Number(0), /*offset*/ Number(0), Number(bytes));
  return Section(wasm::WASM_SEC_CUSTOM,
                 absl::StrCat(Text("linking"), Number(wasm::WasmMetadataVersion),
                              Section(wasm::WASM_SEGMENT_INFO, segments),
                              Section(wasm::WASM_SYMBOL_TABLE, symbols)));
}

}  // namespace

absl::StatusOr<ObjectFrame> WasmFrame(const v1::Target& target, int64_t weight_bytes) {
  if (weight_bytes > kMaxNearWeightBytes) {
    return TooManyWeights(target, weight_bytes, kMaxNearWeightBytes);
  }
  constexpr char kVersion[] = {wasm::WasmVersion, 0, 0, 0};
  ObjectFrame frame;
  frame.head = absl::StrCat(absl::string_view(wasm::WasmMagic, sizeof(wasm::WasmMagic)),
                            absl::string_view(kVersion, sizeof(kVersion)),
                            ImportedMemory(weight_bytes), DataHead(weight_bytes));
  frame.tail = Linking(weight_bytes);
  return frame;
}

}  // namespace sinter::codegen
