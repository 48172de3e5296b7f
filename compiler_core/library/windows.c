/* Windows of a length that an input gives, and the weights of mel frequency bands. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/math.h"
#include "compiler_core/library/tensors.h"

/* a0 - a1 cos(2 pi n / N) + a2 cos(4 pi n / N), N being the size, or one less if symmetric. */
static int32_t make_window(const sinter_op_call* call, double a0, double a1, double a2) {
  const int64_t size = sinter_int_at(call->inputs[0], 0);
  const int64_t turn = sinter_attr_int(call, "periodic", 1) != 0 ? size : size - 1;
  const sinter_dtype dtype = (sinter_dtype)sinter_attr_int(call, "output_datatype", SINTER_F32);
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, dtype, 1, &size));
  for (int64_t n = 0; n < size; ++n) {
    double sine, once = sinter_nan(), twice = sinter_nan();
    if (turn > 0) {
      sinter_sin_cos_turns(n, turn, &sine, &once);
      sinter_sin_cos_turns(2 * n, turn, &sine, &twice);
    }
    sinter_set_number(out, n, a0 - a1 * once + a2 * twice);
  }
  return SINTER_OK;
}

SINTER_OP(HannWindow) { return make_window(call, 0.5, 0.5, 0); }
SINTER_OP(HammingWindow) { return make_window(call, 25.0 / 46.0, 21.0 / 46.0, 0); }
SINTER_OP(BlackmanWindow) { return make_window(call, 0.42, 0.5, 0.08); }

/* The spectrum's bin at step `i` of equal steps on the mel scale. */
static double bin_of(double low_mel, double mel_step, int64_t i, int64_t dft_length, double rate) {
  const double mel = low_mel + (double)i * mel_step;
  const double hertz = 700 * (sinter_pow(10, mel / 2595) - 1);
  return sinter_floor((double)(dft_length + 1) * hertz / rate);
}

/* A triangle over the bins: up from `low` to `center`, down to `high`. */
static int32_t put_triangle(const sinter_op_call* call, const sinter_value* out, int64_t band,
                            double low, double center, double high) {
  const double bins = (double)out->dims[0];
  if (!(low >= 0 && low <= center && center <= high && center < bins && high <= bins)) {
    SINTER_FAIL(SINTER_BAD_INDEX, "a band's edge lies outside of the spectrum");
  }
  const int64_t bands = out->dims[1];
  const int64_t from = (int64_t)low, peak = (int64_t)center, to = (int64_t)high;
  for (int64_t bin = from; bin < peak; ++bin) {
    sinter_set_number(out, bin * bands + band, (double)(bin - from) / (double)(peak - from));
  }
  for (int64_t bin = peak; bin < to; ++bin) {
    sinter_set_number(out, bin * bands + band, (double)(to - bin) / (double)(to - peak));
  }
  sinter_set_number(out, peak * bands + band, 1);
  return SINTER_OK;
}

SINTER_OP(MelWeightMatrix) {
  const int64_t bands = sinter_int_at(call->inputs[0], 0);
  const int64_t dft_length = sinter_int_at(call->inputs[1], 0);
  const double rate = sinter_number_at(call->inputs[2], 0);
  const double low = 2595 * sinter_log10(1 + sinter_number_at(call->inputs[3], 0) / 700);
  const double high = 2595 * sinter_log10(1 + sinter_number_at(call->inputs[4], 0) / 700);
  if (dft_length < 0 || dft_length > ((int64_t)1 << 60)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the length of the transform is negative");
  }
  const sinter_dtype dtype = (sinter_dtype)sinter_attr_int(call, "output_datatype", SINTER_F32);
  const int64_t dims[2] = {dft_length / 2 + 1, bands};
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, dtype, 2, dims));
  sinter_fill(out, 0, sinter_num_elements(out), 0);
  const double step = (high - low) / (double)(bands + 2);
  for (int64_t band = 0; band < bands; ++band) {
    SINTER_TRY(put_triangle(call, out, band, bin_of(low, step, band, dft_length, rate),
                            bin_of(low, step, band + 1, dft_length, rate),
                            bin_of(low, step, band + 2, dft_length, rate)));
  }
  return SINTER_OK;
}
