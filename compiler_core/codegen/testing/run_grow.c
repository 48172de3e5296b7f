/* Runs the model `grow` of program_test.cc on another architecture: argv[1] is its library. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/sinter_abi.h"

static int blocks;

static void* allocate(void* memory, uint64_t bytes) {
  ++*(int*)memory;
  return aligned_alloc(SINTER_ALIGNMENT, (bytes + 63) / 64 * 64);
}

static void release(void* memory, void* block) {
  --*(int*)memory;
  free(block);
}

int main(int argc, char** argv) {
  _Alignas(64) static float x[] = {1, 2};
  _Alignas(64) static int64_t repeats[] = {3};
  void* library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : 0;
  if (library == 0) return fprintf(stderr, "%s\n", dlerror()), 1;
  const sinter_model* model = ((sinter_model_v1_fn)dlsym(library, SINTER_MODEL_SYMBOL))();
  struct sinter_failure failure;
  const sinter_context context = {.struct_size = sizeof(context),
                                  .num_threads = 1,
                                  .allocate = allocate,
                                  .release = release,
                                  .memory = &blocks,
                                  .failure = &failure};
  const sinter_value inputs[] = {
      {.kind = SINTER_TENSOR, .dtype = 1, .rank = 1, .dims = {2}, .data = x},
      {.kind = SINTER_TENSOR, .dtype = 7, .rank = 1, .dims = {1}, .data = repeats}};
  sinter_value outputs[4];
  if (model->run_values(inputs, outputs, &context) != SINTER_OK) return 2;
  const sinter_string* text = outputs[3].data;
  for (int i = 0; i < outputs[0].dims[0]; ++i) printf("%g ", ((float*)outputs[0].data)[i]);
  printf("%.*s ", (int)text[0].size, text[0].data);
  model->free_values(outputs, 4, &context);
  repeats[0] = -1;
  const int32_t status = model->run_values(inputs, outputs, &context);
  printf("%d %s: %s, %d blocks\n", status, failure.node, failure.message, blocks);
  return 0;
}
