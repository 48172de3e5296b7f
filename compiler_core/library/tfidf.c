/* TfIdfVectorizer: how often the n-grams of a pool occur. */
#include "compiler_core/library/dictionary.h"
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"

typedef struct vectorizer {
  sinter_value pool;
  const sinter_attr* starts;  /* by length: where the pool's n-grams of that length begin */
  const sinter_attr* indexes; /* by n-gram: the output that counts it */
  const sinter_attr* weights; /* by n-gram; null for TF */
  int binary;                 /* IDF: a count above 1 is 1 */
  int64_t least;
  int64_t most;
  int64_t max_skip;
  int64_t width;
  /* N-grams by hash: where in the pool they are, their length and number. */
  struct gram {
    int64_t at;
    int64_t length; /* 0: free */
    int64_t number;
  }* grams;
  uint64_t mask;
} vectorizer;

#define HASH_START 0x9e3779b97f4a7c15ull

static uint64_t add_to_hash(uint64_t hash, const sinter_value* items, int64_t i) {
  return (hash ^ sinter_key_hash(items, i)) * 0x100000001b3ull;
}

/* The slot of the n-gram of items at, at + step, ..., or the free one where it would be. */
static struct gram* find_gram(const vectorizer* v, uint64_t hash, const sinter_value* items,
                              int64_t at, int64_t step, int64_t length) {
  for (uint64_t slot = (hash ^ hash >> 31) & v->mask;; slot = (slot + 1) & v->mask) {
    struct gram* gram = &v->grams[slot];
    if (gram->length == 0) return gram;
    int same = gram->length == length;
    for (int64_t i = 0; same && i < length; ++i) {
      same = sinter_keys_equal(&v->pool, gram->at + i, items, at + i * step);
    }
    if (same) return gram;
  }
}

static int32_t add_gram(const sinter_op_call* call, vectorizer* v, int64_t at, int64_t length,
                        int64_t number) {
  if (number >= v->indexes->count) SINTER_FAIL(SINTER_BAD_VALUE, "too few ngram_indexes");
  uint64_t hash = HASH_START;
  for (int64_t i = 0; i < length; ++i) hash = add_to_hash(hash, &v->pool, at + i);
  struct gram* gram = find_gram(v, hash, &v->pool, at, 1, length);
  if (gram->length != 0) SINTER_FAIL(SINTER_BAD_VALUE, "an n-gram is twice in the pool");
  *gram = (struct gram){at, length, number};
  return SINTER_OK;
}

static int32_t fill_grams(const sinter_op_call* call, vectorizer* v) {
  const int64_t size = v->pool.dims[0];
  int64_t number = 0;
  for (int64_t length = 1; length <= v->starts->count; ++length) {
    const int64_t begin = v->starts->ints[length - 1];
    const int64_t end = length < v->starts->count ? v->starts->ints[length] : size;
    if (begin < 0 || end < begin || end > size || (end - begin) % length != 0) {
      SINTER_FAIL(SINTER_BAD_VALUE, "ngram_counts don't fit the pool");
    }
    for (int64_t at = begin; at < end; at += length, ++number) {
      if (length < v->least || length > v->most) continue;
      SINTER_TRY(add_gram(call, v, at, length, number));
    }
  }
  return SINTER_OK;
}

/* Counts the n-grams that start at `at` and take each step-th item. Those of one item are counted
 * in steps of 1 alone. */
static void count_from(const vectorizer* v, const sinter_value* items, int64_t at, int64_t end,
                       int64_t step, float* counts) {
  uint64_t hash = HASH_START;
  int64_t length = 1;
  for (int64_t i = at; length <= v->most && i < end; ++length) {
    hash = add_to_hash(hash, items, i);
    if (length >= v->least && (length > 1 || step == 1)) {
      const struct gram* gram = find_gram(v, hash, items, at, step, length);
      if (gram->length != 0) counts[v->indexes->ints[gram->number]] += 1;
    }
    if (step > end - i) break;
    i += step;
  }
}

static void weigh(const vectorizer* v, float* counts) {
  for (int64_t i = 0; v->binary && i < v->width; ++i) counts[i] = counts[i] > 0;
  if (!v->weights) return;
  for (int64_t i = 0; i < v->width; ++i) counts[i] *= v->weights->floats[i];
}

static void count_row(const vectorizer* v, const sinter_value* items, int64_t begin, int64_t end,
                      float* counts) {
  for (int64_t i = 0; i < v->width; ++i) counts[i] = 0;
  const int64_t most_steps = end - begin > 1 ? end - begin : 1;
  for (int64_t step = 1; step <= v->max_skip + 1 && step <= most_steps; ++step) {
    for (int64_t at = begin; at < end; ++at) count_from(v, items, at, end, step, counts);
  }
  weigh(v, counts);
}

static int32_t read_attributes(const sinter_op_call* call, vectorizer* v) {
  const sinter_attr* strings = sinter_find_attr(call, "pool_strings");
  const sinter_attr* ints = sinter_find_attr(call, "pool_int64s");
  v->starts = sinter_find_attr(call, "ngram_counts");
  v->indexes = sinter_find_attr(call, "ngram_indexes");
  v->weights = sinter_find_attr(call, "weights");
  v->least = sinter_attr_int(call, "min_gram_length", 1);
  v->most = sinter_attr_int(call, "max_gram_length", 1);
  v->max_skip = sinter_attr_int(call, "max_skip_count", 0);
  if (!v->starts || !v->indexes || !(strings || ints) || v->least < 1 || v->most < v->least ||
      v->most > v->starts->count || v->max_skip < 0 || v->max_skip == INT64_MAX) {
    SINTER_FAIL(SINTER_BAD_VALUE, "attributes of TfIdfVectorizer don't fit together");
  }
  v->pool = strings ? sinter_view(SINTER_STRING, strings->count, strings->strings)
                    : sinter_view(SINTER_I64, ints->count, ints->ints);
  if (!strings != (call->inputs[0]->dtype != SINTER_STRING)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the pool has another type than the input");
  }
  v->binary = sinter_attr_is(call, "mode", "IDF", "");
  if (sinter_attr_is(call, "mode", "TF", "")) v->weights = 0;
  v->width = 0;
  for (int64_t i = 0; i < v->indexes->count; ++i) {
    const int64_t index = v->indexes->ints[i];
    if (index < 0 || index == INT64_MAX) SINTER_FAIL(SINTER_BAD_VALUE, "a negative ngram_index");
    if (index >= v->width) v->width = index + 1;
  }
  return SINTER_OK;
}

/* ONNX gives weights to n-grams, ONNX Runtime to outputs. They agree where all n-grams that an
 * output counts have the weight at the output's own index. */
static int32_t check_weights(const sinter_op_call* call, const vectorizer* v) {
  if (!v->weights) return SINTER_OK;
  if (v->weights->count != v->indexes->count || v->width > v->weights->count) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there must be as many weights as ngram_indexes");
  }
  for (int64_t i = 0; i < v->indexes->count; ++i) {
    if (v->weights->floats[i] != v->weights->floats[v->indexes->ints[i]]) {
      SINTER_FAIL(SINTER_NOT_SUPPORTED, "weights of n-grams whose ngram_indexes reorder them");
    }
  }
  return SINTER_OK;
}

static int32_t count_all(const sinter_op_call* call, const vectorizer* v) {
  const sinter_value* from = call->inputs[0];
  const int64_t rows = from->rank == 2 ? from->dims[0] : 1;
  const int64_t columns = from->dims[from->rank - 1];
  const int64_t dims[2] = {rows, v->width};
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, SINTER_F32, from->rank, dims + (2 - from->rank)));
  for (int64_t row = 0; row < rows; ++row) {
    count_row(v, from, row * columns, (row + 1) * columns, (float*)out->data + row * v->width);
  }
  return SINTER_OK;
}

SINTER_OP(TfIdfVectorizer) {
  const sinter_value* from = call->inputs[0];
  if (from->rank != 1 && from->rank != 2) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the input must have the shape [C] or [N, C]");
  }
  vectorizer v;
  SINTER_TRY(read_attributes(call, &v));
  SINTER_TRY(check_weights(call, &v));
  uint64_t slots = 4;
  while (slots < (uint64_t)v.indexes->count * 2) slots *= 2;
  v.mask = slots - 1;
  v.grams = sinter_allocate(call->context, slots * sizeof(struct gram));
  if (!v.grams) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for the n-grams");
  memset(v.grams, 0, (size_t)(slots * sizeof(struct gram)));
  int32_t status = fill_grams(call, &v);
  if (status == SINTER_OK) status = count_all(call, &v);
  sinter_free(call->context, v.grams);
  return status;
}
