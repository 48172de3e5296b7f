/* Numbers as text, both ways exact: by integers as long as they need be. */
#include "compiler_core/library/big_int.h"
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/text.h"

static const sinter_float_format f64_format = {53, -1022, 1023};
static const sinter_float_format f32_format = {24, -126, 127};
static const sinter_float_format f16_format = {11, -14, 15};
static const sinter_float_format bf16_format = {8, -126, 127};

const sinter_float_format* sinter_format_of(sinter_dtype dtype) {
  switch (dtype) {
    case SINTER_F64:
      return &f64_format;
    case SINTER_F32:
      return &f32_format;
    case SINTER_F16:
      return &f16_format;
    case SINTER_BF16:
      return &bf16_format;
    default:
      return 0;
  }
}

/* number = mantissa * 2^exponent, as the format writes it. */
typedef struct binary {
  uint64_t mantissa;
  int32_t exponent;
  int at_power_of_two; /* the number below is only half as far as the one above */
} binary;

static binary take_apart(double number, const sinter_float_format* format) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof(bits));
  uint64_t mantissa = bits & ((1ull << 52) - 1);
  int32_t exponent = (int32_t)(bits >> 52 & 0x7ff);
  if (exponent > 0) mantissa |= 1ull << 52;
  exponent = (exponent > 0 ? exponent : 1) - 1075;
  /* To the format's own precision; subnormals keep its least exponent. */
  const int32_t least = format->min_exponent - (format->precision - 1);
  while (exponent < least || mantissa >> format->precision != 0) {
    mantissa >>= 1;
    ++exponent;
  }
  while (exponent > least && mantissa >> (format->precision - 1) == 0) {
    mantissa <<= 1;
    --exponent;
  }
  const int power = mantissa == 1ull << (format->precision - 1) && exponent > least;
  return (binary){mantissa, exponent, power};
}

/* Steele and White's and Dragon4's state: number = value / scale, and the distances to where the
 * neighbours' rounding begins are below / scale and above / scale. */
typedef struct dragon {
  sinter_big value;
  sinter_big scale;
  sinter_big below;
  sinter_big above;
} dragon;

static void start_dragon(dragon* state, const binary* number, int32_t decimal_exponent) {
  const int32_t extra = number->at_power_of_two ? 2 : 1;
  sinter_big_set(&state->value, number->mantissa);
  sinter_big_set(&state->scale, 1);
  sinter_big_set(&state->below, 1);
  sinter_big_shift(&state->value, extra);
  sinter_big_shift(&state->scale, extra);
  if (number->exponent > 0) {
    sinter_big_shift(&state->value, number->exponent);
    sinter_big_shift(&state->below, number->exponent);
  } else {
    sinter_big_shift(&state->scale, -number->exponent);
  }
  if (decimal_exponent > 0) {
    sinter_big_scale_10(&state->scale, decimal_exponent);
  } else {
    sinter_big_scale_10(&state->value, -decimal_exponent);
    sinter_big_scale_10(&state->below, -decimal_exponent);
  }
  state->above = state->below;
  if (number->at_power_of_two) sinter_big_shift(&state->above, 1);
}

/* The next digit of value / scale, taken off it. */
static int32_t next_digit(dragon* state) {
  int32_t digit = 0;
  while (sinter_big_compare(&state->value, &state->scale) >= 0) {
    sinter_big_subtract(&state->value, &state->scale);
    ++digit;
  }
  return digit;
}

/* The shortest digits d1 d2 ... so that 0.d1d2... * 10^*point rounds to the number (> 0), the
 * nearest of those. RETURNS: how many. */
static int32_t shortest_digits(const binary* number, char* digits, int32_t* point) {
  dragon state;
  const int even = number->mantissa % 2 == 0; /* rounding then reaches the boundaries as well */
  /* 2^e has about e * log10(2) digits; the estimate is right or one too low. */
  const int32_t bits = number->exponent + 64 - __builtin_clzll(number->mantissa) - 1;
  *point = (int32_t)((int64_t)bits * 30103 / 100000) + (bits >= 0 ? 0 : -1);
  start_dragon(&state, number, *point);
  while (1) {
    const int32_t order = sinter_big_compare_sum(&state.value, &state.above, &state.scale);
    if (order < 0 || (order == 0 && !even)) break;
    sinter_big_multiply_add(&state.scale, 10, 0);
    ++*point;
  }
  int32_t count = 0;
  while (1) {
    sinter_big_multiply_add(&state.value, 10, 0);
    sinter_big_multiply_add(&state.below, 10, 0);
    sinter_big_multiply_add(&state.above, 10, 0);
    int32_t digit = next_digit(&state);
    const int32_t low_order = sinter_big_compare(&state.value, &state.below);
    const int32_t high_order = sinter_big_compare_sum(&state.value, &state.above, &state.scale);
    const int low = low_order < 0 || (low_order == 0 && even);
    const int high = high_order > 0 || (high_order == 0 && even);
    if (!low && !high) {
      digits[count++] = (char)('0' + digit);
      continue;
    }
    const int32_t half = sinter_big_compare_sum(&state.value, &state.value, &state.scale);
    if (!low || (high && half >= 0)) ++digit;
    digits[count++] = (char)('0' + digit);
    return count;
  }
}

static int32_t put(char* text, const char* from) {
  int32_t size = 0;
  for (; from[size] != 0; ++size) text[size] = from[size];
  return size;
}

/* 0.ddd * 10^point in plain form if 1e-4 <= number < 1e16, else in scientific form. */
static int32_t lay_out(const char* digits, int32_t count, int32_t point, char* text) {
  int32_t size = 0;
  if (point > -4 && point <= 16) {
    if (point <= 0) size += put(text, "0.");
    for (int32_t i = point; i < 0; ++i) text[size++] = '0';
    for (int32_t i = 0; i < count || i < point; ++i) {
      if (i == point && point > 0) text[size++] = '.';
      text[size++] = i < count ? digits[i] : '0';
    }
    if (count <= point) size += put(text + size, ".0");
    return size;
  }
  text[size++] = digits[0];
  if (count > 1) text[size++] = '.';
  for (int32_t i = 1; i < count; ++i) text[size++] = digits[i];
  const int32_t exponent = point - 1;
  text[size++] = 'e';
  text[size++] = exponent < 0 ? '-' : '+';
  const int32_t magnitude = exponent < 0 ? -exponent : exponent;
  if (magnitude >= 100) text[size++] = (char)('0' + magnitude / 100);
  text[size++] = (char)('0' + magnitude / 10 % 10);
  text[size++] = (char)('0' + magnitude % 10);
  return size;
}

int32_t sinter_print_float(double number, const sinter_float_format* format, char* text) {
  if (number != number) return put(text, "NaN");
  int32_t size = 0;
  if (__builtin_signbit(number)) {
    text[size++] = '-';
    number = -number;
  }
  if (number == __builtin_inf()) return size + put(text + size, "INF");
  if (number == 0) return size + put(text + size, "0.0");
  char digits[20];
  int32_t point;
  const binary parts = take_apart(number, format);
  const int32_t count = shortest_digits(&parts, digits, &point);
  return size + lay_out(digits, count, point, text + size);
}

int32_t sinter_print_int(int64_t number, int is_unsigned, char* text) {
  char digits[20];
  int32_t count = 0;
  int32_t size = 0;
  uint64_t rest = (uint64_t)number;
  if (!is_unsigned && number < 0) {
    text[size++] = '-';
    rest = 0 - rest;
  }
  do {
    digits[count++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  while (count > 0) text[size++] = digits[--count];
  return size;
}

/* --- Reading --- */

static int is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static sinter_string strip(sinter_string text) {
  while (text.size > 0 && is_blank(text.data[0])) {
    ++text.data;
    --text.size;
  }
  while (text.size > 0 && is_blank(text.data[text.size - 1])) --text.size;
  return text;
}

/* Whether the text is `word`, which is in lower case, whatever the text's case is. */
static int is_word(sinter_string text, const char* word) {
  for (int64_t i = 0; i < text.size; ++i, ++word) {
    const char c = text.data[i];
    if (*word == 0 || *word != (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)) return 0;
  }
  return *word == 0;
}

/* digits * 10^exponent. A decimal half-way between two doubles has at most 767 digits: what comes
 * after the first 780 only tells whether the number is more than they say. */
#define MAX_DIGITS 780
typedef struct decimal {
  sinter_big digits;
  int32_t count;
  int64_t exponent;
  int more;
} decimal;

static void add_digit(decimal* number, uint32_t digit, int after_point) {
  if (number->count == 0 && digit == 0) {
    number->exponent -= after_point;
  } else if (number->count < MAX_DIGITS) {
    sinter_big_multiply_add(&number->digits, 10, digit);
    ++number->count;
    number->exponent -= after_point;
  } else {
    number->more |= digit != 0;
    number->exponent += !after_point;
  }
}

/* Reads what follows "e". RETURNS: 0 if it is no integer. */
static int read_exponent(sinter_string text, int64_t at, int64_t* exponent) {
  const int negative = at < text.size && text.data[at] == '-';
  if (at < text.size && (text.data[at] == '-' || text.data[at] == '+')) ++at;
  if (at >= text.size) return 0;
  *exponent = 0;
  for (; at < text.size; ++at) {
    if (text.data[at] < '0' || text.data[at] > '9') return 0;
    if (*exponent < 1000000000) *exponent = *exponent * 10 + (text.data[at] - '0');
  }
  if (negative) *exponent = -*exponent;
  return 1;
}

static int read_decimal(sinter_string text, decimal* number) {
  sinter_big_set(&number->digits, 0);
  number->count = 0;
  number->exponent = 0;
  number->more = 0;
  int any = 0;
  int after_point = 0;
  for (int64_t i = 0; i < text.size; ++i) {
    const char c = text.data[i];
    if (c >= '0' && c <= '9') {
      add_digit(number, (uint32_t)(c - '0'), after_point);
      any = 1;
    } else if (c == '.' && !after_point) {
      after_point = 1;
    } else if ((c == 'e' || c == 'E') && any) {
      int64_t exponent;
      if (!read_exponent(text, i + 1, &exponent)) return 0;
      number->exponent += exponent;
      return 1;
    } else {
      return 0;
    }
  }
  return any;
}

/* mantissa * 2^exponent, exactly; both in the range of doubles. */
static double put_together(uint64_t mantissa, int32_t exponent) {
  double number = (double)mantissa;
  for (; exponent > 0; --exponent) number *= 2;
  for (; exponent < 0; ++exponent) number *= 0.5;
  return number;
}

/* numerator / denominator, rounded to nearest even. Brings the quotient between 2^(precision) and
 * 2^(precision + 1), or less for subnormals, so that its last bit is the one to round by. */
static double round_quotient(sinter_big* numerator, sinter_big* denominator, int more,
                             const sinter_float_format* format) {
  const int32_t order = sinter_big_bits(numerator) - sinter_big_bits(denominator);
  /* The quotient is in (2^(order - 1), 2^(order + 1)). */
  int32_t exponent = order - 1 - format->precision;
  const int32_t least = format->min_exponent - format->precision;
  if (exponent < least) exponent = least;
  if (exponent > 0) sinter_big_shift(denominator, exponent);
  if (exponent < 0) sinter_big_shift(numerator, -exponent);
  uint64_t quotient = 0;
  int32_t shift = sinter_big_bits(numerator) - sinter_big_bits(denominator);
  if (shift < 0) shift = 0;
  /* Long division, from the highest bit down; instead of halving the denominator, double the
   * rest. */
  sinter_big_shift(denominator, shift);
  for (; shift >= 0; --shift) {
    quotient <<= 1;
    if (sinter_big_compare(numerator, denominator) >= 0) {
      sinter_big_subtract(numerator, denominator);
      quotient |= 1;
    }
    sinter_big_shift(numerator, 1);
  }
  more |= sinter_big_bits(numerator) != 0;
  /* It has one or two bits more than the precision, or fewer for subnormals. */
  while (quotient >> (format->precision + 1) != 0) {
    more |= quotient & 1;
    quotient >>= 1;
    ++exponent;
  }
  const int up = (quotient & 1) && (more || (quotient & 2));
  quotient = (quotient >> 1) + (uint64_t)up;
  ++exponent;
  if (quotient >> format->precision != 0) {
    quotient >>= 1;
    ++exponent;
  }
  if (exponent > format->max_exponent - (format->precision - 1)) return __builtin_inf();
  return put_together(quotient, exponent);
}

static double decimal_value(decimal* number, const sinter_float_format* format) {
  if (number->count == 0) return 0;
  /* 10^400 is above, 10^-400 below all that the formats can tell from infinity or 0. */
  if (number->count + number->exponent > 400) return __builtin_inf();
  if (number->count + number->exponent < -400) return 0;
  sinter_big denominator;
  sinter_big_set(&denominator, 1);
  if (number->exponent >= 0) sinter_big_scale_10(&number->digits, (int32_t)number->exponent);
  if (number->exponent < 0) sinter_big_scale_10(&denominator, (int32_t)-number->exponent);
  return round_quotient(&number->digits, &denominator, number->more, format);
}

int32_t sinter_parse_float(sinter_string text, const sinter_float_format* format, double* number) {
  text = strip(text);
  const int negative = text.size > 0 && text.data[0] == '-';
  if (text.size > 0 && (text.data[0] == '-' || text.data[0] == '+')) {
    ++text.data;
    --text.size;
  }
  decimal digits;
  if (is_word(text, "inf") || is_word(text, "infinity")) {
    *number = __builtin_inf();
  } else if (is_word(text, "nan")) {
    *number = __builtin_nan("");
  } else if (read_decimal(text, &digits)) {
    *number = decimal_value(&digits, format);
  } else {
    return SINTER_BAD_VALUE;
  }
  if (negative) *number = -*number;
  return SINTER_OK;
}

int32_t sinter_parse_int(sinter_string text, int is_unsigned, int64_t* number) {
  text = strip(text);
  const int negative = text.size > 0 && text.data[0] == '-';
  int64_t at = text.size > 0 && (text.data[0] == '-' || text.data[0] == '+');
  if (at == text.size) return SINTER_BAD_VALUE;
  const uint64_t limit = is_unsigned ? (negative ? 0 : UINT64_MAX) : (uint64_t)INT64_MAX + negative;
  uint64_t value = 0;
  for (; at < text.size; ++at) {
    const char c = text.data[at];
    if (c < '0' || c > '9') return SINTER_BAD_VALUE;
    const uint64_t digit = (uint64_t)(c - '0');
    if (value > (limit - digit) / 10 || digit > limit) return SINTER_BAD_VALUE;
    value = value * 10 + digit;
  }
  *number = (int64_t)(negative ? 0 - value : value);
  return SINTER_OK;
}
