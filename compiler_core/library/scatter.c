/* ScatterElements, its older name Scatter, and ScatterND. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/indexing.h"
#include "compiler_core/library/rows.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/tensors.h"

typedef enum combination { kReplace, kAdd, kMultiply, kGreatest, kLeast } combination;

static int32_t read_combination(const sinter_op_call* call, combination* how) {
  static const char* const kNames[] = {"none", "add", "mul", "max", "min"};
  for (int i = 0; i < 5; ++i) {
    if (!sinter_attr_is(call, "reduction", kNames[i], "none")) continue;
    *how = (combination)i;
    return i == 0 ? SINTER_OK : sinter_need_numbers(call, call->inputs[0]);
  }
  SINTER_FAIL(SINTER_NOT_SUPPORTED, "a reduction that is not known");
}

static double combine_doubles(combination how, double a, double b) {
  switch (how) {
    case kAdd:
      return a + b;
    case kMultiply:
      return a * b;
    case kGreatest:
      return b > a || b != b ? b : a;
    default:
      return b < a || b != b ? b : a;
  }
}

static uint64_t combine_ints(combination how, int is_unsigned, uint64_t a, uint64_t b) {
  const int less = is_unsigned ? b < a : (int64_t)b < (int64_t)a;
  switch (how) {
    case kAdd:
      return a + b;
    case kMultiply:
      return a * b;
    case kGreatest:
      return less ? a : b;
    default:
      return less ? b : a;
  }
}

/* Elements [place, place + count) of `out` take those of the updates from `from` on. */
static void update(const sinter_value* out, int64_t place, const sinter_value* updates,
                   int64_t from, int64_t count, combination how) {
  if (how == kReplace) {
    memcpy(sinter_element(out, place), sinter_element(updates, from),
           (size_t)(count * sinter_element_size(out->dtype)));
    return;
  }
  const int is_float = sinter_is_float(out->dtype), is_unsigned = out->dtype == SINTER_U64;
  for (int64_t i = 0; i < count; ++i) {
    if (is_float) {
      const double a = sinter_number_at(out, place + i);
      sinter_set_number(out, place + i,
                        combine_doubles(how, a, sinter_number_at(updates, from + i)));
    } else {
      const uint64_t a = (uint64_t)sinter_int_at(out, place + i);
      const uint64_t b = (uint64_t)sinter_int_at(updates, from + i);
      sinter_set_int(out, place + i, (int64_t)combine_ints(how, is_unsigned, a, b));
    }
  }
}

/* A copy of the data, to be written into. Strings still point at the data's characters. */
static int32_t copy_data(const sinter_op_call* call) {
  const sinter_value* data = call->inputs[0];
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, data->rank, data->dims));
  const int64_t bytes = sinter_num_elements(data) * sinter_element_size(data->dtype);
  if (bytes > 0) memcpy(out->data, data->data, (size_t)bytes);
  return SINTER_OK;
}

static int32_t scatter_elements(const sinter_op_call* call) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* indices = call->inputs[1];
  const sinter_value* updates = call->inputs[2];
  int64_t axis = sinter_attr_int(call, "axis", 0);
  SINTER_TRY(sinter_normalize_axis(call, &axis, data->rank));
  SINTER_TRY(sinter_check_elements(call, data, indices, axis));
  const int64_t count = sinter_num_elements(indices);
  if (sinter_num_elements(updates) != count) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there is not one index for each update");
  }
  combination how;
  SINTER_TRY(read_combination(call, &how));
  SINTER_TRY(copy_data(call));
  for (int64_t i = 0; i < count; ++i) {
    int64_t place;
    SINTER_TRY(sinter_element_place(call, data, indices, axis, i, &place));
    update(call->outputs[0], place, updates, i, 1, how);
  }
  return sinter_own_strings(call, call->outputs[0]);
}

SINTER_OP(ScatterElements) { return scatter_elements(call); }
SINTER_OP(Scatter) { return scatter_elements(call); }

SINTER_OP(ScatterND) {
  const sinter_value* data = call->inputs[0];
  const sinter_value* indices = call->inputs[1];
  const sinter_value* updates = call->inputs[2];
  sinter_tuples t;
  SINTER_TRY(sinter_read_tuples(call, data, indices, 0, &t));
  int64_t wanted;
  if (__builtin_mul_overflow(t.count, t.slice, &wanted) || sinter_num_elements(updates) != wanted) {
    SINTER_FAIL(SINTER_BAD_VALUE, "there is not one index for each update");
  }
  combination how;
  SINTER_TRY(read_combination(call, &how));
  SINTER_TRY(copy_data(call));
  for (int64_t i = 0; i < t.count && wanted > 0; ++i) {
    int64_t place;
    SINTER_TRY(sinter_tuple_place(call, data, indices, &t, i, &place));
    update(call->outputs[0], place, updates, i * t.slice, t.slice, how);
  }
  return sinter_own_strings(call, call->outputs[0]);
}
