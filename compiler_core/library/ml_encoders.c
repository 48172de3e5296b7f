/* ai.onnx.ml: operators that look values up in tables. */
#include "compiler_core/library/dictionary.h"
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/text.h"

static int type_class(sinter_dtype dtype) {
  if (dtype == SINTER_STRING) return 0;
  return dtype == SINTER_F32 || dtype == SINTER_F64 ? 1 : 2;
}

/* Whether an element is a NaN that no key matches: up to version 3, as in ONNX Runtime. */
static int is_unmatched(const sinter_op_call* call, int64_t i) {
  const sinter_value* from = call->inputs[0];
  if (call->version >= 4 || type_class(from->dtype) != 1) return 0;
  const double number = sinter_number_at(from, i);
  return number != number;
}

/* Writes values[where a key is each element of the input], else the only element of `otherwise`. */
static int32_t look_up(const sinter_op_call* call, const sinter_dictionary* dictionary,
                       const sinter_value* values, const sinter_value* otherwise) {
  const sinter_value* from = call->inputs[0];
  sinter_value* out = call->outputs[0];
  const int64_t count = sinter_num_elements(from);
  const int64_t size = sinter_element_size(values->dtype);
  char* to;
  char* scratch = 0;
  if (values->dtype == SINTER_STRING) {
    scratch = sinter_allocate(call->context, (uint64_t)(count * size));
    if (!scratch) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for strings that were looked up");
    to = scratch;
  } else {
    SINTER_TRY(sinter_make_tensor(call, out, values->dtype, from->rank, from->dims));
    to = out->data;
  }
  for (int64_t i = 0; i < count; ++i) {
    int64_t found = sinter_dictionary_find(dictionary, from, i);
    if (found >= 0 && is_unmatched(call, i)) found = -1;
    const char* element = found < 0 ? otherwise->data : (const char*)values->data + found * size;
    memcpy(to + i * size, element, (size_t)size);
  }
  if (!scratch) return SINTER_OK;
  const int32_t status =
      sinter_copy_strings(call, out, from->rank, from->dims, (const sinter_string*)scratch);
  sinter_free(call->context, scratch);
  return status;
}

/* Which of equal keys counts, ONNX says from version 4 on. */
static int32_t check_keys(const sinter_op_call* call, const sinter_dictionary* dictionary) {
  const int64_t count = sinter_num_elements(dictionary->keys);
  for (int64_t i = 0; call->version < 4 && i < count; ++i) {
    if (sinter_dictionary_find(dictionary, dictionary->keys, i) != i) {
      SINTER_FAIL(SINTER_NOT_SUPPORTED, "equal keys, of which ONNX doesn't say which one counts");
    }
  }
  return SINTER_OK;
}

static int32_t translate(const sinter_op_call* call, const sinter_value* keys,
                         const sinter_value* values, const sinter_value* otherwise) {
  if (sinter_num_elements(keys) != sinter_num_elements(values)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there must be as many keys as values");
  }
  if (type_class(keys->dtype) != type_class(call->inputs[0]->dtype)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "keys have another type than the input");
  }
  sinter_dictionary dictionary;
  SINTER_TRY(sinter_dictionary_make(call, keys, &dictionary));
  int32_t status = check_keys(call, &dictionary);
  if (status == SINTER_OK) status = look_up(call, &dictionary, values, otherwise);
  sinter_dictionary_free(call->context, &dictionary);
  return status;
}

/* The defaults of the attributes default_*. */
typedef struct defaults {
  sinter_string text;
  int64_t whole;
  float real;
  double wide;
  int32_t whole32;
  int16_t whole16;
} defaults;

/* The one-element value to use where no key is found, of the values' type. */
static int32_t find_default(const sinter_op_call* call, sinter_dtype dtype, defaults* store,
                            sinter_value* otherwise) {
  const sinter_attr* tensor = sinter_find_attr(call, "default_tensor");
  if (tensor && tensor->tensors[0].dtype == dtype && sinter_num_elements(tensor->tensors) == 1) {
    *otherwise = tensor->tensors[0];
    return SINTER_OK;
  }
  if (tensor) SINTER_FAIL(SINTER_BAD_VALUE, "default_tensor must be one element like the values");
  const sinter_attr* text = sinter_find_attr(call, "default_string");
  store->text = text ? text->strings[0] : sinter_string_of("_Unused");
  store->whole = sinter_attr_int(call, "default_int64", -1);
  store->real = sinter_attr_float(call, "default_float", -0.0f);
  store->wide = -0.0;
  store->whole32 = -1;
  store->whole16 = -1;
  switch (dtype) {
    case SINTER_STRING:
      *otherwise = sinter_view(dtype, 1, &store->text);
      return SINTER_OK;
    case SINTER_I64:
      *otherwise = sinter_view(dtype, 1, &store->whole);
      return SINTER_OK;
    case SINTER_F32:
      *otherwise = sinter_view(dtype, 1, &store->real);
      return SINTER_OK;
    case SINTER_F64:
      *otherwise = sinter_view(dtype, 1, &store->wide);
      return SINTER_OK;
    case SINTER_I32:
      *otherwise = sinter_view(dtype, 1, &store->whole32);
      return SINTER_OK;
    case SINTER_I16:
      *otherwise = sinter_view(dtype, 1, &store->whole16);
      return SINTER_OK;
    default:
      SINTER_FAIL(SINTER_NOT_SUPPORTED, "values of this type");
  }
}

/* The attribute among the four that is there. */
static int32_t find_table(const sinter_op_call* call, const char* strings, const char* ints,
                          const char* floats, const char* tensor, sinter_value* table) {
  const sinter_attr* attr = sinter_find_attr(call, strings);
  if (attr) return *table = sinter_view(SINTER_STRING, attr->count, attr->strings), SINTER_OK;
  attr = sinter_find_attr(call, ints);
  if (attr) return *table = sinter_view(SINTER_I64, attr->count, attr->ints), SINTER_OK;
  attr = sinter_find_attr(call, floats);
  if (attr) return *table = sinter_view(SINTER_F32, attr->count, attr->floats), SINTER_OK;
  attr = sinter_find_attr(call, tensor);
  if (attr) return *table = attr->tensors[0], SINTER_OK;
  SINTER_FAIL(SINTER_BAD_VALUE, "keys or values are missing");
}

/* Version 1: strings are numbered by their place in a list. */
static int32_t number_classes(const sinter_op_call* call) {
  const sinter_attr* classes = sinter_find_attr(call, "classes_strings");
  if (!classes) SINTER_FAIL(SINTER_BAD_VALUE, "classes_strings is missing");
  int64_t* numbers = sinter_allocate(call->context, (uint64_t)classes->count * sizeof(int64_t));
  if (!numbers) SINTER_FAIL(SINTER_NO_MEMORY, "no memory to number classes");
  for (int64_t i = 0; i < classes->count; ++i) numbers[i] = i;
  const sinter_value strings = sinter_view(SINTER_STRING, classes->count, classes->strings);
  const sinter_value ints = sinter_view(SINTER_I64, classes->count, numbers);
  const int from_string = call->inputs[0]->dtype == SINTER_STRING;
  defaults store;
  sinter_value otherwise;
  int32_t status = find_default(call, from_string ? SINTER_I64 : SINTER_STRING, &store, &otherwise);
  if (status == SINTER_OK) {
    status = from_string ? translate(call, &strings, &ints, &otherwise)
                         : translate(call, &ints, &strings, &otherwise);
  }
  sinter_free(call->context, numbers);
  return status;
}

SINTER_OP(ml_LabelEncoder) {
  if (call->version == 1) return number_classes(call);
  sinter_value keys;
  sinter_value values;
  sinter_value otherwise;
  defaults store;
  SINTER_TRY(find_table(call, "keys_strings", "keys_int64s", "keys_floats", "keys_tensor", &keys));
  SINTER_TRY(find_table(call, "values_strings", "values_int64s", "values_floats", "values_tensor",
                        &values));
  SINTER_TRY(find_default(call, values.dtype, &store, &otherwise));
  return translate(call, &keys, &values, &otherwise);
}

SINTER_OP(ml_CategoryMapper) {
  const sinter_attr* strings = sinter_find_attr(call, "cats_strings");
  const sinter_attr* ints = sinter_find_attr(call, "cats_int64s");
  if (!strings || !ints) SINTER_FAIL(SINTER_BAD_VALUE, "cats_strings or cats_int64s is missing");
  const sinter_value texts = sinter_view(SINTER_STRING, strings->count, strings->strings);
  const sinter_value numbers = sinter_view(SINTER_I64, ints->count, ints->ints);
  const int from_string = call->inputs[0]->dtype == SINTER_STRING;
  defaults store;
  sinter_value otherwise;
  SINTER_TRY(find_default(call, from_string ? SINTER_I64 : SINTER_STRING, &store, &otherwise));
  if (from_string) return translate(call, &texts, &numbers, &otherwise);
  return translate(call, &numbers, &texts, &otherwise);
}

/* The category of element i: floats are cut to whole numbers. */
static int64_t find_category(const sinter_dictionary* categories, const sinter_value* from,
                             int64_t i) {
  if (type_class(from->dtype) != 1) return sinter_dictionary_find(categories, from, i);
  const double number = sinter_number_at(from, i);
  if (!(number > -9223372036854775808.0 && number < 9223372036854775808.0)) return -1;
  const int64_t whole = (int64_t)number;
  const sinter_value view = sinter_view(SINTER_I64, 1, &whole);
  return sinter_dictionary_find(categories, &view, 0);
}

static int32_t encode_one_hot(const sinter_op_call* call, const sinter_dictionary* categories) {
  const sinter_value* from = call->inputs[0];
  const int zeros = sinter_attr_int(call, "zeros", 1) != 0;
  const int64_t width = sinter_num_elements(categories->keys);
  const int64_t count = sinter_num_elements(from);
  int64_t dims[SINTER_MAX_RANK];
  for (int32_t d = 0; d < from->rank; ++d) dims[d] = from->dims[d];
  dims[from->rank] = width;
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, from->rank + 1, dims));
  float* to = out->data;
  for (int64_t i = 0; i < count * width; ++i) to[i] = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t found = find_category(categories, from, i);
    if (found >= 0) to[i * width + found] = 1;
    if (found < 0 && !zeros) SINTER_FAIL(SINTER_BAD_VALUE, "an element is of no category");
  }
  return SINTER_OK;
}

SINTER_OP(ml_OneHotEncoder) {
  const sinter_value* from = call->inputs[0];
  const int strings = from->dtype == SINTER_STRING;
  const sinter_attr* attr = sinter_find_attr(call, strings ? "cats_strings" : "cats_int64s");
  if (!attr) SINTER_FAIL(SINTER_BAD_VALUE, "there are no categories of the input's type");
  if (from->rank >= SINTER_MAX_RANK) SINTER_FAIL(SINTER_NOT_SUPPORTED, "more than 31 dimensions");
  const sinter_value keys = strings ? sinter_view(SINTER_STRING, attr->count, attr->strings)
                                    : sinter_view(SINTER_I64, attr->count, attr->ints);
  sinter_dictionary categories;
  SINTER_TRY(sinter_dictionary_make(call, &keys, &categories));
  const int32_t status = encode_one_hot(call, &categories);
  sinter_dictionary_free(call->context, &categories);
  return status;
}
