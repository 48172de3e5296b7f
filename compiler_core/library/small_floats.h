/* Floats of 16 bits and less, to and from double, with integers alone: not every target has
 * instructions for them. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_SMALL_FLOATS_H_
#define SINTER_COMPILER_CORE_LIBRARY_SMALL_FLOATS_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Any real floating-point type. */
int sinter_is_float(sinter_dtype dtype);
/* `dtype` is a float of 4 to 16 bits. Decoding is exact. */
double sinter_decode_float(sinter_dtype dtype, uint32_t bits);
/* Rounds to nearest even, once. Too large: infinity for the types of 16 bits, else the largest
 * number (as ONNX's Cast saturates). NaN becomes the type's NaN, or 0 where it has none. */
uint32_t sinter_encode_float(sinter_dtype dtype, double number);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_SMALL_FLOATS_H_ */
