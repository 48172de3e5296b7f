/* The three functions that LLVM may call for copies it finds in code, whatever it is told. */
#include "compiler_core/library/library.h"

/* Sixteen bytes at any address: two loads on every target. */
typedef struct __attribute__((packed, may_alias)) chunk {
  uint64_t low;
  uint64_t high;
} chunk;

void* memcpy(void* restrict_to, const void* restrict_from, size_t bytes) {
  char* out = restrict_to;
  const char* in = restrict_from;
  size_t i = 0;
  for (; i + sizeof(chunk) <= bytes; i += sizeof(chunk)) {
    const uint64_t low = ((const chunk*)(in + i))->low;
    const uint64_t high = ((const chunk*)(in + i))->high;
    ((chunk*)(out + i))->low = low;
    ((chunk*)(out + i))->high = high;
  }
  for (; i < bytes; ++i) out[i] = in[i];
  return restrict_to;
}

void* memset(void* to, int value, size_t bytes) {
  char* out = to;
  const uint64_t eight = (uint64_t)(unsigned char)value * 0x0101010101010101u;
  size_t i = 0;
  for (; i + sizeof(chunk) <= bytes; i += sizeof(chunk)) {
    ((chunk*)(out + i))->low = eight;
    ((chunk*)(out + i))->high = eight;
  }
  for (; i < bytes; ++i) out[i] = (char)value;
  return to;
}

void* memmove(void* to, const void* from, size_t bytes) {
  /* memcpy() goes upwards and loads a chunk before it stores it. */
  if ((uintptr_t)to - (uintptr_t)from >= bytes) return memcpy(to, from, bytes);
  char* out = to;
  const char* in = from;
  for (size_t i = bytes; i > 0; --i) out[i - 1] = in[i - 1];
  return to;
}
