/* Elements of tensors, one at a time, whatever their type. Loops over large tensors of the common
 * types should rather be written for each type. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/small_floats.h"

int64_t sinter_num_elements(const sinter_value* tensor) {
  int64_t count = 1;
  for (int32_t i = 0; i < tensor->rank; ++i) {
    if (tensor->dims[i] == 0) return 0;
    count *= tensor->dims[i];
  }
  return count;
}

int64_t sinter_element_size(sinter_dtype dtype) {
  switch (dtype) {
    case SINTER_U16:
    case SINTER_I16:
    case SINTER_F16:
    case SINTER_BF16:
      return 2;
    case SINTER_F32:
    case SINTER_I32:
    case SINTER_U32:
      return 4;
    case SINTER_I64:
    case SINTER_U64:
    case SINTER_F64:
    case SINTER_C64:
      return 8;
    case SINTER_STRING:
    case SINTER_C128:
      return 16;
    default:
      return 1;
  }
}

/* The low `bits` of a byte as a two's complement number. */
static int64_t sign_extend(uint8_t byte, int bits) {
  const int64_t value = byte & ((1 << bits) - 1);
  return value >= (1 << (bits - 1)) ? value - (1 << bits) : value;
}

int64_t sinter_int_at(const sinter_value* tensor, int64_t i) {
  switch (tensor->dtype) {
    case SINTER_I8:
      return ((const int8_t*)tensor->data)[i];
    case SINTER_U16:
      return ((const uint16_t*)tensor->data)[i];
    case SINTER_I16:
      return ((const int16_t*)tensor->data)[i];
    case SINTER_I32:
      return ((const int32_t*)tensor->data)[i];
    case SINTER_U32:
      return ((const uint32_t*)tensor->data)[i];
    case SINTER_I64:
    case SINTER_U64:
      return ((const int64_t*)tensor->data)[i];
    case SINTER_I4:
      return sign_extend(((const uint8_t*)tensor->data)[i], 4);
    case SINTER_I2:
      return sign_extend(((const uint8_t*)tensor->data)[i], 2);
    default:
      return ((const uint8_t*)tensor->data)[i];
  }
}

double sinter_number_at(const sinter_value* tensor, int64_t i) {
  switch (tensor->dtype) {
    case SINTER_F32:
      return ((const float*)tensor->data)[i];
    case SINTER_F64:
      return ((const double*)tensor->data)[i];
    case SINTER_U64:
      return (double)((const uint64_t*)tensor->data)[i];
    case SINTER_F16:
    case SINTER_BF16:
      return sinter_decode_float(tensor->dtype, ((const uint16_t*)tensor->data)[i]);
    default:
      if (sinter_is_float(tensor->dtype)) {
        return sinter_decode_float(tensor->dtype, ((const uint8_t*)tensor->data)[i]);
      }
      return (double)sinter_int_at(tensor, i);
  }
}

/* As C converts on most machines, without its undefined cases: towards zero, then the low bits. */
static uint64_t to_bits(double number) {
  if (number != number || number >= 0x1p64 || number < -0x1p63) return (uint64_t)1 << 63;
  return number < 0 ? (uint64_t)(int64_t)number : (uint64_t)number;
}

static void set_integer(sinter_dtype dtype, void* data, int64_t i, uint64_t bits) {
  switch (sinter_element_size(dtype)) {
    case 8:
      ((uint64_t*)data)[i] = bits;
      return;
    case 4:
      ((uint32_t*)data)[i] = (uint32_t)bits;
      return;
    case 2:
      ((uint16_t*)data)[i] = (uint16_t)bits;
      return;
    default:
      break;
  }
  if (dtype == SINTER_I4 || dtype == SINTER_U4) bits &= 15;
  if (dtype == SINTER_I2 || dtype == SINTER_U2) bits &= 3;
  ((uint8_t*)data)[i] = (uint8_t)bits;
}

void sinter_set_number(const sinter_value* tensor, int64_t i, double number) {
  void* data = tensor->data;
  switch (tensor->dtype) {
    case SINTER_F32:
      ((float*)data)[i] = (float)number;
      return;
    case SINTER_F64:
      ((double*)data)[i] = number;
      return;
    case SINTER_F16:
    case SINTER_BF16:
      ((uint16_t*)data)[i] = (uint16_t)sinter_encode_float(tensor->dtype, number);
      return;
    case SINTER_BOOL:
      ((uint8_t*)data)[i] = number != 0;
      return;
    default:
      break;
  }
  if (sinter_is_float(tensor->dtype)) {
    ((uint8_t*)data)[i] = (uint8_t)sinter_encode_float(tensor->dtype, number);
    return;
  }
  set_integer(tensor->dtype, data, i, to_bits(number));
}

int32_t sinter_normalize_axis(const sinter_op_call* call, int64_t* axis, int64_t rank) {
  if (*axis < -rank || *axis >= rank) SINTER_FAIL(SINTER_BAD_VALUE, "an axis is out of range");
  if (*axis < 0) *axis += rank;
  return SINTER_OK;
}

int sinter_string_equal(const sinter_string* a, const sinter_string* b) {
  return a->size == b->size && sinter_string_compare(a, b) == 0;
}

int sinter_string_compare(const sinter_string* a, const sinter_string* b) {
  const int64_t shorter = a->size < b->size ? a->size : b->size;
  for (int64_t i = 0; i < shorter; ++i) {
    const int difference = (int)(unsigned char)a->data[i] - (int)(unsigned char)b->data[i];
    if (difference != 0) return difference;
  }
  return a->size < b->size ? -1 : a->size > b->size;
}
