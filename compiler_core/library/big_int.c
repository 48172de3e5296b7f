#include "compiler_core/library/big_int.h"

static void trim(sinter_big* big) {
  while (big->count > 0 && big->words[big->count - 1] == 0) --big->count;
}

void sinter_big_set(sinter_big* big, uint64_t value) {
  big->words[0] = (uint32_t)value;
  big->words[1] = (uint32_t)(value >> 32);
  big->count = 2;
  trim(big);
}

void sinter_big_multiply_add(sinter_big* big, uint32_t factor, uint32_t addend) {
  uint64_t carry = addend;
  for (int32_t i = 0; i < big->count; ++i) {
    carry += (uint64_t)big->words[i] * factor;
    big->words[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry != 0 && big->count < SINTER_BIG_WORDS) big->words[big->count++] = (uint32_t)carry;
}

void sinter_big_scale_10(sinter_big* big, int32_t exponent) {
  for (; exponent >= 9; exponent -= 9) sinter_big_multiply_add(big, 1000000000, 0);
  for (; exponent > 0; --exponent) sinter_big_multiply_add(big, 10, 0);
}

void sinter_big_shift(sinter_big* big, int32_t bits) {
  const int32_t words = bits / 32;
  const int32_t rest = bits % 32;
  if (big->count == 0 || big->count + words + 1 > SINTER_BIG_WORDS) return;
  for (int32_t i = big->count - 1; i >= 0; --i) big->words[i + words] = big->words[i];
  for (int32_t i = 0; i < words; ++i) big->words[i] = 0;
  big->count += words;
  if (rest > 0) sinter_big_multiply_add(big, 1u << rest, 0);
}

int32_t sinter_big_bits(const sinter_big* big) {
  if (big->count == 0) return 0;
  return big->count * 32 - __builtin_clz(big->words[big->count - 1]);
}

int32_t sinter_big_compare(const sinter_big* a, const sinter_big* b) {
  if (a->count != b->count) return a->count < b->count ? -1 : 1;
  for (int32_t i = a->count - 1; i >= 0; --i) {
    if (a->words[i] != b->words[i]) return a->words[i] < b->words[i] ? -1 : 1;
  }
  return 0;
}

void sinter_big_add(sinter_big* a, const sinter_big* b) {
  uint64_t carry = 0;
  const int32_t count = a->count > b->count ? a->count : b->count;
  for (int32_t i = 0; i < count; ++i) {
    carry += i < a->count ? a->words[i] : 0;
    carry += i < b->count ? b->words[i] : 0;
    a->words[i] = (uint32_t)carry;
    carry >>= 32;
  }
  a->count = count;
  if (carry != 0 && count < SINTER_BIG_WORDS) a->words[a->count++] = (uint32_t)carry;
}

void sinter_big_subtract(sinter_big* a, const sinter_big* b) {
  int64_t borrow = 0;
  for (int32_t i = 0; i < a->count; ++i) {
    borrow += a->words[i];
    borrow -= i < b->count ? b->words[i] : 0;
    a->words[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  trim(a);
}

int32_t sinter_big_compare_sum(const sinter_big* a, const sinter_big* b, const sinter_big* c) {
  sinter_big sum = *a;
  sinter_big_add(&sum, b);
  return sinter_big_compare(&sum, c);
}
