// Sequences and optionals: positions, parts, shapes that don't fit. ONNX's own cases are run by
// testing/onnx_cases_test.cc.
#include <cstdint>
#include <string>
#include <vector>

#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(ConcatFromSequence);
SINTER_OP(Optional);
SINTER_OP(OptionalGetElement);
SINTER_OP(OptionalHasElement);
SINTER_OP(SequenceAt);
SINTER_OP(SequenceConstruct);
SINTER_OP(SequenceEmpty);
SINTER_OP(SequenceErase);
SINTER_OP(SequenceInsert);
SINTER_OP(SequenceLength);
SINTER_OP(SplitToSequence);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Floats = std::vector<float>;

sinter_value Scalar(Call& call, float value) { return call.Tensor<float>({}, {value}); }

// The sequence 1, 2, 3, ... of scalars.
sinter_value Counting(Call& call, int count) {
  std::vector<sinter_value> items;
  for (int i = 1; i <= count; ++i) items.push_back(Scalar(call, i));
  return call.Sequence(items);
}

Floats Items(const sinter_value& sequence) {
  EXPECT_EQ(sequence.kind, SINTER_SEQUENCE);
  Floats values;
  for (int64_t i = 0; i < sequence.count; ++i) {
    values.push_back(Call::ValuesOf<float>(sequence.items[i]).at(0));
  }
  return values;
}

TEST(SequencesTest, ConstructedOfItsInputs) {
  Call call(sinter_op_SequenceConstruct);
  call.Input<float>({}, {4}).Input<float>({}, {5});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(Items(call.output(0)), (Floats{4, 5}));
}

TEST(SequencesTest, EmptyHasNoLength) {
  Call empty(sinter_op_SequenceEmpty);
  ASSERT_EQ(empty.Run(), SINTER_OK);
  EXPECT_EQ(empty.output(0).kind, SINTER_SEQUENCE);
  EXPECT_EQ(empty.output(0).count, 0);

  Call length(sinter_op_SequenceLength);
  ASSERT_EQ(length.Input(length.Sequence({})).Run(), SINTER_OK);
  EXPECT_EQ(length.Dims(0), Dims{});
  EXPECT_EQ(length.Values<int64_t>(0), (std::vector<int64_t>{0}));
}

struct Position {
  int64_t at;
  Floats expected;  // empty: out of range
};

TEST(SequencesTest, InsertedAtPositionsFromMinusCountToCount) {
  for (const Position& position : std::vector<Position>{
           {0, {9, 1, 2}}, {2, {1, 2, 9}}, {-1, {1, 9, 2}}, {-2, {9, 1, 2}}, {3, {}}, {-3, {}}}) {
    Call call(sinter_op_SequenceInsert);
    call.Input(Counting(call, 2)).Input<float>({}, {9}).Input<int64_t>({}, {position.at});
    if (position.expected.empty()) {
      EXPECT_EQ(call.Run(), SINTER_BAD_VALUE) << position.at;
    } else {
      ASSERT_EQ(call.Run(), SINTER_OK) << position.at;
      EXPECT_EQ(Items(call.output(0)), position.expected) << position.at;
    }
  }
}

TEST(SequencesTest, ErasedAtPositions) {
  for (const Position& position : std::vector<Position>{
           {0, {2, 3}}, {2, {1, 2}}, {-1, {1, 2}}, {-3, {2, 3}}, {3, {}}, {-4, {}}}) {
    Call call(sinter_op_SequenceErase);
    call.Input(Counting(call, 3)).Input<int32_t>({}, {static_cast<int32_t>(position.at)});
    if (position.expected.empty()) {
      EXPECT_EQ(call.Run(), SINTER_BAD_VALUE) << position.at;
    } else {
      ASSERT_EQ(call.Run(), SINTER_OK) << position.at;
      EXPECT_EQ(Items(call.output(0)), position.expected) << position.at;
    }
  }
}

TEST(SequencesTest, TheLastIsErasedAndInsertedByDefault) {
  Call erase(sinter_op_SequenceErase);
  ASSERT_EQ(erase.Input(Counting(erase, 3)).Run(), SINTER_OK);
  EXPECT_EQ(Items(erase.output(0)), (Floats{1, 2}));

  Call insert(sinter_op_SequenceInsert);
  ASSERT_EQ(insert.Input(Counting(insert, 2)).Input<float>({}, {9}).Run(), SINTER_OK);
  EXPECT_EQ(Items(insert.output(0)), (Floats{1, 2, 9}));

  Call nothing(sinter_op_SequenceErase);
  EXPECT_EQ(nothing.Input(nothing.Sequence({})).Run(), SINTER_BAD_VALUE);
}

TEST(SequencesTest, AtCountsFromBothEnds) {
  Call call(sinter_op_SequenceAt);
  ASSERT_EQ(call.Input(Counting(call, 3)).Input<int64_t>({}, {-1}).Run(), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (Floats{3}));

  Call beyond(sinter_op_SequenceAt);
  EXPECT_EQ(beyond.Input(Counting(beyond, 3)).Input<int64_t>({}, {3}).Run(), SINTER_BAD_VALUE);
}

TEST(SplitToSequenceTest, ChunksAreShorterAtTheEnd) {
  Call call(sinter_op_SplitToSequence);
  call.Input<float>({2, 3}, {1, 2, 3, 4, 5, 6}).Input<int64_t>({}, {2}).Int("axis", -1);
  ASSERT_EQ(call.Run(), SINTER_OK);
  ASSERT_EQ(call.output(0).count, 2);
  EXPECT_EQ(Call::ValuesOf<float>(call.output(0).items[0]), (Floats{1, 2, 4, 5}));
  EXPECT_EQ(Call::DimsOf(call.output(0).items[1]), (Dims{2, 1}));
  EXPECT_EQ(Call::ValuesOf<float>(call.output(0).items[1]), (Floats{3, 6}));
}

TEST(SplitToSequenceTest, WithoutLengthsTheAxisCanBeDropped) {
  Call call(sinter_op_SplitToSequence);
  call.Input<float>({2, 2}, {1, 2, 3, 4}).Int("axis", 1).Int("keepdims", 0);
  ASSERT_EQ(call.Run(), SINTER_OK);
  ASSERT_EQ(call.output(0).count, 2);
  EXPECT_EQ(Call::DimsOf(call.output(0).items[1]), (Dims{2}));
  EXPECT_EQ(Call::ValuesOf<float>(call.output(0).items[1]), (Floats{2, 4}));
}

TEST(SplitToSequenceTest, StringsKeepTheirText) {
  Call call(sinter_op_SplitToSequence);
  call.Strings({3}, {"a", "bc", "def"}).Input<int64_t>({3}, {1, 0, 2});
  ASSERT_EQ(call.Run(), SINTER_OK);
  ASSERT_EQ(call.output(0).count, 3);
  EXPECT_EQ(Call::DimsOf(call.output(0).items[1]), (Dims{0}));
  EXPECT_EQ(Call::StringsOf(call.output(0).items[2]), (std::vector<std::string>{"bc", "def"}));
}

TEST(SplitToSequenceTest, PartsMustFillTheDimension) {
  for (const std::vector<int64_t>& parts :
       std::vector<std::vector<int64_t>>{{1, 1}, {2, 2}, {4, -1}, {}}) {
    Call call(sinter_op_SplitToSequence);
    call.Input<float>({3}, {1, 2, 3}).Input<int64_t>({static_cast<int64_t>(parts.size())}, parts);
    EXPECT_EQ(call.Run(), SINTER_BAD_VALUE);
  }
  Call call(sinter_op_SplitToSequence);
  EXPECT_EQ(call.Input<float>({3}, {1, 2, 3}).Input<int64_t>({}, {0}).Run(), SINTER_BAD_VALUE);
}

TEST(ConcatFromSequenceTest, JoinsAlongAnAxis) {
  Call call(sinter_op_ConcatFromSequence);
  call.Input(call.Sequence(
                 {call.Tensor<float>({2, 1}, {1, 2}), call.Tensor<float>({2, 2}, {3, 4, 5, 6})}))
      .Int("axis", 1);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 3}));
  EXPECT_EQ(call.Values<float>(0), (Floats{1, 3, 4, 2, 5, 6}));
}

TEST(ConcatFromSequenceTest, StacksAlongANewAxis) {
  Call call(sinter_op_ConcatFromSequence);
  call.Input(
          call.Sequence({call.StringTensor({2}, {"a", "b"}), call.StringTensor({2}, {"c", "d"})}))
      .Int("axis", -1)
      .Int("new_axis", 1);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 2}));
  EXPECT_EQ(call.StringValues(0), (std::vector<std::string>{"a", "c", "b", "d"}));
}

TEST(ConcatFromSequenceTest, ItemsMustFit) {
  Call shapes(sinter_op_ConcatFromSequence);
  shapes
      .Input(shapes.Sequence(
          {shapes.Tensor<float>({2, 1}, {1, 2}), shapes.Tensor<float>({1, 2}, {1, 2})}))
      .Int("axis", 0);
  EXPECT_EQ(shapes.Run(), SINTER_BAD_VALUE);

  Call axis(sinter_op_ConcatFromSequence);
  axis.Input(axis.Sequence({axis.Tensor<float>({1}, {1})})).Int("axis", 1);
  EXPECT_EQ(axis.Run(), SINTER_BAD_VALUE);

  Call empty(sinter_op_ConcatFromSequence);
  EXPECT_EQ(empty.Input(empty.Sequence({})).Int("axis", 0).Run(), SINTER_BAD_VALUE);
}

TEST(OptionalsTest, AnOptionalIsTheValueInIt) {
  Call call(sinter_op_Optional);
  ASSERT_EQ(call.Input<float>({1}, {3}).Run(), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (Floats{3}));

  Call empty(sinter_op_Optional);
  ASSERT_EQ(empty.Run(), SINTER_OK);
  EXPECT_EQ(empty.output(0).kind, SINTER_NONE);
}

TEST(OptionalsTest, OnlyAValueCanBeTakenOut) {
  Call call(sinter_op_OptionalGetElement);
  ASSERT_EQ(call.Input(Counting(call, 2)).Run(), SINTER_OK);
  EXPECT_EQ(Items(call.output(0)), (Floats{1, 2}));

  Call empty(sinter_op_OptionalGetElement);
  EXPECT_EQ(empty.Input(empty.None()).Run(), SINTER_BAD_VALUE);
}

TEST(OptionalsTest, HasElement) {
  const auto has = [](Call& call) {
    EXPECT_EQ(call.Run(), SINTER_OK);
    EXPECT_EQ(call.Dims(0), Dims{});
    return call.Values<uint8_t>(0).at(0) != 0;
  };
  Call tensor(sinter_op_OptionalHasElement);
  EXPECT_TRUE(has(tensor.Input<float>({0}, {})));
  Call none(sinter_op_OptionalHasElement);
  EXPECT_FALSE(has(none.Input(none.None())));
  Call absent(sinter_op_OptionalHasElement);
  EXPECT_FALSE(has(absent.NoInput()));
  Call nothing(sinter_op_OptionalHasElement);
  EXPECT_FALSE(has(nothing));
}

}  // namespace
}  // namespace sinter::library
