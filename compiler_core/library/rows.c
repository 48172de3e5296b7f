#include "compiler_core/library/rows.h"

#include "compiler_core/library/dtype.h"
#include "compiler_core/library/small_floats.h"

#define LOAD_AS(type, of)                                             \
  {                                                                   \
    const type* from = (const type*)tensor->data + offset;            \
    for (int64_t i = 0; i < count; ++i) to[i] = (of)from[i * stride]; \
    return;                                                           \
  }

void sinter_load_doubles(const sinter_value* tensor, int64_t offset, int64_t stride, int64_t count,
                         double* to) {
  switch (tensor->dtype) {
    case SINTER_F32:
      LOAD_AS(float, double)
    case SINTER_F64:
      LOAD_AS(double, double)
    case SINTER_I32:
      LOAD_AS(int32_t, double)
    case SINTER_I64:
      LOAD_AS(int64_t, double)
    case SINTER_U8:
      LOAD_AS(uint8_t, double)
    default:
      break;
  }
  for (int64_t i = 0; i < count; ++i) to[i] = sinter_number_at(tensor, offset + i * stride);
}

void sinter_load_ints(const sinter_value* tensor, int64_t offset, int64_t stride, int64_t count,
                      int64_t* to) {
  switch (tensor->dtype) {
    case SINTER_I32:
      LOAD_AS(int32_t, int64_t)
    case SINTER_I64:
      LOAD_AS(int64_t, int64_t)
    case SINTER_U8:
      LOAD_AS(uint8_t, int64_t)
    default:
      break;
  }
  for (int64_t i = 0; i < count; ++i) to[i] = sinter_int_at(tensor, offset + i * stride);
}

void sinter_set_int(const sinter_value* tensor, int64_t i, int64_t number) {
  void* data = tensor->data;
  switch (sinter_element_size(tensor->dtype)) {
    case 8:
      ((int64_t*)data)[i] = number;
      return;
    case 4:
      ((uint32_t*)data)[i] = (uint32_t)number;
      return;
    case 2:
      ((uint16_t*)data)[i] = (uint16_t)number;
      return;
    default:
      break;
  }
  if (tensor->dtype == SINTER_BOOL) number = number != 0;
  if (tensor->dtype == SINTER_I4 || tensor->dtype == SINTER_U4) number &= 15;
  if (tensor->dtype == SINTER_I2 || tensor->dtype == SINTER_U2) number &= 3;
  ((uint8_t*)data)[i] = (uint8_t)number;
}

uint64_t sinter_order_key(const sinter_value* tensor, int64_t i) {
  const uint64_t top = (uint64_t)1 << 63;
  if (tensor->dtype == SINTER_U64) return ((const uint64_t*)tensor->data)[i];
  if (!sinter_is_float(tensor->dtype)) return (uint64_t)sinter_int_at(tensor, i) ^ top;
  const double number = sinter_number_at(tensor, i);
  if (number != number) return ~(uint64_t)0;
  if (number == 0) return top;
  uint64_t bits;
  __builtin_memcpy(&bits, &number, sizeof(bits));
  return bits & top ? ~bits : bits | top;
}

static void merge(int64_t* to, const int64_t* from, int64_t middle, int64_t end,
                  sinter_before before, const void* items) {
  int64_t left = 0, right = middle;
  for (int64_t i = 0; i < end; ++i) {
    const int take_right =
        left >= middle || (right < end && before(items, from[right], from[left]));
    to[i] = take_right ? from[right++] : from[left++];
  }
}

void sinter_sort(int64_t* numbers, int64_t* scratch, int64_t count, sinter_before before,
                 const void* items) {
  int64_t* from = numbers;
  int64_t* to = scratch;
  for (int64_t run = 1; run < count; run *= 2) {
    for (int64_t begin = 0; begin < count; begin += 2 * run) {
      const int64_t left = count - begin;
      const int64_t middle = left < run ? left : run;
      const int64_t end = left < 2 * run ? left : 2 * run;
      merge(to + begin, from + begin, middle, end, before, items);
    }
    int64_t* swapped = from;
    from = to;
    to = swapped;
  }
  if (from != numbers) memcpy(numbers, from, (size_t)count * sizeof(int64_t));
}
