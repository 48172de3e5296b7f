/* Optionals: an empty one is SINTER_NONE, any other is the value in it. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"

SINTER_OP(Optional) {
  const sinter_value* value = call->num_inputs > 0 ? call->inputs[0] : 0;
  if (!value) return SINTER_OK; /* outputs start as SINTER_NONE */
  return sinter_share(call, call->outputs[0], value);
}

SINTER_OP(OptionalGetElement) {
  const sinter_value* value = call->inputs[0];
  if (!value || value->kind == SINTER_NONE) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the optional is empty");
  }
  return sinter_share(call, call->outputs[0], value);
}

SINTER_OP(OptionalHasElement) {
  const sinter_value* value = call->num_inputs > 0 ? call->inputs[0] : 0;
  SINTER_TRY(sinter_make_tensor(call, call->outputs[0], SINTER_BOOL, 0, 0));
  *(uint8_t*)call->outputs[0]->data = value && value->kind != SINTER_NONE;
  return SINTER_OK;
}
