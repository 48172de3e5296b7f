/* Operators on tensors of strings: joined, split and compared. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/text.h"

/* Two string tensors broadcast to one shape: their elements in that order, in scratch memory. */
typedef struct string_pairs {
  int32_t rank;
  int64_t dims[SINTER_MAX_RANK];
  int64_t count;
  sinter_string* a;
  sinter_string* b;
} string_pairs;

static void spread(const string_pairs* pairs, const sinter_value* from, sinter_string* to) {
  int64_t own[SINTER_MAX_RANK];
  int64_t strides[SINTER_MAX_RANK];
  const int32_t missing = pairs->rank - from->rank;
  sinter_row_major(from->rank, from->dims, own);
  for (int32_t d = 0; d < pairs->rank; ++d) {
    const int repeats = d < missing || from->dims[d - missing] == 1;
    strides[d] = repeats ? 0 : own[d - missing];
  }
  sinter_gather_strided(to, from->data, sizeof(sinter_string), pairs->rank, pairs->dims, strides);
}

/* RETURNS: SINTER_BAD_VALUE if the shapes don't broadcast. Else `a` is to be freed. */
static int32_t broadcast(const sinter_op_call* call, string_pairs* pairs) {
  const sinter_value* a = call->inputs[0];
  const sinter_value* b = call->inputs[1];
  pairs->rank = a->rank > b->rank ? a->rank : b->rank;
  pairs->count = 1;
  for (int32_t d = 0; d < pairs->rank; ++d) {
    const int32_t in_a = d - (pairs->rank - a->rank);
    const int32_t in_b = d - (pairs->rank - b->rank);
    const int64_t dim_a = in_a < 0 ? 1 : a->dims[in_a];
    const int64_t dim_b = in_b < 0 ? 1 : b->dims[in_b];
    if (dim_a != dim_b && dim_a != 1 && dim_b != 1) {
      SINTER_FAIL(SINTER_BAD_VALUE, "shapes don't broadcast");
    }
    pairs->dims[d] = dim_a == 1 ? dim_b : dim_a;
    if (__builtin_mul_overflow(pairs->count, pairs->dims[d], &pairs->count)) {
      SINTER_FAIL(SINTER_NO_MEMORY, "too many elements");
    }
  }
  if (pairs->count > INT64_MAX / 64) SINTER_FAIL(SINTER_NO_MEMORY, "too many elements");
  pairs->a = sinter_allocate(call->context, 2 * (uint64_t)pairs->count * sizeof(sinter_string));
  if (!pairs->a) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for broadcast strings");
  pairs->b = pairs->a + pairs->count;
  if (pairs->count > 0) {
    spread(pairs, a, pairs->a);
    spread(pairs, b, pairs->b);
  }
  return SINTER_OK;
}

/* Of strings alone: of numbers it is compiled. */
SINTER_OP(Equal) {
  if (call->inputs[0]->dtype != SINTER_STRING || call->inputs[1]->dtype != SINTER_STRING) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "the library's Equal is of strings");
  }
  string_pairs pairs;
  SINTER_TRY(broadcast(call, &pairs));
  sinter_value* out = call->outputs[0];
  const int32_t status = sinter_make_tensor(call, out, SINTER_BOOL, pairs.rank, pairs.dims);
  for (int64_t i = 0; status == SINTER_OK && i < pairs.count; ++i) {
    ((uint8_t*)out->data)[i] = sinter_string_equal(&pairs.a[i], &pairs.b[i]) != 0;
  }
  sinter_free(call->context, pairs.a);
  return status;
}

static int32_t concat_pairs(const sinter_op_call* call, const string_pairs* pairs) {
  sinter_value* out = call->outputs[0];
  int64_t bytes = 0;
  for (int64_t i = 0; i < pairs->count; ++i) {
    if (__builtin_add_overflow(bytes, pairs->a[i].size, &bytes) ||
        __builtin_add_overflow(bytes, pairs->b[i].size, &bytes)) {
      SINTER_FAIL(SINTER_NO_MEMORY, "too many characters");
    }
  }
  char* text;
  SINTER_TRY(sinter_make_strings(call, out, pairs->rank, pairs->dims, bytes, &text));
  sinter_string* to = out->data;
  for (int64_t i = 0; i < pairs->count; ++i) {
    const sinter_string* a = &pairs->a[i];
    const sinter_string* b = &pairs->b[i];
    if (a->size > 0) memcpy(text, a->data, (size_t)a->size);
    if (b->size > 0) memcpy(text + a->size, b->data, (size_t)b->size);
    to[i].data = text;
    to[i].size = a->size + b->size;
    text += to[i].size;
  }
  return SINTER_OK;
}

SINTER_OP(StringConcat) {
  string_pairs pairs;
  SINTER_TRY(broadcast(call, &pairs));
  const int32_t status = concat_pairs(call, &pairs);
  sinter_free(call->context, pairs.a);
  return status;
}

/* --- StringSplit --- */

/* As Unicode and Python have it. */
static int is_white_space(uint32_t code) {
  return (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x20) || code == 0x85 ||
         code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
         code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

/* The first place from `at` on where white space begins (or ends, if `white` is 0). Bytes that are
 * not UTF-8 are no white space. */
static int64_t find_white_space(const sinter_string* text, int64_t at, int white) {
  while (at < text->size) {
    uint32_t code;
    int32_t length = sinter_utf8_decode(text->data + at, text->size - at, &code);
    const int is_white = length > 0 && is_white_space(code);
    if (is_white == white) break;
    at += length > 0 ? length : 1;
  }
  return at;
}

/* Splits at runs of white space, at most `most` times. RETURNS: the number of parts, which are
 * written unless `parts` is null. */
static int64_t split_at_white_space(const sinter_string* text, int64_t most, sinter_string* parts) {
  int64_t count = 0;
  int64_t at = find_white_space(text, 0, 0);
  while (at < text->size) {
    const int64_t end = count < most ? find_white_space(text, at, 1) : text->size;
    if (parts) parts[count] = (sinter_string){text->data + at, end - at};
    ++count;
    at = find_white_space(text, end, 0);
  }
  return count;
}

static int matches_at(const sinter_string* text, int64_t at, const sinter_string* what) {
  for (int64_t i = 0; i < what->size; ++i) {
    if (text->data[at + i] != what->data[i]) return 0;
  }
  return 1;
}

static int64_t split_at_delimiter(const sinter_string* text, const sinter_string* delimiter,
                                  int64_t most, sinter_string* parts) {
  int64_t count = 0;
  int64_t begin = 0;
  int64_t at = 0;
  while (count < most && at + delimiter->size <= text->size) {
    if (!matches_at(text, at, delimiter)) {
      ++at;
      continue;
    }
    if (parts) parts[count] = (sinter_string){text->data + begin, at - begin};
    ++count;
    at += delimiter->size;
    begin = at;
  }
  if (parts) parts[count] = (sinter_string){text->data + begin, text->size - begin};
  return count + 1;
}

typedef struct splitter {
  sinter_string delimiter; /* of size 0: white space */
  int64_t most;
} splitter;

static int64_t split(const splitter* how, const sinter_string* text, sinter_string* parts) {
  if (how->delimiter.size == 0) return split_at_white_space(text, how->most, parts);
  return split_at_delimiter(text, &how->delimiter, how->most, parts);
}

/* Counts the parts of each string into `counts`. RETURNS: the greatest. */
static int64_t count_parts(const splitter* how, const sinter_value* from, int64_t* counts) {
  const int64_t count = sinter_num_elements(from);
  int64_t greatest = 0;
  for (int64_t i = 0; i < count; ++i) {
    counts[i] = split(how, &((const sinter_string*)from->data)[i], 0);
    if (counts[i] > greatest) greatest = counts[i];
  }
  return greatest;
}

static int32_t split_all(const sinter_op_call* call, const splitter* how, int64_t* counts) {
  const sinter_value* from = call->inputs[0];
  const int64_t count = sinter_num_elements(from);
  const int64_t width = count_parts(how, from, counts);
  int64_t dims[SINTER_MAX_RANK];
  for (int32_t d = 0; d < from->rank; ++d) dims[d] = from->dims[d];
  dims[from->rank] = width;
  if (!call->outputs[0]) return SINTER_OK;
  int64_t cells;
  if (__builtin_mul_overflow(count, width, &cells) || cells > INT64_MAX / 64) {
    SINTER_FAIL(SINTER_NO_MEMORY, "too many parts of strings");
  }
  const uint64_t bytes = (uint64_t)cells * sizeof(sinter_string);
  sinter_string* parts = sinter_allocate(call->context, bytes);
  if (!parts) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for the parts of strings");
  memset(parts, 0, (size_t)bytes);
  for (int64_t i = 0; i < count; ++i) {
    split(how, &((const sinter_string*)from->data)[i], parts + i * width);
  }
  const int32_t status = sinter_copy_strings(call, call->outputs[0], from->rank + 1, dims, parts);
  sinter_free(call->context, parts);
  return status;
}

SINTER_OP(StringSplit) {
  const sinter_value* from = call->inputs[0];
  if (from->rank >= SINTER_MAX_RANK) SINTER_FAIL(SINTER_NOT_SUPPORTED, "more than 31 dimensions");
  const sinter_attr* delimiter = sinter_find_attr(call, "delimiter");
  splitter how = {{0, 0}, sinter_attr_int(call, "maxsplit", -1)};
  if (delimiter && delimiter->count > 0) how.delimiter = delimiter->strings[0];
  if (how.most < 0) how.most = INT64_MAX;
  const int64_t count = sinter_num_elements(from);
  int64_t* scratch = 0;
  int64_t* counts;
  sinter_value* lengths = call->num_outputs > 1 ? call->outputs[1] : 0;
  if (lengths) {
    SINTER_TRY(sinter_make_tensor(call, lengths, SINTER_I64, from->rank, from->dims));
    counts = lengths->data;
  } else {
    scratch = sinter_allocate(call->context, (uint64_t)count * sizeof(int64_t));
    if (!scratch) SINTER_FAIL(SINTER_NO_MEMORY, "no memory to count parts of strings");
    counts = scratch;
  }
  const int32_t status = split_all(call, &how, counts);
  sinter_free(call->context, scratch);
  return status;
}
