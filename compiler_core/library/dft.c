/* DFT and STFT. A signal's last dimension holds one number an element (real) or two (complex). */
#include "compiler_core/library/fourier.h"
#include "compiler_core/library/tensors.h"

typedef struct transform {
  int inverse;
  int onesided;
  int64_t length;
  int64_t given; /* elements of the signal that are used; zeros follow */
} transform;

/* Lines along an axis, as the data has them. */
typedef struct line {
  const sinter_value* tensor;
  int64_t offset; /* of its first element's first part */
  int64_t stride;
  int64_t parts; /* 1 or 2 */
} line;

static void read_line(const line* from, const transform* t, double* numbers) {
  for (int64_t i = 0; i < t->length; ++i) {
    const int64_t at = from->offset + i * from->stride;
    const int used = i < t->given;
    numbers[2 * i] = used ? sinter_number_at(from->tensor, at) : 0;
    numbers[2 * i + 1] = used && from->parts == 2 ? sinter_number_at(from->tensor, at + 1) : 0;
  }
}

/* One half of the spectrum of a real signal: the other one mirrors it. */
static void mirror(double* numbers, int64_t length) {
  numbers[1] = 0;
  if (length % 2 == 0) numbers[length + 1] = 0;
  for (int64_t k = length / 2 + 1; k < length; ++k) {
    numbers[2 * k] = numbers[2 * (length - k)];
    numbers[2 * k + 1] = -numbers[2 * (length - k) + 1];
  }
}

static void conjugate(double* numbers, int64_t length) {
  for (int64_t i = 0; i < length; ++i) numbers[2 * i + 1] = -numbers[2 * i + 1];
}

static void run_line(const sinter_fourier* f, const transform* t, double* numbers) {
  if (t->inverse && t->onesided) mirror(numbers, t->length);
  if (t->inverse) conjugate(numbers, t->length);
  sinter_transform(f, numbers);
  if (!t->inverse) return;
  conjugate(numbers, t->length);
  for (int64_t i = 0; i < 2 * t->length; ++i) numbers[i] /= (double)t->length;
}

static void write_line(const line* to, int64_t count, const double* numbers) {
  for (int64_t i = 0; i < count; ++i) {
    const int64_t at = to->offset + i * to->stride;
    sinter_set_number(to->tensor, at, numbers[2 * i]);
    if (to->parts == 2) sinter_set_number(to->tensor, at + 1, numbers[2 * i + 1]);
  }
}

static int32_t make_work(const sinter_op_call* call, int64_t length, sinter_fourier* f,
                         double** numbers) {
  SINTER_TRY(sinter_make_fourier(call, length, f));
  *numbers = sinter_allocate(call->context, (uint64_t)length * 2 * sizeof(double));
  if (*numbers != 0) return SINTER_OK;
  sinter_free_fourier(call, f);
  SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
}

static int32_t read_transform(const sinter_op_call* call, int64_t* axis, transform* t) {
  const sinter_value* data = call->inputs[0];
  const int64_t parts = data->rank < 2 ? 0 : data->dims[data->rank - 1];
  if (parts != 1 && parts != 2) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the signal's last dimension is neither 1 nor 2");
  }
  *axis = call->version < 20 ? sinter_attr_int(call, "axis", 1) : sinter_int_or(call, 2, 0, -2);
  SINTER_TRY(sinter_normalize_axis(call, axis, data->rank));
  if (*axis == data->rank - 1) SINTER_FAIL(SINTER_BAD_VALUE, "the axis is that of the parts");
  t->inverse = sinter_attr_int(call, "inverse", 0) != 0;
  t->onesided = sinter_attr_int(call, "onesided", 0) != 0;
  const int64_t size = data->dims[*axis];
  const int64_t usual = t->inverse && t->onesided ? 2 * (size - 1) : size;
  t->length = sinter_int_or(call, 1, 0, usual);
  if (t->length <= 0) SINTER_FAIL(SINTER_BAD_VALUE, "the transform's length is not positive");
  const int64_t needed = t->inverse && t->onesided ? t->length / 2 + 1 : t->length;
  t->given = size < needed ? size : needed;
  return SINTER_OK;
}

SINTER_OP(DFT) {
  const sinter_value* data = call->inputs[0];
  int64_t axis;
  transform t;
  SINTER_TRY(read_transform(call, &axis, &t));
  int64_t dims[SINTER_MAX_RANK];
  for (int32_t i = 0; i < data->rank; ++i) dims[i] = data->dims[i];
  const int64_t in_parts = dims[data->rank - 1];
  const int64_t out_parts = t.inverse && t.onesided ? 1 : 2;
  dims[data->rank - 1] = out_parts;
  dims[axis] = t.onesided && !t.inverse ? t.length / 2 + 1 : t.length;
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, dims));
  if (out->data == 0) return SINTER_OK;
  sinter_fourier f;
  double* numbers;
  SINTER_TRY(make_work(call, t.length, &f, &numbers));
  const int64_t inner = sinter_product(dims, (int32_t)axis + 1, data->rank - 1);
  const int64_t outer = sinter_product(dims, 0, (int32_t)axis);
  for (int64_t i = 0; i < outer * inner; ++i) {
    const int64_t o = i / inner, k = i % inner;
    const line from = {data, (o * data->dims[axis] * inner + k) * in_parts, inner * in_parts,
                       in_parts};
    const line to = {out, (o * dims[axis] * inner + k) * out_parts, inner * out_parts, out_parts};
    read_line(&from, &t, numbers);
    run_line(&f, &t, numbers);
    write_line(&to, dims[axis], numbers);
  }
  sinter_free(call->context, numbers);
  sinter_free_fourier(call, &f);
  return SINTER_OK;
}

static int32_t frame_length(const sinter_op_call* call, int64_t* length) {
  const sinter_value* signal = call->inputs[0];
  const sinter_value* window = sinter_input(call, 2);
  if (signal->rank != 3 || signal->dims[2] < 1 || signal->dims[2] > 2) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the signal is not [batch, length, 1 or 2]");
  }
  *length = window != 0 ? window->dims[0] : signal->dims[1];
  *length = sinter_int_or(call, 3, 0, *length);
  if (*length <= 0) SINTER_FAIL(SINTER_BAD_VALUE, "the frame's length is not positive");
  if (window != 0 && window->dims[0] != *length) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the window is not as long as a frame");
  }
  return SINTER_OK;
}

SINTER_OP(STFT) {
  const sinter_value* signal = call->inputs[0];
  const sinter_value* window = sinter_input(call, 2);
  transform t = {0, sinter_attr_int(call, "onesided", 1) != 0, 0, 0};
  SINTER_TRY(frame_length(call, &t.length));
  t.given = t.length;
  const int64_t step = sinter_int_at(call->inputs[1], 0);
  if (step <= 0) SINTER_FAIL(SINTER_BAD_VALUE, "the frames' step is not positive");
  const int64_t room = signal->dims[1] - t.length, parts = signal->dims[2];
  const int64_t dims[4] = {signal->dims[0], room < 0 ? 0 : room / step + 1,
                           t.onesided ? t.length / 2 + 1 : t.length, 2};
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, signal->dtype, 4, dims));
  if (out->data == 0) return SINTER_OK;
  sinter_fourier f;
  double* numbers;
  SINTER_TRY(make_work(call, t.length, &f, &numbers));
  for (int64_t i = 0; i < dims[0] * dims[1]; ++i) {
    const int64_t batch = i / dims[1], frame = i % dims[1];
    const line from = {signal, (batch * signal->dims[1] + frame * step) * parts, parts, parts};
    const line to = {out, i * dims[2] * 2, 2, 2};
    read_line(&from, &t, numbers);
    for (int64_t k = 0; k < t.length && window != 0; ++k) {
      const double weight = sinter_number_at(window, k);
      numbers[2 * k] *= weight;
      numbers[2 * k + 1] *= weight;
    }
    run_line(&f, &t, numbers);
    write_line(&to, dims[2], numbers);
  }
  sinter_free(call->context, numbers);
  sinter_free_fourier(call, &f);
  return SINTER_OK;
}
