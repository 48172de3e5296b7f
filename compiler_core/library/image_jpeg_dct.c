/* The inverse cosine transform of 8 x 8 blocks, after Loeffler, Ligtenberg and Moschytz: the
 * integer form (constants of 13 bits, columns first) whose results JPEG decoders agree upon. */
#include "compiler_core/library/image.h"

#define BITS 13
/* Columns keep two bits more than samples have. */
#define KEPT 2

static int32_t descale(int64_t number, int bits) {
  return (int32_t)((number + ((int64_t)1 << (bits - 1))) >> bits);
}

/* One dimension: `in` is read, and `out` written, every `step`. */
static void transform_eight(const int32_t* in, int32_t* out, int step, int shift) {
  const int64_t x0 = in[0], x1 = in[step], x2 = in[2 * step], x3 = in[3 * step];
  const int64_t x4 = in[4 * step], x5 = in[5 * step], x6 = in[6 * step], x7 = in[7 * step];

  const int64_t turn = (x2 + x6) * 4433;
  const int64_t low = turn - x6 * 15137, high = turn + x2 * 6270;
  const int64_t sum = (x0 + x4) * (1 << BITS), difference = (x0 - x4) * (1 << BITS);
  const int64_t even[4] = {sum + high, difference + low, difference - low, sum - high};

  const int64_t common = (x7 + x3 + x5 + x1) * 9633;
  const int64_t a = -(x7 + x1) * 7373, b = -(x5 + x3) * 20995;
  const int64_t c = common - (x7 + x3) * 16069, d = common - (x5 + x1) * 3196;
  const int64_t odd[4] = {x1 * 12299 + a + d, x3 * 25172 + b + c, x5 * 16819 + b + d,
                          x7 * 2446 + a + c};
  for (int i = 0; i < 4; ++i) {
    out[i * step] = descale(even[i] + odd[i], shift);
    out[(7 - i) * step] = descale(even[i] - odd[i], shift);
  }
}

void sinter_jpeg_samples(const int32_t* coefficients, uint8_t* samples, int64_t stride) {
  int32_t columns[64], rows[64];
  for (int i = 0; i < 8; ++i) transform_eight(coefficients + i, columns + i, 8, BITS - KEPT);
  for (int i = 0; i < 8; ++i) transform_eight(columns + 8 * i, rows + 8 * i, 1, BITS + KEPT + 3);
  for (int i = 0; i < 64; ++i) {
    const int32_t sample = rows[i] + 128;
    samples[i / 8 * stride + i % 8] = sample < 0 ? 0 : sample > 255 ? 255 : (uint8_t)sample;
  }
}
