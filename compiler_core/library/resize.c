/* Resize and Upsample by scales or sizes that inputs give. `nearest` copies elements of any type;
 * `linear` and `cubic` go along one axis after the other, in double. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/math.h"
#include "compiler_core/library/resize_plan.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/tensors.h"

static int64_t clamp(int64_t i, int64_t size) { return i < 0 ? 0 : i >= size ? size - 1 : i; }

/* The element nearest to a coordinate. */
static int64_t nearest_place(const sinter_resize_plan* plan, const sinter_resize_axis* axis,
                             double x) {
  double whole;
  switch (plan->nearest) {
    case kFloor:
      whole = sinter_floor(x);
      break;
    case kCeil:
      whole = sinter_ceil(x);
      break;
    case kPreferCeil:
      whole = sinter_floor(x + 0.5);
      break;
    default:
      whole = sinter_ceil(x - 0.5);
      break;
  }
  if (!(sinter_abs(whole) < 0x1p62)) return whole > 0 ? axis->in - 1 : 0;
  return clamp((int64_t)whole, axis->in);
}

/* For each axis after the other, the source's offset for every place; -1: extrapolated. */
static void map_places(const sinter_resize_plan* plan, const sinter_value* data, int64_t* places) {
  int64_t strides[SINTER_MAX_RANK];
  sinter_row_major(data->rank, data->dims, strides);
  for (int32_t i = 0; i < data->rank; ++i) {
    const sinter_resize_axis* axis = &plan->axes[i];
    for (int64_t k = 0; k < axis->out; ++k) {
      const double x = axis->same ? (double)k : sinter_source_coordinate(plan, axis, k);
      *places++ =
          sinter_is_extrapolated(plan, axis, x) ? -1 : nearest_place(plan, axis, x) * strides[i];
    }
  }
}

static void copy_nearest(const sinter_value* out, const sinter_value* data, const int64_t* places,
                         const void* extrapolation) {
  const int32_t last = out->rank - 1;
  const int64_t width = out->dims[last], size = sinter_element_size(out->dtype);
  const int64_t rows = sinter_num_elements(out) / width;
  const int64_t* row_places = places + sinter_sum(out->dims, last);
  char* to = out->data;
  for (int64_t row = 0; row < rows; ++row) {
    int64_t rest = row, offset = 0;
    const int64_t* end = row_places;
    for (int32_t i = last - 1; i >= 0; --i) {
      end -= out->dims[i];
      const int64_t place = end[rest % out->dims[i]];
      offset = offset < 0 || place < 0 ? -1 : offset + place;
      rest /= out->dims[i];
    }
    for (int64_t k = 0; k < width; ++k, to += size) {
      const int outside = offset < 0 || row_places[k] < 0;
      memcpy(to, outside ? extrapolation : sinter_element(data, offset + row_places[k]),
             (size_t)size);
    }
  }
}

static int32_t resize_nearest(const sinter_op_call* call, const sinter_resize_plan* plan) {
  const sinter_value* data = call->inputs[0];
  sinter_value* out = call->outputs[0];
  const uint64_t count = (uint64_t)sinter_sum(out->dims, out->rank);
  int64_t* places = sinter_allocate(call->context, count * sizeof(int64_t));
  if (places == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  uint64_t element[2] = {0, 0};
  const sinter_value scalar = {.kind = SINTER_TENSOR, .dtype = data->dtype, .data = element};
  if (data->dtype != SINTER_STRING) sinter_set_number(&scalar, 0, plan->extrapolation);
  map_places(plan, data, places);
  copy_nearest(out, data, places, element);
  sinter_free(call->context, places);
  return sinter_own_strings(call, out);
}

/* The weight of an element at a distance from the coordinate. */
static double kernel_at(const sinter_resize_plan* plan, double distance) {
  const double d = sinter_abs(distance), a = plan->cubic_a;
  if (plan->mode == kLinear) return d < 1 ? 1 - d : 0;
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return 0;
}

/* Elements that one coordinate is made of: `count` from `first` on, which may lie outside. */
typedef struct taps {
  int64_t first;
  int64_t count;
  double* weights; /* room for max_taps() */
} taps;

/* Enlarging, an element reaches as far as the kernel; shrinking without aliases, as far as the
 * kernel stretched. */
static double shrink_of(const sinter_resize_plan* plan, const sinter_resize_axis* axis) {
  return plan->antialias && axis->scale < 1 ? axis->scale : 1;
}

static double reach_of(const sinter_resize_plan* plan, const sinter_resize_axis* axis) {
  return sinter_ceil((plan->mode == kLinear ? 1 : 2) / shrink_of(plan, axis));
}

/* RETURNS: whether the weights' sum is one that can be divided by. */
static int weigh(const sinter_resize_plan* plan, const sinter_resize_axis* axis, double x,
                 taps* t) {
  const double shrink = shrink_of(plan, axis);
  const int64_t reach = (int64_t)reach_of(plan, axis);
  const double whole = sinter_floor(x);
  t->first = (int64_t)whole - (reach - 1);
  t->count = 2 * reach;
  double total = 0;
  for (int64_t i = 0; i < t->count; ++i) {
    const int64_t at = t->first + i;
    const int outside = plan->exclude_outside && (at < 0 || at >= axis->in);
    t->weights[i] = outside ? 0 : kernel_at(plan, ((double)at - x) * shrink);
    total += t->weights[i];
  }
  if (total == 0) return 0;
  for (int64_t i = 0; i < t->count; ++i) t->weights[i] /= total;
  return 1;
}

/* Along one axis: [outer, in, inner] becomes [outer, out, inner]. */
static void resize_axis(const sinter_resize_plan* plan, const sinter_resize_axis* axis,
                        const double* from, double* to, int64_t outer, int64_t inner, taps* t) {
  for (int64_t k = 0; k < axis->out; ++k) {
    const double x = sinter_source_coordinate(plan, axis, k);
    const int outside = sinter_is_extrapolated(plan, axis, x);
    const int weighed = !outside && weigh(plan, axis, x, t);
    for (int64_t o = 0; o < outer; ++o) {
      double* row = to + (o * axis->out + k) * inner;
      for (int64_t i = 0; i < inner; ++i) row[i] = outside ? plan->extrapolation : 0;
      for (int64_t tap = 0; tap < t->count && weighed; ++tap) {
        const double weight = t->weights[tap];
        if (weight == 0) continue;
        const double* source = from + (o * axis->in + clamp(t->first + tap, axis->in)) * inner;
        for (int64_t i = 0; i < inner; ++i) row[i] += weight * source[i];
      }
    }
  }
}

/* The most elements that a part of the data has between two axes, and the most taps. */
static int32_t measure(const sinter_op_call* call, const sinter_resize_plan* plan, int32_t first,
                       uint64_t* elements, uint64_t* most_taps) {
  const sinter_value* data = call->inputs[0];
  uint64_t product = (uint64_t)sinter_product(data->dims, first, data->rank);
  *elements = product;
  *most_taps = 0;
  for (int32_t i = data->rank - 1; i >= first; --i) {
    const sinter_resize_axis* axis = &plan->axes[i];
    if (axis->same) continue;
    const double reach = reach_of(plan, axis);
    if (!(reach < 0x1p32)) SINTER_FAIL(SINTER_NO_MEMORY, "a scale is too small");
    if (2 * (uint64_t)reach > *most_taps) *most_taps = 2 * (uint64_t)reach;
    product /= (uint64_t)axis->in;
    if (__builtin_mul_overflow(product, (uint64_t)axis->out, &product) || product > (uint64_t)1
                                                                                        << 58) {
      SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
    }
    if (product > *elements) *elements = product;
  }
  return SINTER_OK;
}

/* Numbers as integer types can hold them: rounded, ties to even, and not beyond their ends. */
static double saturated(sinter_dtype dtype, double number) {
  static const struct {
    sinter_dtype dtype;
    double least;
    double greatest;
  } kRanges[] = {
      {SINTER_U8, 0, 255},
      {SINTER_I8, -128, 127},
      {SINTER_U16, 0, 65535},
      {SINTER_I16, -32768, 32767},
      {SINTER_I32, -2147483648.0, 2147483647.0},
      {SINTER_U32, 0, 4294967295.0},
      {SINTER_I64, -0x1p63, 0x1.fffffffffffffp62},
      {SINTER_U64, 0, 0x1.fffffffffffffp63},
      {SINTER_BOOL, 0, 1},
  };
  for (int i = 0; i < 9; ++i) {
    if (kRanges[i].dtype != dtype) continue;
    const double whole = sinter_round_even(number);
    return whole < kRanges[i].least      ? kRanges[i].least
           : whole > kRanges[i].greatest ? kRanges[i].greatest
                                         : whole;
  }
  return number;
}

/* Resizes the dimensions from `first` on, for each index of those before. */
static void interpolate(const sinter_op_call* call, const sinter_resize_plan* plan, int32_t first,
                        double* work, uint64_t room, taps* t) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* out = call->outputs[0];
  const int64_t parts = sinter_product(data->dims, 0, first);
  const int64_t in_count = sinter_product(data->dims, first, data->rank);
  const int64_t out_count = sinter_product(out->dims, first, out->rank);
  for (int64_t part = 0; part < parts; ++part) {
    double* from = work;
    double* to = work + room;
    for (int64_t i = 0; i < in_count; ++i) from[i] = sinter_number_at(data, part * in_count + i);
    for (int32_t i = data->rank - 1; i >= first; --i) {
      if (plan->axes[i].same) continue;
      const int64_t outer = sinter_product(data->dims, first, i);
      const int64_t inner = sinter_product(out->dims, i + 1, out->rank);
      resize_axis(plan, &plan->axes[i], from, to, outer, inner, t);
      double* swapped = from;
      from = to;
      to = swapped;
    }
    for (int64_t i = 0; i < out_count; ++i) {
      sinter_set_number(out, part * out_count + i, saturated(out->dtype, from[i]));
    }
  }
}

static int32_t resize_smoothly(const sinter_op_call* call, const sinter_resize_plan* plan) {
  const sinter_value* data = call->inputs[0];
  SINTER_TRY(sinter_need_numbers(call, data));
  int32_t first = 0;
  while (first < data->rank - 1 && plan->axes[first].same) ++first;
  uint64_t room, most_taps;
  SINTER_TRY(measure(call, plan, first, &room, &most_taps));
  double* work = sinter_allocate(call->context, (2 * room + most_taps) * sizeof(double));
  if (work == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  taps t = {0, 0, work + 2 * room};
  interpolate(call, plan, first, work, room, &t);
  sinter_free(call->context, work);
  return SINTER_OK;
}

static int32_t resize(const sinter_op_call* call, int is_resize) {
  const sinter_value* data = call->inputs[0];
  sinter_resize_plan plan;
  SINTER_TRY(sinter_read_resize_plan(call, is_resize, &plan));
  int64_t dims[SINTER_MAX_RANK];
  int same = 1;
  for (int32_t i = 0; i < data->rank; ++i) {
    dims[i] = plan.axes[i].out;
    same = same && plan.axes[i].same;
  }
  if (same) return sinter_share(call, call->outputs[0], data);
  SINTER_TRY(sinter_make_tensor(call, call->outputs[0], data->dtype, data->rank, dims));
  if (call->outputs[0]->data == 0) return SINTER_OK;
  return plan.mode == kNearest ? resize_nearest(call, &plan) : resize_smoothly(call, &plan);
}

SINTER_OP(Resize) { return resize(call, 1); }
SINTER_OP(Upsample) { return resize(call, 0); }
