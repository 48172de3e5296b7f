/* Strings as the library's operators need them: tensors of copied strings, UTF-8, and numbers as
 * text. Values given and returned are borrowed as library.h says; nothing here keeps state.
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_TEXT_H_
#define SINTER_COMPILER_CORE_LIBRARY_TEXT_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes `value` a tensor of the strings at `from` (as many as `dims` say), which are copied.
 * ERRORS: as sinter_make_strings(). */
SINTER_HIDDEN int32_t sinter_copy_strings(const sinter_op_call* call, sinter_value* value,
                                          int32_t rank, const int64_t* dims,
                                          const sinter_string* from);

/* A string from a terminated text. */
SINTER_HIDDEN sinter_string sinter_string_of(const char* text);

/* --- UTF-8 (utf8.c) --- */
/* Decodes the code point at `text`, which has `size` > 0 bytes left. RETURNS: the bytes it takes;
 * 0 if they are not UTF-8 (overlong forms and surrogates are not). */
SINTER_HIDDEN int32_t sinter_utf8_decode(const char* text, int64_t size, uint32_t* code);
/* Writes at most 4 bytes. RETURNS: how many. */
SINTER_HIDDEN int32_t sinter_utf8_encode(uint32_t code, char* text);

/* --- Upper and lower case (unicode_case.c) --- */
/* Unicode's simple mappings, one code point to one; others stay as they are. */
SINTER_HIDDEN uint32_t sinter_upper_case(uint32_t code);
SINTER_HIDDEN uint32_t sinter_lower_case(uint32_t code);

/* --- Numbers as text (number_text.c) --- */
/* A binary floating-point format: its precision with the hidden bit, and the exponents of its
 * least and greatest normal numbers, 1.xxx * 2^e. */
typedef struct sinter_float_format {
  int32_t precision;
  int32_t min_exponent;
  int32_t max_exponent;
} sinter_float_format;
/* The format of FLOAT, DOUBLE, FLOAT16 or BFLOAT16; null for other types. */
SINTER_HIDDEN const sinter_float_format* sinter_format_of(sinter_dtype dtype);

/* The longest text that the two functions below write. */
#define SINTER_MAX_NUMBER_TEXT 40
/* The shortest decimal that reads back as the same number of that format, as Python prints it:
 * "0.1", "1000.0", "1e-05", "1e+16"; "NaN", "INF" and "-INF". RETURNS: the text's length. */
SINTER_HIDDEN int32_t sinter_print_float(double number, const sinter_float_format* format,
                                         char* text);
SINTER_HIDDEN int32_t sinter_print_int(int64_t number, int is_unsigned, char* text);

/* Reads a decimal number in plain or scientific form, or INF, +INF, -INF, INFINITY, NaN in any
 * case, blanks around it allowed; rounded to nearest even in that format, once.
 * RETURNS: SINTER_BAD_VALUE if it is no such text. */
SINTER_HIDDEN int32_t sinter_parse_float(sinter_string text, const sinter_float_format* format,
                                         double* number);
/* Reads an integer in decimal. RETURNS: SINTER_BAD_VALUE if it is none, or does not fit 64 bits. */
SINTER_HIDDEN int32_t sinter_parse_int(sinter_string text, int is_unsigned, int64_t* number);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_TEXT_H_ */
