/* Libraries that are no usable model; each macro makes one of them. */
#include "runtime/sinter_abi.h"

static const sinter_value_info kOutputs[] = {{"y", FAULTY_DTYPE, 0, 0, 0}};

static int32_t plan(const int64_t* const* input_dims, sinter_plan* plan) {
  (void)input_dims;
  plan->arena_bytes = FAULTY_ARENA_BYTES;
  return SINTER_OK;
}

static int32_t run(const sinter_tensor* inputs, const sinter_tensor* outputs, void* arena,
                   const sinter_context* context) {
  (void)inputs;
  (void)outputs;
  (void)arena;
  (void)context;
  return 77;
}

static const sinter_model kModel = {
    FAULTY_VERSION, FAULTY_STRUCT_SIZE, "faulty", 0, 1, 0, kOutputs, 0, 0, plan, run, 0, 0, 0, 0, 0,
};

const sinter_model* FAULTY_SYMBOL(void) { return &kModel; }
