/* Copies of strided blocks: what transposing, slicing and expanding come down to. */
#include "compiler_core/library/library.h"

/* Tiling walks two dimensions for each of a tensor's. */
#define MAX_DIMS (2 * SINTER_MAX_RANK)

void sinter_row_major(int32_t rank, const int64_t* dims, int64_t* strides) {
  int64_t stride = 1;
  for (int32_t i = rank - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= dims[i];
  }
}

#define COPY_ROW(type)                                           \
  {                                                              \
    type* out = (type*)to;                                       \
    const type* in = (const type*)from;                          \
    for (int64_t i = 0; i < count; ++i) out[i] = in[i * stride]; \
    return;                                                      \
  }

typedef struct pair {
  uint64_t low;
  uint64_t high;
} pair;

static void copy_row(char* to, const char* from, int64_t size, int64_t count, int64_t stride) {
  if (stride == 1) {
    memcpy(to, from, (size_t)(count * size));
    return;
  }
  switch (size) {
    case 1:
      COPY_ROW(uint8_t)
    case 2:
      COPY_ROW(uint16_t)
    case 4:
      COPY_ROW(uint32_t)
    case 8:
      COPY_ROW(uint64_t)
    default:
      COPY_ROW(pair)
  }
}

/* Joins dimensions that are walked as one. RETURNS: how many remain, at least one. */
static int32_t join_dims(int32_t rank, const int64_t* dims, const int64_t* strides,
                         int64_t* joined_dims, int64_t* joined_strides) {
  int32_t joined = 0;
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] == 1) continue;
    if (joined > 0 && joined_strides[joined - 1] == strides[i] * dims[i]) {
      joined_dims[joined - 1] *= dims[i];
      joined_strides[joined - 1] = strides[i];
      continue;
    }
    joined_dims[joined] = dims[i];
    joined_strides[joined] = strides[i];
    ++joined;
  }
  if (joined > 0) return joined;
  joined_dims[0] = 1;
  joined_strides[0] = 1;
  return 1;
}

void sinter_gather_strided(void* to, const void* from, int64_t size, int32_t rank,
                           const int64_t* dims, const int64_t* strides) {
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] <= 0) return;
  }
  int64_t extents[MAX_DIMS];
  int64_t steps[MAX_DIMS];
  int64_t index[MAX_DIMS] = {0};
  const int32_t last = join_dims(rank, dims, strides, extents, steps) - 1;
  char* out = to;
  const char* in = from;
  for (;;) {
    copy_row(out, in, size, extents[last], steps[last]);
    out += extents[last] * size;
    int32_t i = last - 1;
    for (; i >= 0; --i) {
      in += steps[i] * size;
      if (++index[i] < extents[i]) break;
      in -= steps[i] * extents[i] * size;
      index[i] = 0;
    }
    if (i < 0) return;
  }
}
