/* Hand-written like affine_model.c: rows of a table by index, so that the data can be at fault.
 *
 *   table: float32[rows,2]   index: int64[n]   ->   picked: float32[n,2]
 */
#include "runtime/sinter_abi.h"

static const int64_t kTable[] = {SINTER_DYNAMIC, 2};
static const char* const kTableNames[] = {"rows", ""};
static const int64_t kIndex[] = {SINTER_DYNAMIC};
static const char* const kIndexNames[] = {"n"};
static const char* const kPickedNames[] = {"n", ""};

static const sinter_value_info kInputs[] = {
    {"table", 1, 2, kTable, kTableNames},
    {"index", 7, 1, kIndex, kIndexNames},
};
static const sinter_value_info kOutputs[] = {{"picked", 1, 2, kTable, kPickedNames}};

static int32_t plan(const int64_t* const* input_dims, sinter_plan* plan) {
  plan->output_dims[0][0] = input_dims[1][0];
  plan->output_dims[0][1] = 2;
  plan->arena_bytes = 0;
  return SINTER_OK;
}

static int32_t run(const sinter_tensor* inputs, const sinter_tensor* outputs, void* arena,
                   const sinter_context* context) {
  const float* table = (const float*)inputs[0].data;
  const int64_t* index = (const int64_t*)inputs[1].data;
  float* picked = (float*)outputs[0].data;
  (void)arena;
  (void)context;
  for (int64_t i = 0; i < inputs[1].dims[0]; ++i) {
    if (index[i] < 0 || index[i] >= inputs[0].dims[0]) return SINTER_BAD_INDEX;
    picked[2 * i] = table[2 * index[i]];
    picked[2 * i + 1] = table[2 * index[i] + 1];
  }
  return SINTER_OK;
}

static const sinter_model kModel = {
    SINTER_ABI_VERSION,
    sizeof(sinter_model),
    "gather",
    2,
    1,
    kInputs,
    kOutputs,
    0,
    0,
    plan,
    run,
    0,
    0,
    0,
    0,
    0,
};

const sinter_model* sinter_model_v1(void) { return &kModel; }
