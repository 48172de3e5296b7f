/* Scan: from version 9 on over any axes, in version 8 over the second one of a batch. */
#include "compiler_core/library/iteration.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/tensors.h"

/* Entry i of an optional list of integers. */
static int64_t entry(const sinter_attr* list, int64_t i) {
  return list != 0 && i < list->count ? list->ints[i] : 0;
}

/* The part of `from` at `index` along `axis`, with one dimension less. */
static int32_t take_slice(const sinter_op_call* call, sinter_value* to, const sinter_value* from,
                          int64_t axis, int64_t index) {
  int64_t own[SINTER_MAX_RANK], dims[SINTER_MAX_RANK], strides[SINTER_MAX_RANK];
  sinter_row_major(from->rank, from->dims, own);
  int32_t rank = 0;
  for (int32_t i = 0; i < from->rank; ++i) {
    if (i == axis) continue;
    dims[rank] = from->dims[i];
    strides[rank++] = own[i];
  }
  return sinter_make_strided(call, to, from, index * own[axis], rank, dims, strides);
}

/* What a Scan iterates over. */
typedef struct scan {
  const sinter_value* const* states; /* initial ones */
  const sinter_value* const* inputs;
  int32_t num_states, num_inputs, num_outputs; /* scan inputs, scan outputs */
  const sinter_attr* axes;                     /* of the inputs; null: all 0 */
  const sinter_attr* directions;
  sinter_value* slices; /* the current ones of the inputs */
} scan;

static int32_t axis_of(const sinter_op_call* call, const scan* s, int32_t i, int64_t* axis) {
  *axis = entry(s->axes, i);
  return sinter_normalize_axis(call, axis, s->inputs[i]->rank);
}

/* How many iterations there are: the inputs' common length. */
static int32_t scan_length(const sinter_op_call* call, const scan* s, int64_t* length) {
  for (int32_t i = 0; i < s->num_inputs; ++i) {
    int64_t axis;
    SINTER_TRY(axis_of(call, s, i, &axis));
    if (i > 0 && s->inputs[i]->dims[axis] != *length) {
      SINTER_FAIL(SINTER_BAD_VALUE, "the scan inputs are not of one length");
    }
    *length = s->inputs[i]->dims[axis];
  }
  return SINTER_OK;
}

/* Runs the body over the first `length` slices. */
static int32_t run_scan(sinter_iteration* run, const scan* s, int64_t length) {
  const sinter_op_call* call = run->call;
  for (int32_t i = 0; i < s->num_states; ++i) run->inputs[i] = s->states[i];
  for (int32_t i = 0; i < s->num_inputs; ++i) run->inputs[s->num_states + i] = &s->slices[i];
  for (int64_t step = 0; step < length; ++step) {
    for (int32_t i = 0; i < s->num_inputs; ++i) {
      const int64_t index = entry(s->directions, i) != 0 ? length - 1 - step : step;
      int64_t axis;
      SINTER_TRY(axis_of(call, s, i, &axis));
      sinter_release(call->context, &s->slices[i]);
      SINTER_TRY(take_slice(call, &s->slices[i], s->inputs[i], axis, index));
    }
    SINTER_TRY(sinter_iterate(run, length));
  }
  return SINTER_OK;
}

static int32_t finish_scan(const sinter_iteration* run, const scan* s) {
  const sinter_op_call* call = run->call;
  const sinter_attr* axes = sinter_find_attr(call, "scan_output_axes");
  const sinter_attr* directions = sinter_find_attr(call, "scan_output_directions");
  for (int32_t i = 0; i < call->num_outputs; ++i) {
    const int32_t k = i - s->num_states;
    if (call->outputs[i] == 0) continue;
    if (k < 0) {
      SINTER_TRY(sinter_share(call, call->outputs[i], sinter_carried(run, i)));
    } else {
      SINTER_TRY(sinter_join_collected(call, &run->collectors[k], call->outputs[i], entry(axes, k),
                                       entry(directions, k) != 0));
    }
  }
  return SINTER_OK;
}

static int32_t scan_9(const sinter_op_call* call, const scan* s) {
  int64_t length = 0;
  SINTER_TRY(scan_length(call, s, &length));
  sinter_iteration run;
  SINTER_TRY(sinter_open_iteration(call, &run, 0, s->num_states, s->num_inputs, 0, s->num_outputs));
  int32_t status = run_scan(&run, s, length);
  if (status == SINTER_OK) status = finish_scan(&run, s);
  sinter_close_iteration(&run);
  return status;
}

/* --- Version 8 --- */

/* The tensor, as long as `length` along its first axis: zeros at its end. */
static int32_t pad_to(const sinter_op_call* call, sinter_value* tensor, int64_t length) {
  if (tensor->dims[0] == length) return SINTER_OK;
  int64_t dims[SINTER_MAX_RANK];
  for (int32_t i = 0; i < tensor->rank; ++i) dims[i] = tensor->dims[i];
  dims[0] = length;
  sinter_value padded;
  SINTER_TRY(sinter_make_tensor(call, &padded, tensor->dtype, tensor->rank, dims));
  const int64_t used = sinter_num_elements(tensor), all = sinter_num_elements(&padded);
  if (used > 0) {
    memcpy(padded.data, tensor->data, (size_t)(used * sinter_element_size(tensor->dtype)));
  }
  sinter_fill(&padded, used, all, 0);
  const int32_t status = sinter_own_strings(call, &padded);
  sinter_release(call->context, status == SINTER_OK ? tensor : &padded);
  if (status == SINTER_OK) *tensor = padded;
  return status;
}

/* Adds what one sequence of the batch gave to the collectors of the node's outputs. */
static int32_t collect_sequence(sinter_iteration* run, const scan* s, int64_t max_length,
                                int64_t batch, sinter_collector* outputs) {
  const sinter_op_call* call = run->call;
  for (int32_t i = 0; i < s->num_states; ++i) {
    SINTER_TRY(sinter_collect(call, &outputs[i], sinter_carried(run, i), batch));
  }
  for (int32_t i = 0; i < s->num_outputs; ++i) {
    sinter_value joined = {.kind = SINTER_NONE};
    SINTER_TRY(sinter_join_collected(call, &run->collectors[i], &joined, 0, 0));
    int32_t status = pad_to(call, &joined, max_length);
    if (status == SINTER_OK) {
      status = sinter_collect(call, &outputs[s->num_states + i], &joined, batch);
    }
    sinter_release(call->context, &joined);
    SINTER_TRY(status);
  }
  return SINTER_OK;
}

/* The values of one sequence of the batch: slices of the node's inputs. */
static int32_t take_sequence(const sinter_op_call* call, const scan* s, int64_t index,
                             sinter_value* parts) {
  for (int32_t i = 0; i < s->num_states + s->num_inputs; ++i) {
    sinter_release(call->context, &parts[i]);
    const sinter_value* from = i < s->num_states ? s->states[i] : s->inputs[i - s->num_states];
    SINTER_TRY(take_slice(call, &parts[i], from, 0, index));
  }
  return SINTER_OK;
}

typedef struct batch {
  int64_t size, max_length;
  const sinter_value* lengths; /* or null: all of the most */
  sinter_value* parts;         /* of the current sequence: states, then scan inputs */
  const sinter_value** part_pointers;
  sinter_collector* outputs;
} batch;

static int32_t run_sequence(const sinter_op_call* call, const scan* s, const batch* b,
                            int64_t index) {
  const int64_t length = b->lengths == 0 ? b->max_length : sinter_int_at(b->lengths, index);
  if (length < 1 || length > b->max_length) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a sequence's length is not from 1 to the longest");
  }
  SINTER_TRY(take_sequence(call, s, index, b->parts));
  scan one = *s;
  one.states = b->part_pointers;
  one.inputs = b->part_pointers + s->num_states;
  sinter_iteration run;
  SINTER_TRY(sinter_open_iteration(call, &run, 0, s->num_states, s->num_inputs, 0, s->num_outputs));
  int32_t status = run_scan(&run, &one, length);
  if (status == SINTER_OK) {
    status = collect_sequence(&run, s, b->max_length, b->size, b->outputs);
  }
  sinter_close_iteration(&run);
  return status;
}

/* The dimension `axis` that all these have in common. */
static int32_t common_dim(const sinter_op_call* call, const sinter_value* const* values,
                          int32_t count, int32_t axis, int64_t* dim) {
  for (int32_t i = 0; i < count; ++i) {
    if (values[i]->rank <= axis || (*dim >= 0 && values[i]->dims[axis] != *dim)) {
      SINTER_FAIL(SINTER_BAD_VALUE, "the inputs are not of one batch size and length");
    }
    *dim = values[i]->dims[axis];
  }
  return SINTER_OK;
}

static int32_t run_batch(const sinter_op_call* call, const scan* s, const batch* b) {
  for (int64_t i = 0; i < b->size && b->max_length > 0; ++i) {
    SINTER_TRY(run_sequence(call, s, b, i));
  }
  for (int32_t i = 0; i < call->num_outputs; ++i) {
    if (call->outputs[i] == 0) continue;
    if (i < s->num_states && b->outputs[i].count == 0) {
      SINTER_TRY(sinter_share(call, call->outputs[i], s->states[i]));
    } else {
      SINTER_TRY(sinter_join_collected(call, &b->outputs[i], call->outputs[i],
                                       i < s->num_states || b->size == 0 ? 0 : b->max_length == 0,
                                       0));
    }
  }
  return SINTER_OK;
}

static int32_t scan_8(const sinter_op_call* call, const scan* s, const sinter_value* lengths) {
  batch b = {.size = -1, .max_length = -1, .lengths = lengths};
  SINTER_TRY(common_dim(call, s->states, s->num_states, 0, &b.size));
  SINTER_TRY(common_dim(call, s->inputs, s->num_inputs, 0, &b.size));
  SINTER_TRY(common_dim(call, s->inputs, s->num_inputs, 1, &b.max_length));
  if (lengths != 0 && sinter_num_elements(lengths) != b.size) {
    SINTER_FAIL(SINTER_BAD_VALUE, "not one sequence length for each of the batch");
  }
  const uint64_t parts = (uint64_t)(s->num_states + s->num_inputs);
  const uint64_t outputs = (uint64_t)(s->num_states + s->num_outputs);
  const uint64_t bytes =
      parts * (sizeof(sinter_value) + sizeof(sinter_value*)) + outputs * sizeof(sinter_collector);
  char* memory = sinter_allocate(call->context, bytes);
  if (memory == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory for the state of a scan");
  memset(memory, 0, (size_t)bytes);
  b.parts = (sinter_value*)memory;
  b.outputs = (sinter_collector*)(b.parts + parts);
  b.part_pointers = (const sinter_value**)(b.outputs + outputs);
  for (uint64_t i = 0; i < parts; ++i) b.part_pointers[i] = &b.parts[i];
  const int32_t status = run_batch(call, s, &b);
  for (uint64_t i = 0; i < parts; ++i) sinter_release(call->context, &b.parts[i]);
  for (uint64_t i = 0; i < outputs; ++i) sinter_drop_collected(call->context, &b.outputs[i]);
  sinter_free(call->context, memory);
  return status;
}

SINTER_OP(Scan) {
  const int32_t first = call->version < 9 ? 1 : 0;
  const int32_t own = sinter_num_own(call);
  scan s = {.num_inputs = (int32_t)sinter_attr_int(call, "num_scan_inputs", 0)};
  s.num_states = own - first - s.num_inputs;
  if (s.num_inputs < 1 || s.num_states < 0) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a scan has no such number of inputs");
  }
  s.num_outputs = call->num_outputs > s.num_states ? call->num_outputs - s.num_states : 0;
  s.states = call->inputs + first;
  s.inputs = s.states + s.num_states;
  const int32_t is_batch = call->version < 9;
  s.axes = is_batch ? 0 : sinter_find_attr(call, "scan_input_axes");
  s.directions = sinter_find_attr(call, is_batch ? "directions" : "scan_input_directions");
  const uint64_t bytes = (uint64_t)s.num_inputs * sizeof(sinter_value);
  s.slices = sinter_allocate(call->context, bytes);
  if (s.slices == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory for the state of a scan");
  memset(s.slices, 0, (size_t)bytes);
  const int32_t status = is_batch ? scan_8(call, &s, call->inputs[0]) : scan_9(call, &s);
  for (int32_t i = 0; i < s.num_inputs; ++i) sinter_release(call->context, &s.slices[i]);
  sinter_free(call->context, s.slices);
  return status;
}
