/* ai.onnx.ml: maps made of tensors, and tensors of maps. */
#include "compiler_core/library/dictionary.h"
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/text.h"

/* A row of the input under the classes' labels. */
static int32_t zip_row(const sinter_op_call* call, const sinter_value* labels, int64_t row,
                       sinter_value* map) {
  const int64_t width = labels->dims[0];
  SINTER_TRY(sinter_make_map(call, map));
  if (labels->dtype == SINTER_STRING) {
    SINTER_TRY(sinter_copy_strings(call, &map->items[0], 1, labels->dims, labels->data));
  } else {
    SINTER_TRY(sinter_share(call, &map->items[0], labels));
  }
  SINTER_TRY(sinter_make_tensor(call, &map->items[1], SINTER_F32, 1, labels->dims));
  const float* from = (const float*)call->inputs[0]->data + row * width;
  if (width > 0) memcpy(map->items[1].data, from, (size_t)width * sizeof(float));
  return SINTER_OK;
}

SINTER_OP(ml_ZipMap) {
  const sinter_value* from = call->inputs[0];
  const sinter_attr* strings = sinter_find_attr(call, "classlabels_strings");
  const sinter_attr* ints = sinter_find_attr(call, "classlabels_int64s");
  if (!strings == !ints) SINTER_FAIL(SINTER_BAD_VALUE, "ZipMap needs labels of one kind");
  if (from->dtype != SINTER_F32 || from->rank < 1 || from->rank > 2) {
    SINTER_FAIL(SINTER_BAD_VALUE, "ZipMap takes floats of the shape [C] or [N, C]");
  }
  const sinter_value labels = strings ? sinter_view(SINTER_STRING, strings->count, strings->strings)
                                      : sinter_view(SINTER_I64, ints->count, ints->ints);
  if (from->dims[from->rank - 1] != labels.dims[0]) {
    SINTER_FAIL(SINTER_BAD_VALUE, "ZipMap needs as many labels as columns");
  }
  const int64_t rows = from->rank == 1 ? 1 : from->dims[0];
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_sequence(call, out, rows));
  for (int64_t i = 0; i < rows; ++i) SINTER_TRY(zip_row(call, &labels, i, &out->items[i]));
  return SINTER_OK;
}

/* A map of the caller's may be anything. */
static int32_t check_map(const sinter_op_call* call) {
  const sinter_value* map = call->inputs[0];
  if (map->kind != SINTER_MAP || map->count < 2 ||
      sinter_num_elements(&map->items[0]) != sinter_num_elements(&map->items[1])) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the input must be a map, with as many values as keys");
  }
  return SINTER_OK;
}

static int32_t vectorize(const sinter_op_call* call, const sinter_dictionary* keys,
                         const sinter_value* vocabulary) {
  const sinter_value* values = &call->inputs[0]->items[1];
  sinter_value* out = call->outputs[0];
  const int64_t width = vocabulary->dims[0];
  const int64_t dims[2] = {1, width};
  const int64_t size = sinter_element_size(values->dtype);
  const uint64_t bytes = (uint64_t)(width * size);
  char* scratch = sinter_allocate(call->context, bytes);
  if (!scratch) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for a dictionary's values");
  memset(scratch, 0, (size_t)bytes);
  for (int64_t i = 0; i < width; ++i) {
    const int64_t found = sinter_dictionary_find(keys, vocabulary, i);
    if (found < 0) continue;
    memcpy(scratch + i * size, (const char*)values->data + found * size, (size_t)size);
  }
  int32_t status = SINTER_OK;
  if (values->dtype == SINTER_STRING) {
    status = sinter_copy_strings(call, out, 2, dims, (const sinter_string*)scratch);
  } else {
    status = sinter_make_tensor(call, out, values->dtype, 2, dims);
    if (status == SINTER_OK && bytes > 0) memcpy(out->data, scratch, (size_t)bytes);
  }
  sinter_free(call->context, scratch);
  return status;
}

/* As in ONNX Runtime, keys that are not in the vocabulary are ignored. */
SINTER_OP(ml_DictVectorizer) {
  const sinter_value* map = call->inputs[0];
  SINTER_TRY(check_map(call));
  const int strings = map->items[0].dtype == SINTER_STRING;
  const sinter_attr* attr =
      sinter_find_attr(call, strings ? "string_vocabulary" : "int64_vocabulary");
  if (!attr) SINTER_FAIL(SINTER_BAD_VALUE, "there is no vocabulary of the keys' type");
  const sinter_value vocabulary = strings ? sinter_view(SINTER_STRING, attr->count, attr->strings)
                                          : sinter_view(SINTER_I64, attr->count, attr->ints);
  sinter_dictionary keys;
  SINTER_TRY(sinter_dictionary_make(call, &map->items[0], &keys));
  const int32_t status = vectorize(call, &keys, &vocabulary);
  sinter_dictionary_free(call->context, &keys);
  return status;
}

/* --- CastMap --- */

/* Sorts places in a map by the keys there. */
static void sort_by_key(const int64_t* keys, int64_t count, int64_t* order) {
  int64_t gap = 1;
  while (gap < count / 3) gap = 3 * gap + 1;
  for (; gap > 0; gap /= 3) {
    for (int64_t i = gap; i < count; ++i) {
      const int64_t place = order[i];
      int64_t at = i;
      for (; at >= gap && keys[order[at - gap]] > keys[place]; at -= gap) {
        order[at] = order[at - gap];
      }
      order[at] = place;
    }
  }
}

/* What map and attributes say: output i is the value at order[i] of the map, or padding if -1. */
typedef struct cast_map {
  int64_t width;
  int64_t* order;
  const sinter_value* values;
} cast_map;

static int32_t plan_order(const sinter_op_call* call, cast_map* job, int sparse) {
  const sinter_value* map = call->inputs[0];
  const int64_t* keys = map->items[0].data;
  const int64_t count = sinter_num_elements(&map->items[0]);
  if (!sparse) {
    for (int64_t i = 0; i < count; ++i) job->order[i] = i;
    sort_by_key(keys, count, job->order);
    return SINTER_OK;
  }
  for (int64_t i = 0; i < job->width; ++i) job->order[i] = -1;
  for (int64_t i = 0; i < count; ++i) {
    if (keys[i] < 0 || keys[i] >= job->width) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a key of the map is not in [0, max_map)");
    }
    job->order[keys[i]] = i;
  }
  return SINTER_OK;
}

static int32_t cast_to_strings(const sinter_op_call* call, const cast_map* job) {
  if (job->values->dtype != SINTER_STRING) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "CastMap of floats to strings, whose form ONNX leaves open");
  }
  const uint64_t bytes = (uint64_t)job->width * sizeof(sinter_string);
  sinter_string* strings = sinter_allocate(call->context, bytes);
  if (!strings) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for a map's values");
  for (int64_t i = 0; i < job->width; ++i) {
    const int64_t at = job->order[i];
    /* ONNX Runtime's padding. */
    strings[i] = at < 0 ? sinter_string_of("0.f") : ((const sinter_string*)job->values->data)[at];
  }
  const int64_t dims[2] = {1, job->width};
  const int32_t status = sinter_copy_strings(call, call->outputs[0], 2, dims, strings);
  sinter_free(call->context, strings);
  return status;
}

/* Value `at` of the map as a float or int64, at `to`. */
static int32_t cast_value(const sinter_value* values, int64_t at, sinter_dtype dtype, void* to) {
  double number = 0;
  if (values->dtype == SINTER_STRING) {
    const sinter_string text = ((const sinter_string*)values->data)[at];
    if (dtype == SINTER_I64) return sinter_parse_int(text, 0, to);
    SINTER_TRY(sinter_parse_float(text, sinter_format_of(SINTER_F32), &number));
  } else {
    number = ((const float*)values->data)[at];
  }
  if (dtype == SINTER_F32) return *(float*)to = (float)number, SINTER_OK;
  if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0)) {
    return SINTER_BAD_VALUE;
  }
  *(int64_t*)to = (int64_t)number;
  return SINTER_OK;
}

static int32_t cast_to_numbers(const sinter_op_call* call, const cast_map* job,
                               sinter_dtype dtype) {
  const int64_t dims[2] = {1, job->width};
  const int64_t size = sinter_element_size(dtype);
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, dtype, 2, dims));
  for (int64_t i = 0; i < job->width; ++i) {
    char* to = (char*)out->data + i * size;
    if (job->order[i] < 0) {
      memset(to, 0, (size_t)size);
    } else if (cast_value(job->values, job->order[i], dtype, to) != SINTER_OK) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a value of the map can't be cast");
    }
  }
  return SINTER_OK;
}

static int32_t cast_in_order(const sinter_op_call* call, const cast_map* job) {
  if (sinter_attr_is(call, "cast_to", "TO_STRING", "TO_FLOAT")) return cast_to_strings(call, job);
  if (sinter_attr_is(call, "cast_to", "TO_INT64", "TO_FLOAT")) {
    return cast_to_numbers(call, job, SINTER_I64);
  }
  if (sinter_attr_is(call, "cast_to", "TO_FLOAT", "TO_FLOAT")) {
    return cast_to_numbers(call, job, SINTER_F32);
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "cast_to must be TO_FLOAT, TO_STRING or TO_INT64");
}

SINTER_OP(ml_CastMap) {
  const sinter_value* map = call->inputs[0];
  SINTER_TRY(check_map(call));
  const int sparse = sinter_attr_is(call, "map_form", "SPARSE", "DENSE");
  cast_map job;
  job.values = &map->items[1];
  job.width = sparse ? sinter_attr_int(call, "max_map", 1) : sinter_num_elements(&map->items[0]);
  if (job.width < 0 || job.width > INT64_MAX / 64) {
    SINTER_FAIL(SINTER_BAD_VALUE, "max_map must not be negative, nor beyond all memory");
  }
  job.order = sinter_allocate(call->context, (uint64_t)job.width * sizeof(int64_t));
  if (!job.order) SINTER_FAIL(SINTER_NO_MEMORY, "no memory to cast a map");
  int32_t status = plan_order(call, &job, sparse);
  if (status == SINTER_OK) status = cast_in_order(call, &job);
  sinter_free(call->context, job.order);
  return status;
}
