#include "compiler_core/library/dictionary.h"

#include "compiler_core/library/dtype.h"

sinter_value sinter_view(sinter_dtype dtype, int64_t count, const void* data) {
  sinter_value view;
  memset(&view, 0, sizeof(view));
  view.kind = SINTER_TENSOR;
  view.dtype = dtype;
  view.rank = 1;
  view.dims[0] = count;
  view.data = (void*)data;
  return view;
}

static int is_real(sinter_dtype dtype) {
  return dtype == SINTER_F32 || dtype == SINTER_F64 || dtype == SINTER_F16 || dtype == SINTER_BF16;
}

static uint64_t key_bits(const sinter_value* tensor, int64_t i) {
  if (!is_real(tensor->dtype)) return (uint64_t)sinter_int_at(tensor, i);
  double number = sinter_number_at(tensor, i);
  if (number == 0) number = 0;
  if (number != number) number = __builtin_nan("");
  uint64_t bits;
  memcpy(&bits, &number, sizeof(bits));
  return bits;
}

static uint64_t mix(uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15ull;
  return hash ^ hash >> 29;
}

uint64_t sinter_key_hash(const sinter_value* tensor, int64_t i) {
  if (tensor->dtype != SINTER_STRING) return mix(key_bits(tensor, i));
  const sinter_string* text = &((const sinter_string*)tensor->data)[i];
  uint64_t hash = 0xcbf29ce484222325ull; /* FNV-1a */
  for (int64_t c = 0; c < text->size; ++c) {
    hash = (hash ^ (uint8_t)text->data[c]) * 0x100000001b3ull;
  }
  return mix(hash);
}

int sinter_keys_equal(const sinter_value* a, int64_t i, const sinter_value* b, int64_t j) {
  if (a->dtype != SINTER_STRING) return key_bits(a, i) == key_bits(b, j);
  return sinter_string_equal(&((const sinter_string*)a->data)[i],
                             &((const sinter_string*)b->data)[j]);
}

/* The slot of the key that element i of `tensor` is, or the free one where it would be. */
static int64_t* find_slot(const sinter_dictionary* dictionary, const sinter_value* tensor,
                          int64_t i) {
  uint64_t at = sinter_key_hash(tensor, i) & dictionary->mask;
  while (dictionary->slots[at] >= 0 &&
         !sinter_keys_equal(dictionary->keys, dictionary->slots[at], tensor, i)) {
    at = (at + 1) & dictionary->mask;
  }
  return &dictionary->slots[at];
}

int32_t sinter_dictionary_make(const sinter_op_call* call, const sinter_value* keys,
                               sinter_dictionary* dictionary) {
  const int64_t count = sinter_num_elements(keys);
  uint64_t slots = 4;
  while (slots < (uint64_t)count * 2) slots *= 2;
  dictionary->keys = keys;
  dictionary->mask = slots - 1;
  dictionary->slots = sinter_allocate(call->context, slots * sizeof(int64_t));
  if (!dictionary->slots) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for a table of keys");
  for (uint64_t i = 0; i < slots; ++i) dictionary->slots[i] = -1;
  for (int64_t i = 0; i < count; ++i) *find_slot(dictionary, keys, i) = i;
  return SINTER_OK;
}

void sinter_dictionary_free(const sinter_context* context, sinter_dictionary* dictionary) {
  sinter_free(context, dictionary->slots);
}

int64_t sinter_dictionary_find(const sinter_dictionary* dictionary, const sinter_value* tensor,
                               int64_t i) {
  return *find_slot(dictionary, tensor, i);
}
