/* Fast Fourier transforms of any length, in double. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_FOURIER_H_
#define SINTER_COMPILER_CORE_LIBRARY_FOURIER_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What transforms of one length share. Complex numbers are pairs of doubles. */
typedef struct sinter_fourier {
  int64_t length;
  int64_t size;   /* the power of two that is worked with; `length` itself if it is one */
  double* roots;  /* size / 2: e^(-2 pi i k / size) */
  double* chirp;  /* length: e^(-pi i k^2 / length); null if length == size */
  double* filter; /* size: the transformed conjugate of the chirp; likewise */
  double* buffer; /* size: likewise */
} sinter_fourier;

/* REQUIRES: length > 0. ERRORS: SINTER_NO_MEMORY. To be freed. */
int32_t sinter_make_fourier(const sinter_op_call* call, int64_t length, sinter_fourier* fourier);
void sinter_free_fourier(const sinter_op_call* call, sinter_fourier* fourier);
/* Replaces `length` complex numbers by their transform: sum of x[n] e^(-2 pi i k n / length). */
void sinter_transform(const sinter_fourier* fourier, double* numbers);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_FOURIER_H_ */
