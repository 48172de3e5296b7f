/* The memory behind values: reference-counted blocks. For values.c, and for the driver, which makes
 * values of the model's constants and of what its kernels compute.
 *
 * A value's `owner` points at the block that holds its data or items, or is null where the memory
 * is the caller's. Values are used by one thread, so that counting needs no atomics.
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_BLOCK_H_
#define SINTER_COMPILER_CORE_LIBRARY_BLOCK_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The contents start SINTER_ALIGNMENT after the header. */
typedef struct sinter_block {
  int64_t refs;   /* negative: never counted and never freed */
  uint64_t bytes; /* of the contents */
} sinter_block;

/* The owner of all that lives as long as the model, and of tensors without elements. */
extern const sinter_block sinter_constant_block;

/* A block of one reference; null if there is no memory. */
sinter_block* sinter_new_block(const sinter_context* context, uint64_t bytes);
void* sinter_block_contents(sinter_block* block);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_BLOCK_H_ */
