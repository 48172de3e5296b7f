/* Cast and CastLike between strings and numbers; those between numbers are compiled. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/text.h"

/* Bits of an integer type; negative if it is signed; 0 if it is none (or of less than a byte). */
static int32_t int_bits(sinter_dtype dtype) {
  switch (dtype) {
    case SINTER_I8:
      return -8;
    case SINTER_I16:
      return -16;
    case SINTER_I32:
      return -32;
    case SINTER_I64:
      return -64;
    case SINTER_U8:
      return 8;
    case SINTER_U16:
      return 16;
    case SINTER_U32:
      return 32;
    case SINTER_U64:
      return 64;
    default:
      return 0;
  }
}

static int fits(int64_t number, int32_t bits) {
  if (bits == 64 || bits == -64) return 1;
  if (bits > 0) return number >= 0 && number < (int64_t)1 << bits;
  return number >= -((int64_t)1 << (-bits - 1)) && number < (int64_t)1 << (-bits - 1);
}

static void store_int(const sinter_value* to, int64_t i, int64_t number) {
  switch (sinter_element_size(to->dtype)) {
    case 1:
      ((uint8_t*)to->data)[i] = (uint8_t)number;
      break;
    case 2:
      ((uint16_t*)to->data)[i] = (uint16_t)number;
      break;
    case 4:
      ((uint32_t*)to->data)[i] = (uint32_t)number;
      break;
    default:
      ((uint64_t*)to->data)[i] = (uint64_t)number;
  }
}

/* An integer, or the whole part of another number. */
static int32_t parse_whole(sinter_string text, int32_t bits, int64_t* number) {
  if (sinter_parse_int(text, bits > 0, number) == SINTER_OK) return SINTER_OK;
  double real;
  SINTER_TRY(sinter_parse_float(text, sinter_format_of(SINTER_F64), &real));
  const double least = bits > 0 ? -1.0 : -9223372036854775809.0;
  const double most = bits == 64 ? 18446744073709551616.0 : 9223372036854775808.0;
  /* The least is exclusive, but for signed 64 bits, where it is rounded to -2^63. */
  const int above = bits > 0 ? real > least : real >= least;
  if (!(above && real < most)) return SINTER_BAD_VALUE;
  *number = bits == 64 ? (int64_t)(uint64_t)real : (int64_t)real;
  return SINTER_OK;
}

static int32_t parse_bool(sinter_string text, int64_t* number) {
  const sinter_string yes[] = {sinter_string_of("True"), sinter_string_of("true")};
  const sinter_string no[] = {sinter_string_of("False"), sinter_string_of("false")};
  double real = 0;
  if (sinter_string_equal(&text, &yes[0]) || sinter_string_equal(&text, &yes[1])) {
    *number = 1;
  } else if (sinter_string_equal(&text, &no[0]) || sinter_string_equal(&text, &no[1])) {
    *number = 0;
  } else {
    SINTER_TRY(sinter_parse_float(text, sinter_format_of(SINTER_F64), &real));
    *number = real != 0;
  }
  return SINTER_OK;
}

static int32_t parse_into(const sinter_value* to, int64_t i, sinter_string text) {
  const sinter_float_format* format = sinter_format_of(to->dtype);
  if (format) {
    double number;
    SINTER_TRY(sinter_parse_float(text, format, &number));
    sinter_set_number(to, i, number);
    return SINTER_OK;
  }
  int64_t number;
  if (to->dtype == SINTER_BOOL) {
    SINTER_TRY(parse_bool(text, &number));
  } else {
    const int32_t bits = int_bits(to->dtype);
    SINTER_TRY(parse_whole(text, bits, &number));
    if (!fits(number, bits)) return SINTER_BAD_VALUE;
  }
  store_int(to, i, number);
  return SINTER_OK;
}

static int32_t parse_all(const sinter_op_call* call, sinter_dtype dtype) {
  if (!sinter_format_of(dtype) && int_bits(dtype) == 0 && dtype != SINTER_BOOL) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a cast from string to this type");
  }
  const sinter_value* from = call->inputs[0];
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, dtype, from->rank, from->dims));
  const int64_t count = sinter_num_elements(from);
  for (int64_t i = 0; i < count; ++i) {
    if (parse_into(out, i, ((const sinter_string*)from->data)[i]) != SINTER_OK) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a string to cast is no number of the type");
    }
  }
  return SINTER_OK;
}

static int32_t print_element(const sinter_value* from, int64_t i, char* text) {
  const sinter_float_format* format = sinter_format_of(from->dtype);
  if (format) return sinter_print_float(sinter_number_at(from, i), format, text);
  const int64_t number = sinter_int_at(from, i);
  if (from->dtype != SINTER_BOOL) return sinter_print_int(number, int_bits(from->dtype) > 0, text);
  const sinter_string word = sinter_string_of(number ? "True" : "False");
  memcpy(text, word.data, (size_t)word.size);
  return (int32_t)word.size;
}

static int32_t print_all(const sinter_op_call* call) {
  const sinter_value* from = call->inputs[0];
  if (!sinter_format_of(from->dtype) && int_bits(from->dtype) == 0 && from->dtype != SINTER_BOOL) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a cast from this type to string");
  }
  char text[SINTER_MAX_NUMBER_TEXT];
  const int64_t count = sinter_num_elements(from);
  int64_t bytes = 0;
  for (int64_t i = 0; i < count; ++i) bytes += print_element(from, i, text);
  sinter_value* out = call->outputs[0];
  char* to;
  SINTER_TRY(sinter_make_strings(call, out, from->rank, from->dims, bytes, &to));
  for (int64_t i = 0; i < count; ++i) {
    const int32_t size = print_element(from, i, text);
    memcpy(to, text, (size_t)size);
    ((sinter_string*)out->data)[i] = (sinter_string){to, size};
    to += size;
  }
  return SINTER_OK;
}

static int32_t cast(const sinter_op_call* call, sinter_dtype dtype) {
  const int from_string = call->inputs[0]->dtype == SINTER_STRING;
  if (from_string && dtype == SINTER_STRING) {
    return sinter_share(call, call->outputs[0], call->inputs[0]);
  }
  if (from_string) return parse_all(call, dtype);
  if (dtype == SINTER_STRING) return print_all(call);
  SINTER_FAIL(SINTER_NOT_SUPPORTED, "the library's casts are to and from strings");
}

SINTER_OP(Cast) { return cast(call, (sinter_dtype)sinter_attr_int(call, "to", 0)); }

SINTER_OP(CastLike) { return cast(call, call->inputs[1]->dtype); }
