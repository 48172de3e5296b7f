#include "runtime/tensor_proto.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "onnx/onnx_pb.h"
#include "runtime/bit_packing.h"
#include "runtime/dtype.h"
#include "runtime/random_tensor.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::onnx::TensorProto;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TensorProto Proto(Dtype dtype, const std::vector<int64_t>& dims) {
  TensorProto proto;
  proto.set_name("t");
  proto.set_data_type(static_cast<int32_t>(dtype));
  for (const int64_t dim : dims) proto.add_dims(dim);
  return proto;
}

// The layouts that onnx.proto spells out.
TEST(BitPackingTest, FollowsOnnx) {
  EXPECT_EQ(PackBits(std::string("\x1\x2\xf", 3), 4), "\x21\x0f");
  EXPECT_EQ(PackBits(std::string("\x0\x1\x2\x3\x1", 5), 2), std::string("\xe4\x01", 2));
  const std::string six = PackBits(std::string("\x3f\x01\x20\x15", 4), 6);
  EXPECT_EQ(six, std::string({char(0x3f | 0x40), char(0x00), char(0x02 | 0x54)}));
  for (const int bits : {2, 4, 6}) {
    for (size_t count = 0; count < 20; ++count) {
      std::string elements;
      for (size_t i = 0; i < count; ++i) elements.push_back((i * 7 + 3) & ((1 << bits) - 1));
      const std::string packed = PackBits(elements, bits);
      EXPECT_EQ(packed.size(), PackedSize(count, bits));
      std::vector<uint8_t> back(count);
      UnpackBits(packed, bits, absl::MakeSpan(back));
      EXPECT_EQ(std::string(back.begin(), back.end()), elements);
    }
  }
}

TEST(TensorProtoTest, EveryTypeMakesTheRoundTrip) {
  for (const DtypeInfo& row : AllDtypes()) {
    for (const std::vector<int64_t>& dims : std::vector<std::vector<int64_t>>{{}, {0, 3}, {3, 5}}) {
      SCOPED_TRACE(row.name);
      SINTER_ASSERT_OK_AND_ASSIGN(const Tensor tensor, RandomTensor(row.dtype, dims, 3));
      SINTER_ASSERT_OK_AND_ASSIGN(const std::string bytes,
                                  FormatTensorProto("name", tensor.view()));
      SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor back, ParseTensorProto(bytes));
      EXPECT_EQ(back.name, "name");
      EXPECT_EQ(back.tensor.dtype(), row.dtype);
      EXPECT_EQ(back.tensor.dims(), dims);
      EXPECT_EQ(back.tensor.values<uint8_t>(), tensor.values<uint8_t>());
    }
  }
}

TEST(TensorProtoTest, ReadsTypedFields) {
  TensorProto floats = Proto(Dtype::kFloat32, {2});
  floats.add_float_data(1.5);
  floats.add_float_data(-2);
  SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor f, FromTensorProto(floats));
  EXPECT_THAT(f.tensor.values<float>(), ElementsAre(1.5, -2));

  TensorProto complex = Proto(Dtype::kComplex128, {1});
  complex.add_double_data(1);
  complex.add_double_data(2);
  SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor c, FromTensorProto(complex));
  EXPECT_THAT(c.tensor.values<double>(), ElementsAre(1, 2));

  TensorProto bytes = Proto(Dtype::kInt8, {2});
  bytes.add_int32_data(-128);
  bytes.add_int32_data(127);
  SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor b, FromTensorProto(bytes));
  EXPECT_THAT(b.tensor.values<int8_t>(), ElementsAre(-128, 127));

  TensorProto halves = Proto(Dtype::kFloat16, {1});
  halves.add_int32_data(0xbc00);
  SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor h, FromTensorProto(halves));
  EXPECT_THAT(h.tensor.values<uint16_t>(), ElementsAre(0xbc00));

  TensorProto unsigneds = Proto(Dtype::kUint32, {1});
  unsigneds.add_uint64_data(0xffffffffu);
  SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor u, FromTensorProto(unsigneds));
  EXPECT_THAT(u.tensor.values<uint32_t>(), ElementsAre(0xffffffffu));

  TensorProto nibbles = Proto(Dtype::kInt4, {3});
  nibbles.add_int32_data(0x2f);
  nibbles.add_int32_data(0x07);
  SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor n, FromTensorProto(nibbles));
  EXPECT_THAT(n.tensor.values<uint8_t>(), ElementsAre(0xf, 0x2, 0x7));

  TensorProto sixes = Proto(Dtype::kFloat6E2m3, {2});
  sixes.add_int32_data(63);
  sixes.add_int32_data(1);
  SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor s, FromTensorProto(sixes));
  EXPECT_THAT(s.tensor.values<uint8_t>(), ElementsAre(63, 1));
}

TEST(TensorProtoTest, RefusesWhatContradictsItself) {
  const auto bad = [](auto... parts) {
    return StatusIs(StatusCode::kInvalidArgument,
                    AllOf(HasSubstr("tensor `t`"), HasSubstr(parts)...));
  };
  TensorProto raw = Proto(Dtype::kFloat32, {2});
  raw.set_raw_data("1234");
  EXPECT_THAT(FromTensorProto(raw), bad("4 bytes", "float32 of shape [2] takes 8"));
  TensorProto fields = Proto(Dtype::kInt64, {2});
  fields.add_int64_data(1);
  EXPECT_THAT(FromTensorProto(fields), bad("`int64_data` holds 1", "takes 2"));
  TensorProto other_field = Proto(Dtype::kInt64, {1});
  other_field.add_float_data(1);
  EXPECT_THAT(FromTensorProto(other_field), bad("`int64_data` holds 0"));
  TensorProto large = Proto(Dtype::kUint8, {1});
  large.add_int32_data(256);
  EXPECT_THAT(FromTensorProto(large), bad("element 0 is 256", "uint8"));
  EXPECT_THAT(FromTensorProto(Proto(Dtype::kFloat32, {-1})), bad("negative"));
  EXPECT_THAT(FromTensorProto(Proto(Dtype::kFloat32, {int64_t{1} << 40})), bad("fields hold 0"));
  EXPECT_THAT(ParseTensorProto("\xff\xff not a message"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("onnx.TensorProto")));
}

TEST(TensorProtoTest, NamesWhatItLacks) {
  const auto lacks = [](const std::string& what) {
    return StatusIs(StatusCode::kUnimplemented, HasSubstr(what));
  };
  EXPECT_THAT(FromTensorProto(Proto(Dtype::kString, {1})), lacks("string"));
  TensorProto external = Proto(Dtype::kFloat32, {1});
  external.set_data_location(TensorProto::EXTERNAL);
  EXPECT_THAT(FromTensorProto(external), lacks("another file"));
  TensorProto segment = Proto(Dtype::kFloat32, {1});
  segment.mutable_segment()->set_begin(1);
  EXPECT_THAT(FromTensorProto(segment), lacks("segments"));
}

TEST(TensorProtoTest, SurvivesDamagedMessages) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor tensor, RandomTensor(Dtype::kInt4, {3, 5}, 1));
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string good, FormatTensorProto("name", tensor.view()));
  std::mt19937 random(20260102);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = good.substr(0, round % 3 == 0 ? random() % good.size() : good.size());
    for (int edits = random() % 4; edits > 0 && !bytes.empty(); --edits) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto result = ParseTensorProto(bytes);
    if (!result.ok()) EXPECT_FALSE(result.status().message().empty());
  }
}

TEST(TensorProtoTest, FilesMakeTheRoundTripAndErrorsNameThem) {
  const std::string path = ::testing::TempDir() + "/t.pb";
  SINTER_ASSERT_OK_AND_ASSIGN(const Tensor tensor, RandomTensor(Dtype::kFloat32, {2}, 1));
  ASSERT_THAT(WriteTensorProto(path, "t", tensor.view()), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const NamedTensor back, ReadTensorProto(path));
  EXPECT_EQ(back.tensor.values<float>(), tensor.values<float>());
  EXPECT_THAT(ReadTensorProto("/nowhere/t.pb"),
              StatusIs(StatusCode::kNotFound, HasSubstr("`/nowhere/t.pb`")));
}

}  // namespace
}  // namespace sinter::runtime
