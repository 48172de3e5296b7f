// Look-up tables, maps and n-grams. Expected values from ONNX Runtime 1.32 unless told otherwise.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(TfIdfVectorizer);
SINTER_OP(ml_CastMap);
SINTER_OP(ml_CategoryMapper);
SINTER_OP(ml_DictVectorizer);
SINTER_OP(ml_LabelEncoder);
SINTER_OP(ml_OneHotEncoder);
SINTER_OP(ml_ZipMap);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Ints = std::vector<int64_t>;
using Floats = std::vector<float>;
using Strings = std::vector<std::string>;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(LabelEncoderTest, Version1NumbersClasses) {
  Call to_int(sinter_op_ml_LabelEncoder, 1);
  to_int.Strings({2, 2}, {"a", "bb", "zz", "a"}).StringList("classes_strings", {"a", "bb"});
  ASSERT_EQ(to_int.Int("default_int64", -7).Run(), SINTER_OK);
  EXPECT_EQ(to_int.Dims(0), (Dims{2, 2}));
  EXPECT_EQ(to_int.Values<int64_t>(0), (Ints{0, 1, -7, 0}));
  Call to_string(sinter_op_ml_LabelEncoder, 1);
  to_string.Input<int64_t>({2}, {1, 5}).StringList("classes_strings", {"a", "bb"});
  ASSERT_EQ(to_string.Run(), SINTER_OK);
  EXPECT_EQ(to_string.StringValues(0), (Strings{"bb", "_Unused"}));
}

TEST(LabelEncoderTest, FloatsToStrings) {
  for (const int version : {2, 4}) {
    Call call(sinter_op_ml_LabelEncoder, version);
    call.Input<float>({4}, {kNan, 0, 2, 1.5f}).Floats("keys_floats", {1.5f, kNan, -0.0f});
    ASSERT_EQ(call.StringList("values_strings", {"a", "bb", "zz"}).Run(), SINTER_OK);
    // NaN is a key like others from version 4 on.
    EXPECT_EQ(call.StringValues(0),
              (Strings{version == 4 ? "bb" : "_Unused", "zz", "_Unused", "a"}));
  }
}

TEST(LabelEncoderTest, StringsToFloatsByDefaultMinusZero) {
  Call call(sinter_op_ml_LabelEncoder, 2);
  call.Strings({2}, {"bb", "?"}).StringList("keys_strings", {"a", "bb"});
  ASSERT_EQ(call.Floats("values_floats", {1, 2}).Run(), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (Floats{2, 0}));
  EXPECT_TRUE(std::signbit(call.Values<float>(0)[1]));
}

// Expected values by ONNX's text.
TEST(LabelEncoderTest, TensorsOfAnyType) {
  Call call(sinter_op_ml_LabelEncoder, 4);
  call.Input<int16_t>({3}, {7, 8, -1});
  call.TensorAttr("keys_tensor", call.Tensor<int16_t>({3}, {7, -1, 7}));
  call.TensorAttr("values_tensor", call.Tensor<double>({3}, {0.5, 1.5, 2.5}));
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Values<double>(0), (std::vector<double>{2.5, 0, 1.5}));  // the last 7 counts

  Call otherwise(sinter_op_ml_LabelEncoder, 4);
  otherwise.Input<int64_t>({1}, {8}).Ints("keys_int64s", {7});
  otherwise.TensorAttr("values_tensor", otherwise.Tensor<int32_t>({1}, {3}));
  otherwise.TensorAttr("default_tensor", otherwise.Tensor<int32_t>({1}, {42}));
  ASSERT_EQ(otherwise.Run(), SINTER_OK);
  EXPECT_EQ(otherwise.Values<int32_t>(0), (std::vector<int32_t>{42}));
}

TEST(LabelEncoderTest, RefusesTablesThatDoNotFit) {
  Call lengths(sinter_op_ml_LabelEncoder, 2);
  lengths.Input<int64_t>({1}, {1}).Ints("keys_int64s", {1, 2}).Ints("values_int64s", {1});
  EXPECT_EQ(lengths.Run(), SINTER_BAD_VALUE);
  Call types(sinter_op_ml_LabelEncoder, 2);
  types.Input<float>({1}, {1}).Ints("keys_int64s", {1}).Ints("values_int64s", {1});
  EXPECT_EQ(types.Run(), SINTER_BAD_VALUE);
  Call missing(sinter_op_ml_LabelEncoder, 2);
  EXPECT_EQ(missing.Input<float>({1}, {1}).Ints("values_int64s", {1}).Run(), SINTER_BAD_VALUE);
  Call twice(sinter_op_ml_LabelEncoder, 2);
  twice.Input<int64_t>({1}, {1}).Ints("keys_int64s", {1, 1}).Ints("values_int64s", {1, 2});
  EXPECT_EQ(twice.Run(), SINTER_NOT_SUPPORTED);
}

TEST(CategoryMapperTest, BothWays) {
  Call to_int(sinter_op_ml_CategoryMapper, 1);
  to_int.Strings({3}, {"bb", "x", "a"}).StringList("cats_strings", {"a", "bb"});
  ASSERT_EQ(to_int.Ints("cats_int64s", {4, 9}).Run(), SINTER_OK);
  EXPECT_EQ(to_int.Values<int64_t>(0), (Ints{9, -1, 4}));
  Call to_string(sinter_op_ml_CategoryMapper, 1);
  to_string.Input<int64_t>({3}, {9, 4, 1}).StringList("cats_strings", {"a", "bb"});
  ASSERT_EQ(to_string.Ints("cats_int64s", {4, 9}).String("default_string", "?").Run(), SINTER_OK);
  EXPECT_EQ(to_string.StringValues(0), (Strings{"bb", "a", "?"}));
}

TEST(OneHotEncoderTest, CutsFloatsToWholeNumbers) {
  Call call(sinter_op_ml_OneHotEncoder, 1);
  call.Input<float>({2, 2}, {1.9f, -0.5f, kNan, 7}).Ints("cats_int64s", {0, 1});
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 2, 2}));
  EXPECT_EQ(call.Values<float>(0), (Floats{0, 1, 1, 0, 0, 0, 0, 0}));
}

TEST(OneHotEncoderTest, OfStrings) {
  Call call(sinter_op_ml_OneHotEncoder, 1);
  call.Strings({2}, {"bb", "a"}).StringList("cats_strings", {"a", "q", "bb"});
  ASSERT_EQ(call.Int("zeros", 0).Run(), SINTER_OK);
  EXPECT_EQ(call.Values<float>(0), (Floats{0, 0, 1, 1, 0, 0}));
  Call other(sinter_op_ml_OneHotEncoder, 1);
  other.Strings({1}, {"zz"}).StringList("cats_strings", {"a"}).Int("zeros", 0);
  EXPECT_EQ(other.Run(), SINTER_BAD_VALUE);
  Call type(sinter_op_ml_OneHotEncoder, 1);
  EXPECT_EQ(type.Strings({1}, {"zz"}).Ints("cats_int64s", {1}).Run(), SINTER_BAD_VALUE);
}

TEST(ZipMapTest, AMapForEachRow) {
  Call call(sinter_op_ml_ZipMap, 1);
  call.Input<float>({2, 2}, {0.25f, 0.75f, 0.5f, 0.5f});
  ASSERT_EQ(call.StringList("classlabels_strings", {"p", "q"}).Run(), SINTER_OK);
  ASSERT_EQ(call.output(0).kind, SINTER_SEQUENCE);
  ASSERT_EQ(call.output(0).count, 2);
  const sinter_value& map = call.output(0).items[0];
  ASSERT_EQ(map.kind, SINTER_MAP);
  EXPECT_EQ(Call::StringsOf(map.items[0]), (Strings{"p", "q"}));
  EXPECT_EQ(Call::ValuesOf<float>(map.items[1]), (Floats{0.25f, 0.75f}));
}

TEST(ZipMapTest, NeedsAsManyLabelsAsColumns) {
  Call ints(sinter_op_ml_ZipMap, 1);
  ASSERT_EQ(ints.Input<float>({1}, {2}).Ints("classlabels_int64s", {3}).Run(), SINTER_OK);
  EXPECT_EQ(Call::ValuesOf<int64_t>(ints.output(0).items[0].items[0]), (Ints{3}));
  Call call(sinter_op_ml_ZipMap, 1);
  EXPECT_EQ(call.Input<float>({1}, {2}).Ints("classlabels_int64s", {3, 4}).Run(), SINTER_BAD_VALUE);
}

// Expected values from ONNX's text of the operator.
TEST(DictVectorizerTest, InTheVocabularysOrder) {
  Call call(sinter_op_ml_DictVectorizer, 1);
  call.Input(call.Map(call.StringTensor({2}, {"a", "c"}), call.Tensor<int64_t>({2}, {4, 8})));
  ASSERT_EQ(call.StringList("string_vocabulary", {"a", "c", "b", "z"}).Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{1, 4}));
  EXPECT_EQ(call.Values<int64_t>(0), (Ints{4, 8, 0, 0}));
  Call strings(sinter_op_ml_DictVectorizer, 1);
  strings.Input(strings.Map(strings.Tensor<int64_t>({1}, {5}), strings.StringTensor({1}, {"x"})));
  ASSERT_EQ(strings.Ints("int64_vocabulary", {1, 5}).Run(), SINTER_OK);
  EXPECT_EQ(strings.StringValues(0), (Strings{"", "x"}));
}

TEST(MapsTest, MustHaveAsManyValuesAsKeys) {
  Call dict(sinter_op_ml_DictVectorizer, 1);
  dict.Input(dict.Map(dict.Tensor<int64_t>({2}, {1, 2}), dict.Tensor<float>({1}, {1})));
  EXPECT_EQ(dict.Ints("int64_vocabulary", {1}).Run(), SINTER_BAD_VALUE);
  Call cast(sinter_op_ml_CastMap, 1);
  EXPECT_EQ(cast.Input<float>({1}, {1}).Run(), SINTER_BAD_VALUE);
}

TEST(CastMapTest, DenseIsInTheKeysOrder) {
  Call call(sinter_op_ml_CastMap, 1);
  call.Input(
      call.Map(call.Tensor<int64_t>({3}, {5, 1, 3}), call.Tensor<float>({3}, {0.5f, 1.5f, 2})));
  ASSERT_EQ(call.Run(), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{1, 3}));
  EXPECT_EQ(call.Values<float>(0), (Floats{1.5f, 2, 0.5f}));
}

TEST(CastMapTest, SparseIsPadded) {
  const auto run = [](const std::string& cast_to, int64_t max_map, Call& call) {
    call.Input(call.Map(call.Tensor<int64_t>({2}, {2, 0}), call.StringTensor({2}, {"-7", "12"})));
    call.String("map_form", "SPARSE").Int("max_map", max_map).String("cast_to", cast_to);
    return call.Run();
  };
  Call ints(sinter_op_ml_CastMap, 1);
  ASSERT_EQ(run("TO_INT64", 4, ints), SINTER_OK);
  EXPECT_EQ(ints.Values<int64_t>(0), (Ints{12, 0, -7, 0}));
  Call floats(sinter_op_ml_CastMap, 1);
  ASSERT_EQ(run("TO_FLOAT", 3, floats), SINTER_OK);
  EXPECT_EQ(floats.Values<float>(0), (Floats{12, 0, -7}));
  Call strings(sinter_op_ml_CastMap, 1);
  ASSERT_EQ(run("TO_STRING", 3, strings), SINTER_OK);
  EXPECT_EQ(strings.StringValues(0), (Strings{"12", "0.f", "-7"}));
  Call beyond(sinter_op_ml_CastMap, 1);
  EXPECT_EQ(run("TO_FLOAT", 2, beyond), SINTER_BAD_VALUE);
}

TEST(CastMapTest, WhatCannotBeCast) {
  Call text(sinter_op_ml_CastMap, 1);
  text.Input(text.Map(text.Tensor<int64_t>({1}, {2}), text.StringTensor({1}, {"x"})));
  EXPECT_EQ(text.Run(), SINTER_BAD_VALUE);
  Call number(sinter_op_ml_CastMap, 1);
  number.Input(number.Map(number.Tensor<int64_t>({1}, {2}), number.Tensor<float>({1}, {1})));
  EXPECT_EQ(number.String("cast_to", "TO_STRING").Run(), SINTER_NOT_SUPPORTED);
}

Call& AddPool(Call& call, const std::string& mode) {
  return call.String("mode", mode)
      .Int("min_gram_length", 1)
      .Int("max_gram_length", 2)
      .Int("max_skip_count", 1)
      .Ints("ngram_counts", {0, 2})
      .StringList("pool_strings", {"a", "b", "a", "b"});
}

TEST(TfIdfVectorizerTest, WeighsStrings) {
  for (const std::string mode : {"TFIDF", "IDF", "TF"}) {
    Call call(sinter_op_TfIdfVectorizer, 9);
    AddPool(call.Strings({5}, {"a", "b", "a", "c", "b"}), mode).Ints("ngram_indexes", {0, 1, 2});
    ASSERT_EQ(call.Floats("weights", {0.5f, 2, 3}).Run(), SINTER_OK);
    const Floats expected = mode == "TF"    ? Floats{2, 2, 2}
                            : mode == "IDF" ? Floats{0.5f, 2, 3}
                                            : Floats{1, 4, 6};
    EXPECT_EQ(call.Values<float>(0), expected) << mode;
  }
}

TEST(TfIdfVectorizerTest, RefusesWeightsThatAreReordered) {
  Call call(sinter_op_TfIdfVectorizer, 9);
  AddPool(call.Strings({1}, {"a"}), "TFIDF").Ints("ngram_indexes", {0, 2, 1});
  EXPECT_EQ(call.Floats("weights", {0.5f, 2, 3}).Run(), SINTER_NOT_SUPPORTED);
}

TEST(TfIdfVectorizerTest, AttributesMustFit) {
  Call indexes(sinter_op_TfIdfVectorizer, 9);
  AddPool(indexes.Strings({1}, {"a"}), "TF").Ints("ngram_indexes", {0, 1});
  EXPECT_EQ(indexes.Run(), SINTER_BAD_VALUE);
  Call type(sinter_op_TfIdfVectorizer, 9);
  AddPool(type.Input<int64_t>({1}, {1}), "TF").Ints("ngram_indexes", {0, 1, 2});
  EXPECT_EQ(type.Run(), SINTER_BAD_VALUE);
}

}  // namespace
}  // namespace sinter::library
