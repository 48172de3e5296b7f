/* Look-up of keys that are all strings or all 64-bit patterns, by a hash table. For operators that
 * map what data they are given through tables in their attributes. Not thread-safe.
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_DICTIONARY_H_
#define SINTER_COMPILER_CORE_LIBRARY_DICTIONARY_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Borrows the keys of a tensor of rank 1; keys are found by what they are worth, so that an int16
 * finds an int64, -0.0 finds 0.0 and any NaN another. */
typedef struct sinter_dictionary {
  const sinter_value* keys;
  int64_t* slots; /* indices of keys; -1: free */
  uint64_t mask;
} sinter_dictionary;

/* Of equal keys the last is found. sinter_dictionary_free() must follow success.
 * ERRORS: SINTER_NO_MEMORY. */
SINTER_HIDDEN int32_t sinter_dictionary_make(const sinter_op_call* call, const sinter_value* keys,
                                             sinter_dictionary* dictionary);
SINTER_HIDDEN void sinter_dictionary_free(const sinter_context* context,
                                          sinter_dictionary* dictionary);
/* The index of the key that element i of `tensor` is; -1 if it is none. */
SINTER_HIDDEN int64_t sinter_dictionary_find(const sinter_dictionary* dictionary,
                                             const sinter_value* tensor, int64_t i);

/* What element i of a tensor is worth, as sinter_dictionary_find() sees it: a hash for strings. */
SINTER_HIDDEN uint64_t sinter_key_hash(const sinter_value* tensor, int64_t i);
SINTER_HIDDEN int sinter_keys_equal(const sinter_value* a, int64_t i, const sinter_value* b,
                                    int64_t j);

/* A tensor of rank 1 over an array that it borrows, an attribute's say. */
SINTER_HIDDEN sinter_value sinter_view(sinter_dtype dtype, int64_t count, const void* data);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_DICTIONARY_H_ */
