/* Reductions over axes that an input names. Floats are summed in double, integers exactly and cut
 * to their type at the end. NaN among the elements is the greatest and the least of them. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/math.h"
#include "compiler_core/library/rows.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/tensors.h"

typedef enum reduction {
  kSum,
  kMean,
  kMax,
  kMin,
  kProd,
  kL1,
  kL2,
  kLogSum,
  kLogSumExp,
  kSumSquare,
} reduction;

/* The elements that make one result: a box of strided dimensions. */
typedef struct box {
  int32_t rank; /* at least 1 */
  int64_t dims[SINTER_MAX_RANK];
  int64_t strides[SINTER_MAX_RANK];
  int64_t count;
} box;

#define ROW 256

static double fold_doubles(reduction kind, double total, const double* row, int64_t count) {
  /* Rows are summed by themselves, so that rounding grows with their number at most. */
  double sum = 0;
  switch (kind) {
    case kMax:
      for (int64_t i = 0; i < count; ++i)
        total = row[i] > total || row[i] != row[i] ? row[i] : total;
      return total;
    case kMin:
      for (int64_t i = 0; i < count; ++i)
        total = row[i] < total || row[i] != row[i] ? row[i] : total;
      return total;
    case kProd:
      for (int64_t i = 0; i < count; ++i) total *= row[i];
      return total;
    case kL1:
      for (int64_t i = 0; i < count; ++i) sum += sinter_abs(row[i]);
      return total + sum;
    case kL2:
    case kSumSquare:
      for (int64_t i = 0; i < count; ++i) sum += row[i] * row[i];
      return total + sum;
    default:
      for (int64_t i = 0; i < count; ++i) sum += row[i];
      return total + sum;
  }
}

static uint64_t fold_ints(reduction kind, uint64_t total, const int64_t* row, int64_t count) {
  switch (kind) {
    case kMax:
      for (int64_t i = 0; i < count; ++i) {
        total = row[i] > (int64_t)total ? (uint64_t)row[i] : total;
      }
      return total;
    case kMin:
      for (int64_t i = 0; i < count; ++i) {
        total = row[i] < (int64_t)total ? (uint64_t)row[i] : total;
      }
      return total;
    case kProd:
      for (int64_t i = 0; i < count; ++i) total *= (uint64_t)row[i];
      return total;
    case kL1:
      for (int64_t i = 0; i < count; ++i) {
        total += row[i] < 0 ? 0 - (uint64_t)row[i] : (uint64_t)row[i];
      }
      return total;
    case kL2:
    case kSumSquare:
      for (int64_t i = 0; i < count; ++i) total += (uint64_t)row[i] * (uint64_t)row[i];
      return total;
    default:
      for (int64_t i = 0; i < count; ++i) total += (uint64_t)row[i];
      return total;
  }
}

/* Steps to the box's next row. RETURNS: whether there is one. */
static int next_row(const box* b, int64_t* index, int64_t* offset) {
  for (int32_t i = b->rank - 2; i >= 0; --i) {
    *offset += b->strides[i];
    if (++index[i] < b->dims[i]) return 1;
    *offset -= b->strides[i] * b->dims[i];
    index[i] = 0;
  }
  return 0;
}

/* The elements as they enter the sum: for kLogSumExp, exp(x - greatest). */
static void shift_exponents(double* row, int64_t count, double greatest) {
  for (int64_t i = 0; i < count; ++i) row[i] = sinter_exp(row[i] - greatest);
}

static double reduce_doubles(reduction kind, double total, const sinter_value* data, const box* b,
                             int64_t offset, const double* greatest) {
  if (b->count == 0) return total;
  int64_t index[SINTER_MAX_RANK] = {0};
  const int64_t width = b->dims[b->rank - 1], stride = b->strides[b->rank - 1];
  do {
    for (int64_t at = 0; at < width; at += ROW) {
      double row[ROW];
      const int64_t count = width - at < ROW ? width - at : ROW;
      sinter_load_doubles(data, offset + at * stride, stride, count, row);
      if (greatest != 0) shift_exponents(row, count, *greatest);
      total = fold_doubles(kind, total, row, count);
    }
  } while (next_row(b, index, &offset));
  return total;
}

static uint64_t reduce_ints(reduction kind, uint64_t total, const sinter_value* data, const box* b,
                            int64_t offset) {
  if (b->count == 0) return total;
  /* Those of 64 unsigned bits are compared as what they are above the middle. */
  const int flip = data->dtype == SINTER_U64 && (kind == kMax || kind == kMin);
  int64_t index[SINTER_MAX_RANK] = {0};
  const int64_t width = b->dims[b->rank - 1], stride = b->strides[b->rank - 1];
  do {
    for (int64_t at = 0; at < width; at += ROW) {
      int64_t row[ROW];
      const int64_t count = width - at < ROW ? width - at : ROW;
      sinter_load_ints(data, offset + at * stride, stride, count, row);
      for (int64_t i = 0; i < count && flip; ++i) row[i] ^= INT64_MIN;
      total = fold_ints(kind, total, row, count);
    }
  } while (next_row(b, index, &offset));
  return flip ? total ^ (uint64_t)INT64_MIN : total;
}

static double float_result(reduction kind, const sinter_value* data, const box* b, int64_t offset) {
  const double infinity = sinter_infinity();
  if (kind == kLogSumExp) {
    const double greatest = reduce_doubles(kMax, -infinity, data, b, offset, 0);
    if (greatest != greatest || sinter_is_inf(greatest)) return greatest;
    return greatest + sinter_log(reduce_doubles(kSum, 0, data, b, offset, &greatest));
  }
  const double start = kind == kMax ? -infinity : kind == kMin ? infinity : kind == kProd ? 1 : 0;
  const double total = reduce_doubles(kind, start, data, b, offset, 0);
  if (kind == kMean) return total / (double)b->count;
  if (kind == kL2) return sinter_sqrt(total);
  return kind == kLogSum ? sinter_log(total) : total;
}

/* The least or greatest number of an integer type, as fold_ints() compares. */
static uint64_t limit_of(sinter_dtype dtype, int greatest) {
  switch (dtype) {
    case SINTER_BOOL:
      return greatest;
    case SINTER_U8:
      return greatest ? UINT8_MAX : 0;
    case SINTER_U16:
      return greatest ? UINT16_MAX : 0;
    case SINTER_U32:
      return greatest ? UINT32_MAX : 0;
    case SINTER_U4:
      return greatest ? 15 : 0;
    case SINTER_I8:
      return (uint64_t)(int64_t)(greatest ? INT8_MAX : INT8_MIN);
    case SINTER_I16:
      return (uint64_t)(int64_t)(greatest ? INT16_MAX : INT16_MIN);
    case SINTER_I32:
      return (uint64_t)(int64_t)(greatest ? INT32_MAX : INT32_MIN);
    default:
      return (uint64_t)(greatest ? INT64_MAX : INT64_MIN);
  }
}

static void set_int_result(reduction kind, const sinter_value* out, int64_t i,
                           const sinter_value* data, const box* b, int64_t offset) {
  uint64_t start = kind == kProd;
  if (kind == kMax || kind == kMin) start = limit_of(data->dtype, kind == kMin);
  const uint64_t total = reduce_ints(kind, start, data, b, offset);
  const int is_unsigned = data->dtype == SINTER_U64;
  const double number = is_unsigned ? (double)total : (double)(int64_t)total;
  if (kind == kMean && b->count > 0) {
    sinter_set_int(out, i,
                   is_unsigned ? (int64_t)(total / (uint64_t)b->count) : (int64_t)total / b->count);
  } else if (kind == kL2) {
    sinter_set_number(out, i, sinter_trunc(sinter_sqrt(number)));
  } else if (kind == kLogSum || kind == kLogSumExp) {
    const double result =
        kind == kLogSum ? sinter_log(number) : float_result(kind, data, b, offset);
    sinter_set_number(out, i, sinter_trunc(result));
  } else {
    sinter_set_int(out, i, (int64_t)total);
  }
}

/* Which axes are reduced: those named, or else all, unless the node wants none then. */
static int32_t read_axes(const sinter_op_call* call, uint64_t* mask) {
  const sinter_value* data = call->inputs[0];
  sinter_ints axes;
  SINTER_TRY(sinter_int_list(call, 1, "axes", &axes));
  SINTER_TRY(sinter_axis_mask(call, &axes, data->rank, mask));
  if (axes.count == 0 && sinter_attr_int(call, "noop_with_empty_axes", 0) == 0) {
    *mask = ((uint64_t)1 << data->rank) - 1;
  }
  return SINTER_OK;
}

static int32_t reduce(const sinter_op_call* call, reduction kind) {
  const sinter_value* data = call->inputs[0];
  uint64_t mask;
  SINTER_TRY(read_axes(call, &mask));
  SINTER_TRY(sinter_need_numbers(call, data));
  const int keep = sinter_attr_int(call, "keepdims", 1) != 0;
  int64_t dims[SINTER_MAX_RANK], strides[SINTER_MAX_RANK];
  sinter_row_major(data->rank, data->dims, strides);
  /* The results as they lie in the data, and the box of each. */
  int64_t outer_dims[SINTER_MAX_RANK], outer_strides[SINTER_MAX_RANK];
  int32_t rank = 0, outer = 0;
  box b = {.rank = 0, .count = 1};
  for (int32_t i = 0; i < data->rank; ++i) {
    const int reduced = (mask >> i) & 1;
    if (!reduced || keep) dims[rank++] = reduced ? 1 : data->dims[i];
    if (reduced) {
      b.dims[b.rank] = data->dims[i];
      b.strides[b.rank++] = strides[i];
      b.count = b.count == 0 ? 0 : data->dims[i] == 0 ? 0 : b.count * data->dims[i];
    } else {
      outer_dims[outer] = data->dims[i];
      outer_strides[outer++] = strides[i];
    }
  }
  if (b.rank == 0) {
    b.dims[0] = 1;
    b.strides[0] = 1;
    b.rank = 1;
  }
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, rank, dims));
  const int64_t count = sinter_num_elements(out);
  for (int64_t k = 0; k < count; ++k) {
    int64_t rest = k, offset = 0;
    for (int32_t i = outer - 1; i >= 0; --i) {
      offset += rest % outer_dims[i] * outer_strides[i];
      rest /= outer_dims[i];
    }
    if (sinter_is_float(data->dtype)) {
      sinter_set_number(out, k, float_result(kind, data, &b, offset));
    } else {
      set_int_result(kind, out, k, data, &b, offset);
    }
  }
  return SINTER_OK;
}

SINTER_OP(ReduceSum) { return reduce(call, kSum); }
SINTER_OP(ReduceMean) { return reduce(call, kMean); }
SINTER_OP(ReduceMax) { return reduce(call, kMax); }
SINTER_OP(ReduceMin) { return reduce(call, kMin); }
SINTER_OP(ReduceProd) { return reduce(call, kProd); }
SINTER_OP(ReduceL1) { return reduce(call, kL1); }
SINTER_OP(ReduceL2) { return reduce(call, kL2); }
SINTER_OP(ReduceLogSum) { return reduce(call, kLogSum); }
SINTER_OP(ReduceLogSumExp) { return reduce(call, kLogSumExp); }
SINTER_OP(ReduceSumSquare) { return reduce(call, kSumSquare); }
