/* Values against the types that the compiler has given their slots, and symbols out of shapes. */
#include <stdint.h>

#include "compiler_core/codegen/host/host_frame.h"
#include "compiler_core/codegen/host/host_kernels.h"
#include "compiler_core/codegen/host/program_tables.h"
#include "runtime/sinter_abi.h"

/* Whether the value's dimensions are ones that a tensor can have. */
static int is_shape(const sinter_value* value) {
  if (value->rank < 0 || value->rank > SINTER_MAX_RANK) return 0;
  for (int32_t i = 0; i < value->rank; ++i) {
    if (value->dims[i] < 0) return 0;
  }
  return 1;
}

/* Recursion ends: it goes as deep as the type is nested. */
static int has_type(const sinter_type* type, const sinter_value* value, int deep) {
  if (type->kind == SINTER_OPTIONAL) {
    return value->kind == SINTER_NONE || has_type(type->element, value, deep);
  }
  if (value->kind != type->kind) return 0;
  if (type->kind == SINTER_TENSOR) {
    return (type->dtype == 0 || value->dtype == type->dtype) && (!deep || is_shape(value));
  }
  if (!deep) return 1;
  if (type->kind == SINTER_MAP) {
    const sinter_value* keys = &value->items[0];
    return value->count == 2 && keys->kind == SINTER_TENSOR && keys->dtype == type->dtype &&
           keys->rank == 1 && is_shape(keys) && has_type(type->element, &value->items[1], deep);
  }
  for (int64_t i = 0; i < value->count; ++i) {
    if (!has_type(type->element, &value->items[i], deep)) return 0;
  }
  return value->count >= 0;
}

static int32_t misfit(sinter_frame* frame, int32_t input, int32_t dim, const char* message) {
  frame->bad_input = input;
  frame->bad_dim = dim;
  *frame->message = message;
  return SINTER_BAD_SHAPE;
}

/* Checks kind, element type and rank; gives symbols their values. */
static int32_t bind_slot(sinter_frame* frame, int32_t slot, int32_t input, int deep) {
  const sinter_slot_type* slot_type = &frame->program->slot_types[slot];
  const sinter_value* value = &frame->slots[slot];
  if (slot_type->type == 0) return SINTER_OK;
  if (!has_type(slot_type->type, value, deep)) {
    return misfit(frame, input, -1, "a value is of another type than the model says");
  }
  if (slot_type->rank == SINTER_DYNAMIC) return SINTER_OK;
  if (value->rank != slot_type->rank) {
    return misfit(frame, input, -1, "a tensor has another number of dimensions than expected");
  }
  for (int32_t i = 0; i < slot_type->rank; ++i) {
    const int32_t symbol = slot_type->dims[i].symbol;
    if (symbol < 0) continue;
    const sinter_symbol_range* range = &frame->program->ranges[symbol];
    if (value->dims[i] < range->min || value->dims[i] > range->max) {
      return misfit(frame, input, i, "a dimension is out of the range that the model was made for");
    }
    frame->values[1 + symbol] = value->dims[i];
  }
  return SINTER_OK;
}

static int32_t check_dims(sinter_frame* frame, int32_t slot, int32_t input) {
  const sinter_slot_type* type = &frame->program->slot_types[slot];
  if (type->type == 0 || type->rank == SINTER_DYNAMIC) return SINTER_OK;
  for (int32_t i = 0; i < type->rank; ++i) {
    const sinter_dim* dim = &type->dims[i];
    if (dim->symbol >= 0) continue;
    if (frame->slots[slot].dims[i] != dim->immediate + frame->values[dim->value]) {
      return misfit(frame, input, i, "a tensor's shape contradicts the model or other shapes");
    }
  }
  return SINTER_OK;
}

int32_t sinter_enter_stage(sinter_frame* frame, const sinter_stage* stage, const int32_t* slots,
                           int32_t num_slots, int deep) {
  const sinter_program* program = frame->program;
  for (int32_t i = 0; i < num_slots; ++i) {
    const int32_t slot = slots == 0 ? i : slots[i];
    if (slot >= 0) SINTER_TRY(bind_slot(frame, slot, i, deep));
  }
  int64_t* results = frame->values + 1 + program->num_symbols;
  for (; frame->num_amounts < stage->end_amount; ++frame->num_amounts) {
    results[frame->num_amounts] = eval_step(&program->amounts[frame->num_amounts], frame->values);
  }
  for (int32_t i = 0; i < num_slots; ++i) {
    const int32_t slot = slots == 0 ? i : slots[i];
    if (slot >= 0) SINTER_TRY(check_dims(frame, slot, i));
  }
  for (; frame->num_checks < stage->end_check; ++frame->num_checks) {
    const sinter_check* check = &program->checks[frame->num_checks];
    if (amount_of(&check->amount, frame->values) >= 0) continue;
    return misfit(frame, check->input, check->dim, "shapes contradict each other");
  }
  return SINTER_OK;
}

void sinter_hint(const sinter_frame* frame, int32_t slot) {
  const sinter_program* program = frame->program;
  const sinter_slot_type* type = &program->slot_types[slot];
  sinter_value* value = &frame->slots[slot];
  value->dtype = type->type == 0 ? 0 : type->type->dtype;
  value->rank = type->rank;
  for (int32_t i = 0; i < type->rank; ++i) {
    const sinter_dim* dim = &type->dims[i];
    const int is_symbol = dim->value <= program->num_symbols;
    const int known = is_symbol ? frame->values[dim->value] >= 0
                                : dim->value <= program->num_symbols + frame->num_amounts;
    value->dims[i] = dim->symbol < 0 && known ? dim->immediate + frame->values[dim->value] : 0;
  }
}
