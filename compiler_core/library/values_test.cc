// Making, sharing and releasing values: who owns what, and sizes no memory has.
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/block.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;

SINTER_OP(ShareIt) { return sinter_share(call, call->outputs[0], call->inputs[0]); }

SINTER_OP(ShareReshaped) {
  const int64_t dims[] = {3, 2};
  return sinter_share_reshaped(call, call->outputs[0], call->inputs[0], 2, dims);
}

// A sequence of a tensor, twice: both items are the same memory.
SINTER_OP(Twice) {
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_sequence(call, out, 2));
  SINTER_TRY(sinter_share(call, &out->items[0], call->inputs[0]));
  return sinter_share(call, &out->items[1], &out->items[0]);
}

SINTER_OP(OfShape) {
  const sinter_value* shape = call->inputs[0];
  return sinter_make_tensor(call, call->outputs[0], SINTER_F32, (int32_t)shape->dims[0],
                            (const int64_t*)shape->data);
}

SINTER_OP(Words) {
  const int64_t dims[] = {3};
  char* text;
  SINTER_TRY(sinter_make_strings(call, call->outputs[0], 1, dims, 5, &text));
  memcpy(text, "hello", 5);
  sinter_string* strings = (sinter_string*)call->outputs[0]->data;
  strings[0] = {text, 5};
  strings[2] = {text + 1, 3};
  return SINTER_OK;
}

TEST(ValuesTest, WhatTheCallerOwnsIsCopied) {
  Call call(sinter_op_ShareIt);
  const sinter_value input = call.Tensor<int32_t>({2}, {7, 8});
  ASSERT_EQ(call.Input(input).Run(), SINTER_OK);
  EXPECT_NE(call.output(0).data, input.data);
  EXPECT_EQ(call.Values<int32_t>(0), (std::vector<int32_t>{7, 8}));
}

TEST(ValuesTest, StringsAreCopiedWithTheirText) {
  Call call(sinter_op_ShareIt);
  ASSERT_EQ(call.Strings({2, 1}, {"one", ""}).Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (std::vector<std::string>{"one", ""}));
}

TEST(ValuesTest, NestedValuesAreCopiedToo) {
  Call call(sinter_op_ShareIt);
  const sinter_value map =
      call.Map(call.StringTensor({1}, {"key"}), call.Tensor<float>({1}, {2.5f}));
  ASSERT_EQ(call.Input(call.Sequence({map, call.None()})).Run(), SINTER_OK);
  const sinter_value& copy = call.output(0);
  ASSERT_EQ(copy.count, 2);
  ASSERT_EQ(copy.items[0].kind, SINTER_MAP);
  EXPECT_EQ(Call::StringsOf(copy.items[0].items[0]), std::vector<std::string>{"key"});
  EXPECT_EQ(Call::ValuesOf<float>(copy.items[0].items[1]), std::vector<float>{2.5f});
  EXPECT_EQ(copy.items[1].kind, SINTER_NONE);
}

TEST(ValuesTest, WhatIsCountedIsShared) {
  Call call(sinter_op_Twice);
  ASSERT_EQ(call.Input<float>({1}, {1}).Run(), SINTER_OK);
  EXPECT_EQ(call.output(0).items[0].data, call.output(0).items[1].data);
  EXPECT_EQ(static_cast<sinter_block*>(call.output(0).items[0].owner)->refs, 2);
}

TEST(ValuesTest, ConstantsAreSharedAndNeverCounted) {
  Call call(sinter_op_ShareIt);
  sinter_value constant = call.Tensor<float>({1}, {1});
  constant.owner = const_cast<sinter_block*>(&sinter_constant_block);
  ASSERT_EQ(call.Input(constant).Run(), SINTER_OK);
  EXPECT_EQ(call.output(0).data, constant.data);
  EXPECT_EQ(call.heap().blocks(), 0);
  EXPECT_EQ(sinter_constant_block.refs, -1);
}

TEST(ValuesTest, AnAbsentValueStaysAbsent) {
  Call call(sinter_op_ShareIt);
  ASSERT_EQ(call.Input(call.None()).Run(), SINTER_OK);
  EXPECT_EQ(call.output(0).kind, SINTER_NONE);
}

TEST(ValuesTest, AReshapedShareHasAsManyElements) {
  Call call(sinter_op_ShareReshaped);
  ASSERT_EQ(call.Input<uint8_t>({6}, {1, 2, 3, 4, 5, 6}).Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{3, 2}));

  Call wrong(sinter_op_ShareReshaped);
  EXPECT_EQ(wrong.Input<uint8_t>({5}, {1, 2, 3, 4, 5}).Run(), SINTER_BAD_VALUE);
}

TEST(ValuesTest, StringsStartEmpty) {
  Call call(sinter_op_Words);
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.StringValues(0), (std::vector<std::string>{"hello", "", "ell"}));
}

TEST(ValuesTest, EmptyTensorsNeedNoMemory) {
  Call call(sinter_op_OfShape);
  const int64_t huge = std::numeric_limits<int64_t>::max();
  ASSERT_EQ(call.Input<int64_t>({3}, {huge, huge, 0}).Run(), SINTER_OK);
  EXPECT_EQ(call.output(0).data, nullptr);
  EXPECT_EQ(call.heap().blocks(), 0);
}

TEST(ValuesTest, SizesThatNoMemoryHasAreRefused) {
  const int64_t huge = int64_t{1} << 61;
  for (const Dims& dims : {Dims{huge, 2}, Dims{huge, 8}, Dims{huge, huge}}) {
    Call call(sinter_op_OfShape);
    EXPECT_EQ(call.Input<int64_t>({2}, dims).Run(), SINTER_NO_MEMORY);
  }
  Call negative(sinter_op_OfShape);
  EXPECT_EQ(negative.Input<int64_t>({2}, {0, -1}).Run(), SINTER_BAD_VALUE);
  Call deep(sinter_op_OfShape);
  EXPECT_EQ(deep.Input<int64_t>({33}, Dims(33, 1)).Run(), SINTER_NOT_SUPPORTED);
}

TEST(ValuesTest, AttributesAreFoundByName) {
  Call call([](const sinter_op_call* call) {
    EXPECT_EQ(sinter_attr_int(call, "axis", 0), 3);
    EXPECT_EQ(sinter_attr_int(call, "axi", 5), 5);
    EXPECT_EQ(sinter_attr_float(call, "alpha", 1), 0.5f);
    EXPECT_EQ(sinter_attr_float(call, "axis", 1), 1);
    EXPECT_TRUE(sinter_attr_is(call, "mode", "edge", "constant"));
    EXPECT_FALSE(sinter_attr_is(call, "mode", "edges", "constant"));
    EXPECT_FALSE(sinter_attr_is(call, "mode", "edg", "constant"));
    EXPECT_TRUE(sinter_attr_is(call, "absent", "constant", "constant"));
    EXPECT_EQ(sinter_find_attr(call, "shape")->tensors->dims[0], 1);
    return int32_t{SINTER_OK};
  });
  call.Int("axis", 3).Float("alpha", 0.5f).String("mode", "edge");
  EXPECT_EQ(call.TensorAttr("shape", call.Tensor<int64_t>({1}, {4})).Run(), SINTER_OK);
}

}  // namespace
}  // namespace sinter::library
