#include "runtime/npy_header.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace sinter::runtime {
namespace {

constexpr absl::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kVersionEnd = 8;
// Both numpy's own readers and any sane writer stay far below.
constexpr size_t kMaxText = 1 << 16;
constexpr size_t kMaxRank = 64;
constexpr size_t kAlignment = 64;

absl::Status Malformed(size_t offset, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("malformed .npy at byte ", offset, ": ", what));
}

uint32_t LittleEndian(absl::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

// Reads the literal; `at_` is an offset in the file, so that errors can say where.
class LiteralReader {
 public:
  LiteralReader(absl::string_view file, size_t begin, size_t end)
      : text_(file.substr(0, end)), at_(begin) {}

  size_t at() const { return at_; }

  // Skips spaces. RETURNS: the next character, 0 at the end.
  char Peek() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Take(char expected) {
    if (Peek() != expected) return false;
    ++at_;
    return true;
  }
  absl::Status Require(char expected) {
    if (Take(expected)) return absl::OkStatus();
    return Malformed(at_, absl::StrCat("expected `", std::string(1, expected), "`"));
  }

  absl::StatusOr<std::string> String() {
    const char quote = Peek();
    if (quote != '\'' && quote != '"') return Malformed(at_, "expected a string");
    const size_t end = text_.find(quote, at_ + 1);
    if (end == absl::string_view::npos) return Malformed(at_, "the string does not end");
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  absl::StatusOr<bool> Bool() {
    Peek();
    for (const bool value : {false, true}) {
      const absl::string_view word = value ? "True" : "False";
      if (absl::StartsWith(text_.substr(at_), word)) {
        at_ += word.size();
        return value;
      }
    }
    return Malformed(at_, "expected True or False");
  }

  absl::StatusOr<int64_t> Dimension() {
    Peek();
    size_t end = at_;
    while (end < text_.size() && absl::ascii_isdigit(text_[end])) ++end;
    int64_t value;
    if (!absl::SimpleAtoi(text_.substr(at_, end - at_), &value)) {
      return Malformed(at_, "expected a dimension from 0 to 2^63-1");
    }
    at_ = end;
    Take('L');  // what Python 2 wrote
    return value;
  }

  absl::StatusOr<std::vector<int64_t>> Shape() {
    SINTER_RETURN_IF_ERROR(Require('('));
    std::vector<int64_t> dims;
    while (!Take(')')) {
      if (dims.size() == kMaxRank) return Malformed(at_, "the rank exceeds 64");
      SINTER_ASSIGN_OR_RETURN(const int64_t dim, Dimension());
      dims.push_back(dim);
      if (Peek() != ')') SINTER_RETURN_IF_ERROR(Require(','));
    }
    return dims;
  }

 private:
  const absl::string_view text_;
  size_t at_;
};

// '<f4' -> float32.
absl::Status ReadDescr(size_t offset, absl::string_view descr, NpyHeader* header) {
  absl::string_view code = descr;
  char order = '=';
  if (!code.empty() && absl::StrContains("<>|=", code.substr(0, 1))) {
    order = code[0];
    code.remove_prefix(1);
  }
  for (const DtypeInfo& row : AllDtypes()) {
    if (!row.npy_exact || code != row.npy) continue;
    if (order == '|' && row.bytes > 1) {
      return Malformed(offset, absl::StrCat("`", descr, "` does not say its byte order"));
    }
    header->dtype = row.dtype;
    header->big_endian = order == '>';
    return absl::OkStatus();
  }
  return absl::UnimplementedError(
      absl::StrCat(".npy elements of type `", descr, "` (at byte ", offset,
                   ") are not supported; save them as a bool, integer, float or complex type"));
}

absl::Status ReadEntry(LiteralReader* reader, NpyHeader* header, unsigned* seen) {
  const size_t key_at = reader->at();
  SINTER_ASSIGN_OR_RETURN(const std::string key, reader->String());
  SINTER_RETURN_IF_ERROR(reader->Require(':'));
  unsigned bit = 0;
  if (key == "descr") {
    bit = 1;
    if (reader->Peek() == '[') {
      return absl::UnimplementedError(absl::StrCat(".npy files of records (at byte ", reader->at(),
                                                   ") are not supported; save each field"));
    }
    const size_t descr_at = reader->at();
    SINTER_ASSIGN_OR_RETURN(const std::string descr, reader->String());
    SINTER_RETURN_IF_ERROR(ReadDescr(descr_at, descr, header));
  } else if (key == "fortran_order") {
    bit = 2;
    SINTER_ASSIGN_OR_RETURN(header->fortran_order, reader->Bool());
  } else if (key == "shape") {
    bit = 4;
    SINTER_ASSIGN_OR_RETURN(header->dims, reader->Shape());
  } else {
    return Malformed(key_at, absl::StrCat("unknown key `", key, "`"));
  }
  if (*seen & bit) return Malformed(key_at, absl::StrCat("`", key, "` occurs twice"));
  *seen |= bit;
  return absl::OkStatus();
}

// Sets where the text begins and ends.
absl::Status FindText(absl::string_view file, size_t* begin, size_t* end) {
  if (!absl::StartsWith(file, kMagic)) {
    return Malformed(0, "it does not begin with \\x93NUMPY, so it is no .npy file");
  }
  if (file.size() < kVersionEnd) return Malformed(file.size(), "the file ends in its version");
  const int major = static_cast<unsigned char>(file[6]);
  if (major < 1 || major > 3) {
    return absl::UnimplementedError(
        absl::StrCat(".npy version ", major, " is not supported; versions 1 to 3 are"));
  }
  *begin = kVersionEnd + (major == 1 ? 2 : 4);
  if (file.size() < *begin) return Malformed(file.size(), "the file ends in its header's length");
  const size_t length = LittleEndian(file.substr(kVersionEnd, *begin - kVersionEnd));
  if (length > kMaxText) {
    return Malformed(kVersionEnd, absl::StrCat("a header of ", length, " bytes is too long"));
  }
  *end = *begin + length;
  if (*end > file.size()) return Malformed(file.size(), "the file ends in its header");
  return absl::OkStatus();
}

std::string ShapeLiteral(absl::Span<const int64_t> dims) {
  return absl::StrCat("(", absl::StrJoin(dims, ", "), dims.size() == 1 ? ",)" : ")");
}

}  // namespace

absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view file) {
  size_t begin, end;
  SINTER_RETURN_IF_ERROR(FindText(file, &begin, &end));
  LiteralReader reader(file, begin, end);
  NpyHeader header;
  unsigned seen = 0;
  SINTER_RETURN_IF_ERROR(reader.Require('{'));
  while (!reader.Take('}')) {
    SINTER_RETURN_IF_ERROR(ReadEntry(&reader, &header, &seen));
    if (reader.Peek() != '}') SINTER_RETURN_IF_ERROR(reader.Require(','));
  }
  if (reader.Peek() != '\0' || reader.at() != end) {
    return Malformed(reader.at(), "expected only spaces after `}`");
  }
  if (seen != 7) return Malformed(begin, "`descr`, `fortran_order` and `shape` must all be there");
  header.data_offset = end;
  return header;
}

std::string FormatNpyHeader(Dtype dtype, absl::Span<const int64_t> dims) {
  const DtypeInfo& row = *FindDtype(NpyCarrier(dtype));
  std::string text =
      absl::StrCat("{'descr': '", row.bytes == 1 ? "|" : "<", row.npy,
                   "', 'fortran_order': False, 'shape': ", ShapeLiteral(dims), ", }");
  const bool is_long = text.size() + kAlignment > 0xffff;
  const size_t before = is_long ? 12 : 10;
  const size_t used = before + text.size() + 1;
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  text.push_back('\n');
  std::string header(kMagic);
  header.push_back(is_long ? '\2' : '\1');
  header.push_back('\0');
  for (size_t i = 0; i < before - kVersionEnd; ++i) {
    header.push_back(static_cast<char>(text.size() >> (8 * i)));
  }
  return header + text;
}

}  // namespace sinter::runtime
