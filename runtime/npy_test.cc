#include "runtime/npy.h"

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/npy_header.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A version 1.0 file as the format describes it, byte by byte: magic, version, length, text, data.
std::string File(const std::string& text, const std::string& data, char major = 1) {
  std::string file = std::string("\x93NUMPY", 6) + major + '\0';
  file += static_cast<char>(text.size() & 0xff);
  file += static_cast<char>(text.size() >> 8);
  if (major > 1) file += std::string(2, '\0');
  return file + text + data;
}

std::string Text(const std::string& descr, const std::string& order, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

template <typename T>
std::string Bytes(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// numpy.save of numpy.array([[1, 2, 3], [4, 5, 6]], numpy.float32), spelled out.
TEST(NpyTest, ReadsWhatNumpyWrites) {
  const std::string file = std::string("\x93NUMPY\x01\x00\x76\x00", 10) +
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" +
                           std::string(58, ' ') + "\n" +
                           std::string(
                               "\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40"
                               "\x00\x00\x80\x40\x00\x00\xa0\x40\x00\x00\xc0\x40",
                               24);
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor tensor, ParseNpy(file));
  EXPECT_EQ(tensor.dtype(), Dtype::kFloat32);
  EXPECT_THAT(tensor.dims(), ElementsAre(2, 3));
  EXPECT_THAT(tensor.values<float>(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(FormatNpy(tensor.view()), file);
}

TEST(NpyTest, WritesRankZeroOneAndManyAsNumpyDoes) {
  const auto text = [](std::vector<int64_t> dims) {
    const std::string header = FormatNpyHeader(Dtype::kInt8, dims);
    EXPECT_EQ(header.size() % 64, 0);
    EXPECT_EQ(header.back(), '\n');
    return header.substr(10, header.find('}') - 9);
  };
  EXPECT_EQ(text({}), "{'descr': '|i1', 'fortran_order': False, 'shape': (), }");
  EXPECT_EQ(text({5}), "{'descr': '|i1', 'fortran_order': False, 'shape': (5,), }");
  EXPECT_EQ(text({1, 0, 7}), "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 0, 7), }");
}

TEST(NpyTest, EveryTypeMakesTheRoundTrip) {
  for (const DtypeInfo& row : AllDtypes()) {
    SCOPED_TRACE(row.name);
    for (const std::vector<int64_t>& dims :
         std::vector<std::vector<int64_t>>{{}, {0}, {3}, {2, 0, 4}, {2, 3, 4}}) {
      SINTER_ASSERT_OK_AND_ASSIGN(Tensor tensor, Tensor::Make(row.dtype, dims));
      uint8_t next = 0;
      for (uint8_t& byte : tensor.mutable_values<uint8_t>()) {
        byte = row.kind == DtypeKind::kBool ? next++ % 2 : next++;
      }
      SINTER_ASSERT_OK_AND_ASSIGN(Tensor back, ParseNpy(FormatNpy(tensor.view())));
      EXPECT_EQ(back.dtype(), NpyCarrier(row.dtype));
      ASSERT_THAT(back.Relabel(row.dtype), IsOk());
      EXPECT_EQ(back.dims(), dims);
      EXPECT_EQ(back.values<uint8_t>(), tensor.values<uint8_t>());
    }
  }
}

TEST(NpyTest, ReadsEveryNumpyType) {
  for (const char* const descr : {"|b1", "|i1", "|u1", "<i2", "<u2", "<f2", "<i4", "<u4", "<f4",
                                  "<i8", "<u8", "<f8", "<c8", "<c16", "=f4", "f8"}) {
    const std::string code = descr;
    const int size = std::stoi(code.substr(code.find_last_not_of("0123456789") + 1));
    EXPECT_THAT(ParseNpy(File(Text(descr, "False", "(2,)"), std::string(2 * size, '\1'))), IsOk())
        << descr;
  }
}

TEST(NpyTest, FortranOrderIsTurned) {
  // [[1, 2, 3], [4, 5, 6]] with the first index running fastest.
  SINTER_ASSERT_OK_AND_ASSIGN(
      const Tensor matrix,
      ParseNpy(File(Text("<i2", "True", "(2, 3)"), Bytes<int16_t>({1, 4, 2, 5, 3, 6}))));
  EXPECT_THAT(matrix.values<int16_t>(), ElementsAre(1, 2, 3, 4, 5, 6));
  SINTER_ASSERT_OK_AND_ASSIGN(
      const Tensor cube,
      ParseNpy(File(Text("|u1", "True", "(2, 2, 2)"), Bytes<uint8_t>({0, 4, 2, 6, 1, 5, 3, 7}))));
  EXPECT_THAT(cube.values<uint8_t>(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(ParseNpy(File(Text("<f4", "True", "(3, 0, 2)"), "")), IsOk());
  EXPECT_THAT(ParseNpy(File(Text("<f4", "True", "()"), Bytes<float>({1}))), IsOk());
}

TEST(NpyTest, BigEndianIsSwapped) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor ints,
                              ParseNpy(File(Text(">i4", "False", "(2,)"),
                                            std::string("\x00\x00\x00\x07\xff\xff\xff\xfe", 8))));
  EXPECT_THAT(ints.values<int32_t>(), ElementsAre(7, -2));
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor complex,
                              ParseNpy(File(Text(">c8", "False", "()"),
                                            std::string("\x3f\x80\x00\x00\x40\x00\x00\x00", 8))));
  EXPECT_THAT(complex.values<float>(), ElementsAre(1, 2));
}

TEST(NpyTest, AnyByteButZeroIsTrue) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor tensor, ParseNpy(File(Text("|b1", "False", "(3,)"),
                                                                 std::string("\0\1\x7f", 3))));
  EXPECT_THAT(tensor.values<uint8_t>(), ElementsAre(0, 1, 1));
}

TEST(NpyTest, ReadsVersionsTwoAndThreeAndOtherSpellings) {
  EXPECT_THAT(ParseNpy(File(Text("|u1", "False", "(1,)"), "a", 2)), IsOk());
  EXPECT_THAT(ParseNpy(File(Text("|u1", "False", "(1,)"), "a", 3)), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(
      const Tensor tensor,
      ParseNpy(File("{\"shape\":(2L,1L),\"fortran_order\":False,\"descr\":\"|u1\"}  \n", "ab")));
  EXPECT_THAT(tensor.dims(), ElementsAre(2, 1));
}

TEST(NpyTest, WritesALongHeaderAsVersionTwo) {
  // Far beyond the rank of a real tensor; only the header's length matters here.
  const std::vector<int64_t> dims(30000, 1);
  const std::string header = FormatNpyHeader(Dtype::kInt8, dims);
  EXPECT_EQ(header[6], '\2');
  EXPECT_EQ(header.size() % 64, 0);
}

TEST(NpyTest, SaysWhereAFileIsMalformed) {
  const auto expect = [](const std::string& file, StatusCode code, const std::string& what) {
    EXPECT_THAT(ParseNpy(file), StatusIs(code, HasSubstr(what)));
  };
  const StatusCode bad = StatusCode::kInvalidArgument;
  const std::string good = Text("<f4", "False", "(1,)");
  expect("", bad, "at byte 0");
  expect("PK\3\4 a zip file", bad, "at byte 0");
  expect(std::string("\x93NUMPY", 6), bad, "at byte 6: the file ends in its version");
  expect(File(good, "abcd").substr(0, 9), bad, "at byte 9: the file ends in its header's length");
  expect(File(good, "abcd").substr(0, 30), bad, "at byte 30: the file ends in its header");
  expect(File(good, "abcd", 4), StatusCode::kUnimplemented, "version 4");
  expect(File(good, "abc"), bad, "3 bytes follow the header, but float32 of shape [1] takes 4");
  expect(File(good, "abcde"), bad, "5 bytes follow");
  expect(File("[]\n", ""), bad, "at byte 10: expected `{`");
  expect(File("{'descr' '<f4'}\n", ""), bad, "at byte 19: expected `:`");
  expect(File("{'descr': '<f4}\n", ""), bad, "at byte 20: the string does not end");
  expect(File("{'nonsense': 1}\n", ""), bad, "at byte 11: unknown key `nonsense`");
  expect(File("{'descr': '<f4', 'descr': '<f4'}\n", ""), bad, "at byte 27: `descr` occurs twice");
  expect(File("{'descr': '<f4'}\n", ""), bad, "must all be there");
  expect(File(Text("<f4", "Maybe", "()"), "abcd"), bad, "expected True or False");
  expect(File(Text("<f4", "False", "(-1,)"), "abcd"), bad, "expected a dimension");
  expect(File(Text("<f4", "False", "(99999999999999999999,)"), ""), bad, "expected a dimension");
  expect(File(Text("<f4", "False", "(1 2)"), ""), bad, "expected `,`");
  expect(File(Text("|f4", "False", "()"), "abcd"), bad, "byte order");
  expect(File(good + "x", "abcd"), bad, "expected only spaces");
  std::string deep = "(";
  for (int i = 0; i < 65; ++i) deep += "1,";
  expect(File(Text("<f4", "False", deep + ")"), "abcd"), bad, "rank exceeds 64");
}

TEST(NpyTest, NamesTypesItCannotHold) {
  for (const char* const descr : {"|O", "<U5", "|S3", "<f16", "<M8[ns]", "|V4", ""}) {
    EXPECT_THAT(ParseNpy(File(Text(descr, "False", "()"), "")),
                StatusIs(StatusCode::kUnimplemented, HasSubstr("`" + std::string(descr) + "`")));
  }
  EXPECT_THAT(
      ParseNpy(File("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}\n", "")),
      StatusIs(StatusCode::kUnimplemented, HasSubstr("records")));
}

TEST(NpyTest, AHugeShapeAsksForNoMemory) {
  EXPECT_THAT(ParseNpy(File(Text("<f8", "False", "(1099511627776,)"), "abcd")),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("4 bytes follow")));
  EXPECT_THAT(ParseNpy(File(Text("<f8", "False", "(4611686018427387904, 4)"), "")),
              StatusIs(StatusCode::kResourceExhausted));
}

// Whatever bytes arrive, the answer is a tensor or a status.
TEST(NpyTest, SurvivesDamagedFiles) {
  const std::string good = File(Text("<f4", "True", "(2, 3)"), std::string(24, 'x'));
  std::mt19937 random(20260101);
  for (int round = 0; round < 20000; ++round) {
    std::string file = good.substr(0, round % 3 == 0 ? random() % good.size() : good.size());
    for (int edits = random() % 4; edits > 0 && !file.empty(); --edits) {
      file[random() % file.size()] = static_cast<char>(random());
    }
    const auto tensor = ParseNpy(file);
    if (!tensor.ok()) EXPECT_FALSE(tensor.status().message().empty());
  }
}

TEST(NpyTest, FilesMakeTheRoundTripAndErrorsNameThem) {
  const std::string path = ::testing::TempDir() + "/t.npy";
  SINTER_ASSERT_OK_AND_ASSIGN(Tensor tensor, Tensor::Make(Dtype::kInt64, {2}));
  tensor.mutable_values<int64_t>()[0] = -1;
  tensor.mutable_values<int64_t>()[1] = int64_t{1} << 40;
  ASSERT_THAT(WriteNpy(path, tensor.view()), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor back, ReadNpy(path));
  EXPECT_THAT(back.values<int64_t>(), ElementsAre(-1, int64_t{1} << 40));
  EXPECT_THAT(ReadNpy("/nowhere/t.npy"),
              StatusIs(StatusCode::kNotFound, HasSubstr("`/nowhere/t.npy`")));
  EXPECT_THAT(ReadNpy("/dev/null"), StatusIs(StatusCode::kInvalidArgument,
                                             AllOf(HasSubstr("/dev/null"), HasSubstr("byte 0"))));
  EXPECT_FALSE(ReadNpy(::testing::TempDir()).ok());
  EXPECT_THAT(WriteNpy("/nowhere/t.npy", tensor.view()), StatusIs(StatusCode::kNotFound));
  EXPECT_FALSE(WriteNpy("/dev/full", tensor.view()).ok());
}

}  // namespace
}  // namespace sinter::runtime
