/* Mathematical functions in double for freestanding code, within about one unit in the last place
 * of the exact result; the special values (infinities, NaN, signed zero) are those of C's Annex F.
 * All are pure. Include as "compiler_core/library/math.h".
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_MATH_H_
#define SINTER_COMPILER_CORE_LIBRARY_MATH_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

double sinter_exp(double x);
double sinter_log(double x);
double sinter_log10(double x);
double sinter_pow(double x, double y);
double sinter_tanh(double x);
double sinter_sqrt(double x);
/* For |x| below 2^20, which is all that windows and transforms need; NaN beyond. */
double sinter_sin(double x);
double sinter_cos(double x);
/* The sine and cosine of `numerator / denominator` turns; the quotient is never rounded.
 * REQUIRES: 0 < denominator < 2^59. */
void sinter_sin_cos_turns(int64_t numerator, int64_t denominator, double* sine, double* cosine);

double sinter_floor(double x);
double sinter_ceil(double x);
double sinter_trunc(double x);
/* To the nearest integer, ties to even. */
double sinter_round_even(double x);
double sinter_abs(double x);
int sinter_is_nan(double x);
int sinter_is_inf(double x);
double sinter_infinity(void);
double sinter_nan(void);
/* x * 2^exponent, rounded once. */
double sinter_scale(double x, int exponent);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_MATH_H_ */
