/* Runs a compiled model from plain C. Copy this file and sinter_abi.h, and change what you like.
 *
 *   cc -O2 -I. examples/c/run_model.c -o run_model -ldl
 *   ./run_model MODEL.so INPUT ...
 *
 * INPUT are files of 32-bit floats, one for each input of the model in its order: raw, or .npy of
 * type <f4. A free dimension gets its size from the file's (the first one; others become 1). Prints
 * the largest values of each output and where they are.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/sinter_abi.h"

enum { MAX_RANK = 8, MAX_VALUES = 32, TOP = 5, FLOAT32 = 1 };

static void die(const char* what, const char* subject) {
  fprintf(stderr, "run_model: `%s`: %s\n", subject, what);
  exit(1);
}

/* Every buffer given to a model starts at a multiple of SINTER_ALIGNMENT. */
static void* allocate(size_t bytes) {
  const size_t rounded = (bytes / SINTER_ALIGNMENT + 1) * SINTER_ALIGNMENT;
  void* block = aligned_alloc(SINTER_ALIGNMENT, rounded);
  if (block == NULL) die("no memory", "run_model");
  return block;
}

static int64_t elements(const sinter_value_info* info, const int64_t* dims) {
  int64_t count = 1;
  for (int i = 0; i < info->rank; ++i) count *= dims[i];
  return count;
}

/* Where the numbers of an open file begin: behind the header if it is an .npy file. */
static long data_offset(FILE* file, const char* path) {
  unsigned char head[128] = {0};
  const size_t got = fread(head, 1, sizeof(head) - 1, file);
  if (got < 10 || memcmp(head, "\x93NUMPY\x01", 7) != 0) return 0;
  if (!strstr((char*)head + 10, "'<f4', 'fortran_order': False")) die("is not row-major <f4", path);
  return 10 + head[8] + 256 * head[9];
}

/* Reads one input and fills in its dimensions. */
static void* read_input(const char* path, const sinter_value_info* info, int64_t* dims) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) die("can't be opened", path);
  const long begin = data_offset(file, path);
  fseek(file, 0, SEEK_END);
  const int64_t available = (ftell(file) - begin) / (int64_t)sizeof(float);

  int free_dim = -1;
  for (int i = 0; i < info->rank; ++i) {
    dims[i] = info->dims[i] == SINTER_DYNAMIC ? 1 : info->dims[i];
    if (info->dims[i] == SINTER_DYNAMIC && free_dim < 0) free_dim = i;
  }
  const int64_t rest = elements(info, dims);
  if (free_dim >= 0 && rest > 0) dims[free_dim] = available / rest;
  const int64_t count = elements(info, dims);
  if (count != available) die("has not as many numbers as the model's input", path);

  float* data = allocate(count * sizeof(float));
  fseek(file, begin, SEEK_SET);
  if (fread(data, sizeof(float), count, file) != (size_t)count) die("can't be read", path);
  fclose(file);
  return data;
}

static void print_top(const sinter_value_info* info, const int64_t* dims, const float* values) {
  const int64_t count = elements(info, dims);
  printf("%s [", info->name);
  for (int i = 0; i < info->rank; ++i) printf("%s%lld", i > 0 ? "," : "", (long long)dims[i]);
  printf("]:");
  int64_t shown[TOP];
  for (int rank = 0; rank < TOP && rank < count; ++rank) {
    int64_t best = -1;
    for (int64_t i = 0; i < count; ++i) {
      int taken = 0;
      for (int k = 0; k < rank; ++k) taken |= shown[k] == i;
      if (!taken && (best < 0 || values[i] > values[best])) best = i;
    }
    shown[rank] = best;
    printf(" %g@%lld", values[best], (long long)best);
  }
  printf("\n");
}

static const sinter_model* load(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) die("can't be loaded", dlerror());
  sinter_model_v1_fn get_model = (sinter_model_v1_fn)dlsym(library, SINTER_MODEL_SYMBOL);
  if (get_model == NULL) die("is no compiled model", path);
  const sinter_model* model = get_model();
  if (model->abi_version != SINTER_ABI_VERSION) die("has another interface version", path);
  if (model->plan == NULL) die("can't be planned, which is all this example knows", path);
  return model;
}

static void check_value(const sinter_value_info* info) {
  if (info->dtype != FLOAT32) die("is not float32, which is all this example knows", info->name);
  if (info->rank > MAX_RANK) die("has too many dimensions", info->name);
}

int main(int argc, char** argv) {
  if (argc < 2) die("usage: run_model MODEL.so INPUT ...", "arguments");
  const sinter_model* model = load(argv[1]);
  if (argc - 2 != model->num_inputs) die("takes another number of inputs", model->name);
  if (model->num_inputs > MAX_VALUES || model->num_outputs > MAX_VALUES) die("too large", argv[1]);

  /* 1. The inputs and their shapes. */
  sinter_tensor inputs[MAX_VALUES], outputs[MAX_VALUES];
  int64_t input_dims[MAX_VALUES][MAX_RANK], output_dims[MAX_VALUES][MAX_RANK];
  const int64_t* input_shapes[MAX_VALUES];
  int64_t* output_shapes[MAX_VALUES];
  for (int i = 0; i < model->num_inputs; ++i) {
    check_value(&model->inputs[i]);
    inputs[i].data = read_input(argv[2 + i], &model->inputs[i], input_dims[i]);
    inputs[i].dims = input_shapes[i] = input_dims[i];
  }

  /* 2. What these shapes need: the outputs' shapes and the working memory. */
  for (int i = 0; i < model->num_outputs; ++i) {
    check_value(&model->outputs[i]);
    output_shapes[i] = output_dims[i];
  }
  sinter_plan plan = {0, output_shapes, -1, -1};
  if (model->plan(input_shapes, &plan) != SINTER_OK) die("refuses these shapes", model->name);

  /* 3. Memory, and the call. One thread: give num_threads and parallel_for to use more. */
  for (int i = 0; i < model->num_outputs; ++i) {
    outputs[i].data = allocate(elements(&model->outputs[i], output_dims[i]) * sizeof(float));
    outputs[i].dims = output_dims[i];
  }
  sinter_context context = {sizeof(context), 1, NULL, NULL, NULL, NULL};
  if (model->run(inputs, outputs, allocate(plan.arena_bytes), &context) != SINTER_OK) {
    die("refuses these values", model->name);
  }

  for (int i = 0; i < model->num_outputs; ++i) {
    print_top(&model->outputs[i], output_dims[i], outputs[i].data);
  }
  return 0;
}
