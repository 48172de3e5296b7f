/* CumSum and CumProd along an axis that an input names. Floats add up in double. */
#include "compiler_core/library/rows.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/tensors.h"

/* Where a lane's elements are. */
typedef struct lane {
  int64_t offset;
  int64_t stride;
  int64_t count;
} lane;

static void run_doubles(const sinter_value* out, const sinter_value* data, lane l, int product,
                        int exclusive) {
  double total = product;
  for (int64_t i = 0; i < l.count; ++i, l.offset += l.stride) {
    const double next = sinter_number_at(data, l.offset);
    const double after = product ? total * next : total + next;
    sinter_set_number(out, l.offset, exclusive ? total : after);
    total = after;
  }
}

static void run_ints(const sinter_value* out, const sinter_value* data, lane l, int product,
                     int exclusive) {
  uint64_t total = (uint64_t)product;
  for (int64_t i = 0; i < l.count; ++i, l.offset += l.stride) {
    const uint64_t next = (uint64_t)sinter_int_at(data, l.offset);
    const uint64_t after = product ? total * next : total + next;
    sinter_set_int(out, l.offset, (int64_t)(exclusive ? total : after));
    total = after;
  }
}

static int32_t cumulate(const sinter_op_call* call, int product) {
  const sinter_value* data = call->inputs[0];
  const int exclusive = sinter_attr_int(call, "exclusive", 0) != 0;
  const int reverse = sinter_attr_int(call, "reverse", 0) != 0;
  SINTER_TRY(sinter_need_numbers(call, data));
  int64_t axis = sinter_int_or(call, 1, 0, 0);
  SINTER_TRY(sinter_normalize_axis(call, &axis, data->rank));
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, data->dims));
  if (out->data == 0) return SINTER_OK;
  const int64_t count = data->dims[axis];
  const int64_t inner = sinter_product(data->dims, (int32_t)axis + 1, data->rank);
  const int64_t lanes = sinter_num_elements(data) / count;
  for (int64_t i = 0; i < lanes; ++i) {
    const int64_t first = i / inner * count * inner + i % inner;
    const lane forwards = {first, inner, count};
    const lane backwards = {first + (count - 1) * inner, -inner, count};
    if (sinter_is_float(data->dtype)) {
      run_doubles(out, data, reverse ? backwards : forwards, product, exclusive);
    } else {
      run_ints(out, data, reverse ? backwards : forwards, product, exclusive);
    }
  }
  return SINTER_OK;
}

SINTER_OP(CumSum) { return cumulate(call, 0); }
SINTER_OP(CumProd) { return cumulate(call, 1); }
