// The bytes of messages are what onnx.numpy_helper 1.23.2 writes.
#include "runtime/value_proto.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "onnx/onnx-data.pb.h"
#include "onnx/onnx_pb.h"
#include "runtime/dtype.h"
#include "runtime/random_tensor.h"
#include "runtime/value.h"
#include "runtime/value_type.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <size_t N>
std::string Bytes(const char (&literal)[N]) {
  return std::string(literal, N - 1);
}

ValueType Type(const std::string& text) { return *ParseValueType(text); }

// A tensor of strings: [["a"], ["\u00fc\0"]].
std::string StringsMessage() {
  return Bytes("\x08\x02\x08\x01\x10\x08\x32\x01\x61\x32\x03\xc3\xbc\x00\x42\x01\x73");
}
// [float32[2] 1 2, float32[0]].
std::string SequenceMessage() {
  return Bytes(
      "\x0a\x01\x71\x10\x01\x1a\x0e\x08\x02\x10\x01\x4a\x08\x00\x00\x80\x3f\x00\x00\x00\x40"
      "\x1a\x06\x08\x00\x10\x01\x4a\x00");
}
// An optional sequence of one tensor, float32[1] 3.
std::string OptionalSequenceMessage() {
  return Bytes(
      "\x0a\x01\x6f\x10\x03\x2a\x0e\x10\x01\x1a\x0a\x08\x01\x10\x01\x4a\x04\x00\x00\x40\x40");
}
// {1: 2.0, -5: 4.0}.
std::string MapMessage() {
  return Bytes(
      "\x0a\x01\x6d\x10\x07\x18\x01\x18\xfb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x2a\x16\x10\x01"
      "\x1a\x08\x10\x01\x4a\x04\x00\x00\x00\x40\x1a\x08\x10\x01\x4a\x04\x00\x00\x80\x40");
}

TEST(ValueProtoTest, ReadsWhatOnnxWrites) {
  SINTER_ASSERT_OK_AND_ASSIGN(const Value strings,
                              ParseValueProto(StringsMessage(), Type("tensor(string)")));
  EXPECT_THAT(strings.dims(), ElementsAre(2, 1));
  EXPECT_THAT(strings.strings().values, ElementsAre("a", std::string("\xc3\xbc\0", 3)));

  SINTER_ASSERT_OK_AND_ASSIGN(const Value sequence,
                              ParseValueProto(SequenceMessage(), Type("seq(tensor(float))")));
  ASSERT_EQ(sequence.items().size(), 2u);
  EXPECT_THAT(sequence.items()[0].tensor().values<float>(), ElementsAre(1, 2));
  EXPECT_EQ(sequence.items()[1].Text(), "float32[0]");

  SINTER_ASSERT_OK_AND_ASSIGN(
      const Value optional,
      ParseValueProto(OptionalSequenceMessage(), Type("optional(seq(tensor(float)))")));
  EXPECT_THAT(optional.items()[0].tensor().values<float>(), ElementsAre(3));

  SINTER_ASSERT_OK_AND_ASSIGN(const Value map,
                              ParseValueProto(MapMessage(), Type("map(int64,tensor(float))")));
  EXPECT_THAT(map.keys().tensor().values<int64_t>(), ElementsAre(1, -5));
  EXPECT_THAT(map.values().tensor().values<float>(), ElementsAre(2, 4));
}

TEST(ValueProtoTest, AnEmptyOptionalComesInTwoForms) {
  for (const std::string& bytes : {Bytes("\x0a\x01\x6f\x10\x00"), Bytes("\x0a\x01\x6f\x10\x01")}) {
    SINTER_ASSERT_OK_AND_ASSIGN(const Value value,
                                ParseValueProto(bytes, Type("optional(tensor(float))")));
    EXPECT_TRUE(value.is_none());
  }
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string written,
                              FormatValueProto("o", Value(), Type("optional(tensor(float))")));
  EXPECT_EQ(written, Bytes("\x0a\x01\x6f\x10\x00"));
}

TEST(ValueProtoTest, WritesWhatItReads) {
  const struct {
    const char* type;
    std::string bytes;
  } rows[] = {
      {"tensor(string)", StringsMessage()},
      {"seq(tensor(float))", SequenceMessage()},
      {"seq(tensor(string))", Bytes("\x10\x01")},
      {"optional(seq(tensor(float)))", OptionalSequenceMessage()},
      {"map(int64,tensor(float))", MapMessage()},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.type);
    const ValueType type = Type(row.type);
    SINTER_ASSERT_OK_AND_ASSIGN(const Value first, ParseValueProto(row.bytes, type));
    SINTER_ASSERT_OK_AND_ASSIGN(const std::string written, FormatValueProto("x", first, type));
    SINTER_ASSERT_OK_AND_ASSIGN(const Value second, ParseValueProto(written, type));
    EXPECT_EQ(second.Text(), first.Text());
    SINTER_ASSERT_OK_AND_ASSIGN(const std::string again, FormatValueProto("x", second, type));
    EXPECT_EQ(again, written);
  }
}

TEST(ValueProtoTest, NestedKindsMakeTheRoundTrip) {
  std::vector<Value> maps;
  maps.push_back(
      Value::Map(Value(StringTensor{{2}, {"a", ""}}), Value(*RandomTensor(Dtype::kInt4, {2}, 1))));
  std::vector<Value> lists;
  lists.push_back(Value::Sequence(std::move(maps)));
  lists.push_back(Value());
  const Value value = Value::Sequence(std::move(lists));
  const ValueType type = Type("seq(optional(seq(map(string,tensor(int4)))))");
  ASSERT_THAT(CheckType(value, type), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const std::string bytes, FormatValueProto("n", value, type));
  SINTER_ASSERT_OK_AND_ASSIGN(const Value back, ParseValueProto(bytes, type));
  ASSERT_EQ(back.items().size(), 2u);
  EXPECT_TRUE(back.items()[1].is_none());
  const Value& map = back.items()[0].items()[0];
  EXPECT_THAT(map.keys().strings().values, ElementsAre("a", ""));
  EXPECT_EQ(map.values().tensor().values<uint8_t>(),
            RandomTensor(Dtype::kInt4, {2}, 1)->values<uint8_t>());
}

TEST(ValueProtoTest, RefusesWhatContradictsItself) {
  const auto bad = [](auto... parts) {
    return StatusIs(StatusCode::kInvalidArgument, AllOf(HasSubstr(parts)...));
  };
  EXPECT_THAT(ParseValueProto(SequenceMessage(), Type("seq(seq(tensor(float)))")),
              bad("seq(seq(tensor(float)))"));
  EXPECT_THAT(ParseValueProto(OptionalSequenceMessage(), Type("optional(tensor(float))")),
              bad("optional(tensor(float))"));
  EXPECT_THAT(ParseValueProto("\xff\xff", Type("seq(tensor(float))")), bad("onnx.SequenceProto"));
  EXPECT_THAT(ParseValueProto(Bytes("\x0a\x01\x6f\x10\x00"), Type("tensor(string)")),
              bad("no element type"));
  onnx::TensorProto strings;
  strings.set_data_type(onnx::TensorProto::STRING);
  strings.add_dims(int64_t{1} << 40);
  strings.add_string_data("one");
  EXPECT_THAT(ParseValueProto(strings.SerializeAsString(), Type("tensor(string)")),
              bad("holds 1 strings", "takes 1099511627776"));
  onnx::MapProto map;
  ASSERT_TRUE(map.ParseFromString(MapMessage()));
  map.add_keys(3);
  EXPECT_THAT(ParseValueProto(map.SerializeAsString(), Type("map(int64,tensor(float))")),
              bad("3 keys", "2 values"));
  map.mutable_values()->mutable_tensor_values(0)->set_data_type(onnx::TensorProto::DOUBLE);
  EXPECT_THAT(ParseValueProto(map.SerializeAsString(), Type("map(int64,tensor(float))")),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(ValueProtoTest, TypesComeFromTheModel) {
  onnx::TypeProto proto;
  EXPECT_THAT(ToValueType(proto), StatusIs(StatusCode::kInvalidArgument));
  auto* held = proto.mutable_optional_type()->mutable_elem_type();
  auto* map = held->mutable_sequence_type()->mutable_elem_type()->mutable_map_type();
  map->set_key_type(onnx::TensorProto::STRING);
  map->mutable_value_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  SINTER_ASSERT_OK_AND_ASSIGN(const ValueType type, ToValueType(proto));
  EXPECT_EQ(type.Text(), "optional(seq(map(string,tensor(float))))");
  held->mutable_sparse_tensor_type();
  EXPECT_THAT(ToValueType(proto), StatusIs(StatusCode::kUnimplemented));
}

TEST(ValueProtoTest, SurvivesDamagedMessages) {
  std::mt19937 random(20260103);
  for (const auto& [text, good] : std::vector<std::pair<std::string, std::string>>{
           {"optional(seq(tensor(float)))", OptionalSequenceMessage()},
           {"map(int64,tensor(float))", MapMessage()},
           {"tensor(string)", StringsMessage()}}) {
    const ValueType type = Type(text);
    for (int round = 0; round < 5000; ++round) {
      std::string bytes = good.substr(0, round % 3 == 0 ? random() % good.size() : good.size());
      for (int edits = random() % 4; edits > 0 && !bytes.empty(); --edits) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      const auto result = ParseValueProto(bytes, type);
      if (!result.ok()) EXPECT_FALSE(result.status().message().empty());
    }
  }
}

TEST(ValueProtoTest, FilesMakeTheRoundTripAndErrorsNameThem) {
  const std::string path = ::testing::TempDir() + "/v.pb";
  const ValueType type = Type("tensor(string)");
  ASSERT_THAT(WriteValueProto(path, "v", Value(StringTensor{{}, {"x"}}), type), IsOk());
  SINTER_ASSERT_OK_AND_ASSIGN(const Value back, ReadValueProto(path, type));
  EXPECT_THAT(back.strings().values, ElementsAre("x"));
  EXPECT_THAT(ReadValueProto("/nowhere/v.pb", type),
              StatusIs(StatusCode::kNotFound, HasSubstr("`/nowhere/v.pb`")));
}

}  // namespace
}  // namespace sinter::runtime
