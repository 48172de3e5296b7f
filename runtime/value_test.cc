#include "runtime/value.h"

#include <string>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "gtest/gtest.h"
#include "runtime/dtype.h"
#include "runtime/tensor.h"
#include "runtime/value_type.h"

namespace sinter::runtime {
namespace {

using ::absl::StatusCode;
using ::sinter::base::IsOk;
using ::sinter::base::StatusIs;

Value Floats(std::vector<int64_t> dims) { return Value(*Tensor::Make(Dtype::kFloat32, dims)); }

Value Strings(std::vector<std::string> values) {
  return Value(StringTensor{{static_cast<int64_t>(values.size())}, values});
}

ValueType Type(const std::string& text) { return *ParseValueType(text); }

TEST(ValueTypeTest, TextsMakeTheRoundTrip) {
  for (const char* text :
       {"tensor(float)", "tensor(double)", "tensor(string)", "tensor(bfloat16)", "tensor(int4)",
        "seq(tensor(int64))", "optional(seq(tensor(bool)))", "map(int64,tensor(float))",
        "seq(map(string,tensor(float)))", "seq(seq(seq(tensor(complex64))))"}) {
    SINTER_ASSERT_OK_AND_ASSIGN(const ValueType type, ParseValueType(text));
    EXPECT_EQ(type.Text(), text);
  }
  EXPECT_EQ(Type("optional(tensor(string))").of[0].dtype, Dtype::kString);
  EXPECT_EQ(Type("map(string,tensor(float))").dtype, Dtype::kString);
  EXPECT_NE(Type("seq(tensor(float))"), Type("seq(tensor(double))"));
}

TEST(ValueTypeTest, RefusesWhatIsNoType) {
  for (const char* text : {"", "float", "tensor", "tensor()", "tensor(float32)", "tensor(float",
                           "tensor(float))", "seq(float)", "seq(tensor(float)", "map(string)",
                           "map(tensor(float),tensor(float))", "tensor(undefined)"}) {
    EXPECT_THAT(ParseValueType(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "seq(";
  EXPECT_THAT(ParseValueType(deep), StatusIs(StatusCode::kInvalidArgument));
}

TEST(ValueTest, SaysWhatItIs) {
  EXPECT_EQ(Value().Text(), "nothing");
  EXPECT_EQ(Floats({2, 3}).Text(), "float32[2,3]");
  EXPECT_EQ(Strings({"a", "b"}).Text(), "string[2]");
  std::vector<Value> items;
  items.push_back(Floats({}));
  EXPECT_EQ(Value::Sequence(std::move(items)).Text(), "a sequence of 1");
  EXPECT_EQ(Value::Map(Strings({"a", "b"}), Floats({2})).Text(), "a map of 2");
}

TEST(ValueTest, TypesAreCheckedToTheLastItem) {
  EXPECT_THAT(CheckType(Floats({2}), Type("tensor(float)")), IsOk());
  EXPECT_THAT(CheckType(Floats({2}), Type("optional(tensor(float))")), IsOk());
  EXPECT_THAT(CheckType(Value(), Type("optional(tensor(float))")), IsOk());
  EXPECT_THAT(CheckType(Value(), Type("tensor(float)")),
              StatusIs(StatusCode::kInvalidArgument, "it is nothing, not tensor(float)"));
  EXPECT_THAT(CheckType(Floats({2}), Type("tensor(string)")),
              StatusIs(StatusCode::kInvalidArgument, "it is float32[2], not tensor(string)"));

  std::vector<Value> items;
  items.push_back(Floats({2}));
  items.push_back(Strings({"a"}));
  const Value mixed = Value::Sequence(std::move(items));
  EXPECT_THAT(CheckType(mixed, Type("seq(tensor(float))")),
              StatusIs(StatusCode::kInvalidArgument, "item 1: it is string[1], not tensor(float)"));
  EXPECT_THAT(CheckType(Value::Sequence({}), Type("seq(tensor(float))")), IsOk());

  const Value map = Value::Map(Strings({"a"}), Floats({1}));
  EXPECT_THAT(CheckType(map, Type("map(string,tensor(float))")), IsOk());
  EXPECT_THAT(CheckType(map, Type("map(int64,tensor(float))")),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckType(map, Type("map(string,tensor(double))")),
              StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sinter::runtime
