/* Lengths that are powers of two by halving; others as a convolution with a chirp (Bluestein),
 * since 2kn = k^2 + n^2 - (k - n)^2. */
#include "compiler_core/library/fourier.h"

#include "compiler_core/library/math.h"

/* to = a * b; may be one of them. */
static void multiply(double* to, const double* a, const double* b) {
  const double re = a[0] * b[0] - a[1] * b[1], im = a[0] * b[1] + a[1] * b[0];
  to[0] = re;
  to[1] = im;
}

static void reverse_bits(double* numbers, int64_t size) {
  for (int64_t i = 1, j = 0; i < size; ++i) {
    int64_t bit = size >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    for (int part = 0; part < 2; ++part) {
      const double swapped = numbers[2 * i + part];
      numbers[2 * i + part] = numbers[2 * j + part];
      numbers[2 * j + part] = swapped;
    }
  }
}

static void transform_power_of_two(const double* roots, double* numbers, int64_t size) {
  reverse_bits(numbers, size);
  for (int64_t half = 1; half < size; half *= 2) {
    const int64_t step = size / (2 * half);
    for (int64_t begin = 0; begin < size; begin += 2 * half) {
      for (int64_t k = 0; k < half; ++k) {
        double* even = numbers + 2 * (begin + k);
        double* odd = even + 2 * half;
        double turned[2];
        multiply(turned, odd, roots + 2 * (k * step));
        odd[0] = even[0] - turned[0];
        odd[1] = even[1] - turned[1];
        even[0] += turned[0];
        even[1] += turned[1];
      }
    }
  }
}

static void fill_roots(double* roots, int64_t size) {
  for (int64_t k = 0; k < size / 2; ++k) {
    sinter_sin_cos_turns(-k, size, &roots[2 * k + 1], &roots[2 * k]);
  }
}

static void fill_chirp(sinter_fourier* f) {
  const int64_t n = f->length;
  memset(f->filter, 0, (size_t)f->size * 2 * sizeof(double));
  int64_t square = 0; /* k^2 modulo 2n */
  for (int64_t k = 0; k < n; ++k) {
    double* at = f->chirp + 2 * k;
    sinter_sin_cos_turns(-square, 2 * n, &at[1], &at[0]);
    double* forwards = f->filter + 2 * k;
    double* backwards = f->filter + 2 * ((f->size - k) % f->size);
    forwards[0] = backwards[0] = at[0];
    forwards[1] = backwards[1] = -at[1];
    square = (square + 2 * k + 1) % (2 * n);
  }
  transform_power_of_two(f->roots, f->filter, f->size);
}

int32_t sinter_make_fourier(const sinter_op_call* call, int64_t length, sinter_fourier* f) {
  if (length > ((int64_t)1 << 40)) SINTER_FAIL(SINTER_NO_MEMORY, "too long a transform");
  const int is_power = (length & (length - 1)) == 0;
  f->length = length;
  f->size = 1;
  while (f->size < (is_power ? length : 2 * length - 1)) f->size *= 2;
  const uint64_t pairs =
      (uint64_t)f->size / 2 + (is_power ? 0 : (uint64_t)length + 2 * (uint64_t)f->size);
  f->roots = sinter_allocate(call->context, pairs * 2 * sizeof(double));
  f->chirp = f->filter = f->buffer = 0;
  if (f->roots == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  fill_roots(f->roots, f->size);
  if (is_power) return SINTER_OK;
  f->chirp = f->roots + f->size;
  f->filter = f->chirp + 2 * length;
  f->buffer = f->filter + 2 * f->size;
  fill_chirp(f);
  return SINTER_OK;
}

void sinter_free_fourier(const sinter_op_call* call, sinter_fourier* f) {
  sinter_free(call->context, f->roots);
}

void sinter_transform(const sinter_fourier* f, double* numbers) {
  if (f->chirp == 0) {
    transform_power_of_two(f->roots, numbers, f->size);
    return;
  }
  memset(f->buffer, 0, (size_t)f->size * 2 * sizeof(double));
  for (int64_t k = 0; k < f->length; ++k) {
    multiply(f->buffer + 2 * k, numbers + 2 * k, f->chirp + 2 * k);
  }
  transform_power_of_two(f->roots, f->buffer, f->size);
  for (int64_t k = 0; k < f->size; ++k) {
    double* at = f->buffer + 2 * k;
    multiply(at, at, f->filter + 2 * k);
    /* Conjugated, the next transform is the inverse one. */
    at[1] = -at[1];
  }
  transform_power_of_two(f->roots, f->buffer, f->size);
  for (int64_t k = 0; k < f->length; ++k) {
    const double back[2] = {f->buffer[2 * k] / (double)f->size,
                            -f->buffer[2 * k + 1] / (double)f->size};
    multiply(numbers + 2 * k, back, f->chirp + 2 * k);
  }
}
