/* Runs the model of codegen_test.cc on another architecture: argv[1] is its library. */
#include <dlfcn.h>
#include <stdio.h>

#include "runtime/sinter_abi.h"

int main(int argc, char** argv) {
  _Alignas(64) static float x[400], y[400], total[16];
  _Alignas(64) static char arena[2000];
  void* library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : 0;
  if (library == 0) return fprintf(stderr, "%s\n", dlerror()), 1;
  const sinter_model* model = ((sinter_model_v1_fn)dlsym(library, SINTER_MODEL_SYMBOL))();
  for (int i = 0; i < 400; ++i) x[i] = 1 + i;
  const int64_t dims[] = {100, 4};
  const int64_t* const input_dims[] = {dims};
  int64_t y_dims[2], total_dims[1];
  int64_t* const output_dims[] = {y_dims, total_dims};
  sinter_plan plan = {0, output_dims, 0, 0};
  if (model->plan(input_dims, &plan) != SINTER_OK) return 2;
  const sinter_tensor input = {x, dims};
  const sinter_tensor outputs[] = {{y, y_dims}, {total, total_dims}};
  const sinter_context context = {.struct_size = sizeof(context), .num_threads = 1};
  if (model->run(&input, outputs, arena, &context) != SINTER_OK) return 3;
  for (int i = 0; i < 400; ++i) {
    if (y[i] != x[i] + 10 * (1 + i % 4)) return 4;
  }
  printf("rows %d total %.0f\n", (int)y_dims[0], total[0]);
  return 0;
}
