/* Runs compiled models on values from files, many in one process: for tests of other architectures,
 * where starting a process under an emulator takes longer than a small model does.
 *
 *   value_runner < TASKS
 *
 * A task is a line `LIBRARY TAB INPUTS TAB OUTPUTS [TAB REPEAT]`; the outputs of the last of REPEAT
 * runs are written. The answer to each is a line: "ok"; "status CODE WHY" where the model refuses;
 * "error WHAT". Everything runs in one thread, and plain C needs nothing but libc.
 *
 * A file of values, all numbers little-endian and without gaps:
 *   int32 how many, then each value:
 *     int32 kind, int32 dtype, int32 rank    as in sinter_value; 0 where they mean nothing
 *     a tensor: int64 dims[rank], its elements; a string is int64 size and its bytes
 *     a sequence: int64 count, its items
 *     a map: the tensor of keys, the tensor of values
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/sinter_abi.h"

/* Bytes an element takes, by its ONNX number. */
static const int kElementBytes[] = {
    0, 4, 1, 1, 2, 2, 4, 8, sizeof(sinter_string), 1, 2, 8, 4, 8, 8, 16, 2, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1};

/* What a task allocates goes when it ends. */
static struct block {
  struct block* next;
}* blocks;
static int64_t live_blocks; /* of the model's */
static jmp_buf task_failed;
static char answer[600];

static void fail(const char* what, const char* subject) {
  snprintf(answer, sizeof(answer), "error %s: `%s`", what, subject);
  longjmp(task_failed, 1);
}

static void* aligned(uint64_t bytes) {
  void* memory = NULL;
  if (posix_memalign(&memory, SINTER_ALIGNMENT, SINTER_ALIGNMENT + (size_t)bytes) != 0) return NULL;
  return memory;
}

/* Zeros, until the end of the task. */
static void* scratch(uint64_t bytes) {
  struct block* block = aligned(bytes);
  if (block == NULL) fail("no memory", "scratch");
  block->next = blocks;
  blocks = block;
  void* memory = (char*)block + SINTER_ALIGNMENT;
  memset(memory, 0, bytes);
  return memory;
}

static void free_scratch(void) {
  while (blocks != NULL) {
    struct block* next = blocks->next;
    free(blocks);
    blocks = next;
  }
}

static void* allocate(void* memory, uint64_t bytes) {
  (void)memory;
  void* block = bytes > (uint64_t)1 << 40 ? NULL : aligned(bytes);
  if (block != NULL) ++live_blocks;
  return block;
}

static void release(void* memory, void* block) {
  (void)memory;
  --live_blocks;
  free(block);
}

static void read_bytes(FILE* file, void* to, size_t bytes) {
  if (bytes > 0 && fread(to, 1, bytes, file) != bytes) fail("ends early", "inputs");
}

static int32_t read_int(FILE* file) {
  int32_t number;
  read_bytes(file, &number, sizeof(number));
  return number;
}

static int64_t read_long(FILE* file) {
  int64_t number;
  read_bytes(file, &number, sizeof(number));
  return number;
}

static int64_t count_of(const sinter_value* tensor) {
  int64_t count = 1;
  for (int i = 0; i < tensor->rank; ++i) count *= tensor->dims[i];
  return count;
}

static void read_tensor(FILE* file, sinter_value* value) {
  const int known = sizeof(kElementBytes) / sizeof(kElementBytes[0]);
  if (value->rank < 0 || value->rank > SINTER_MAX_RANK || value->dtype <= 0 ||
      value->dtype >= known) {
    fail("has a tensor of an impossible type", "inputs");
  }
  read_bytes(file, value->dims, sizeof(int64_t) * value->rank);
  const int64_t count = count_of(value);
  value->data = scratch(count * kElementBytes[value->dtype]);
  if (value->dtype != SINTER_STRING) {
    read_bytes(file, value->data, count * kElementBytes[value->dtype]);
    return;
  }
  sinter_string* strings = value->data;
  for (int64_t i = 0; i < count; ++i) {
    strings[i].size = read_long(file);
    char* text = scratch(strings[i].size);
    read_bytes(file, text, strings[i].size);
    strings[i].data = text;
  }
}

/* Recursion ends: files are the test's own, as deep as types are nested. */
static void read_value(FILE* file, sinter_value* value) {
  value->kind = read_int(file);
  value->dtype = read_int(file);
  value->rank = read_int(file);
  if (value->kind == SINTER_TENSOR) read_tensor(file, value);
  if (value->kind != SINTER_SEQUENCE && value->kind != SINTER_MAP) return;
  value->count = value->kind == SINTER_MAP ? 2 : read_long(file);
  value->items = scratch(sizeof(sinter_value) * value->count);
  for (int64_t i = 0; i < value->count; ++i) read_value(file, &value->items[i]);
}

static void write_tensor(FILE* file, const sinter_value* value) {
  fwrite(value->dims, sizeof(int64_t), value->rank, file);
  const int64_t count = count_of(value);
  if (value->dtype != SINTER_STRING) {
    fwrite(value->data, kElementBytes[value->dtype], count, file);
    return;
  }
  const sinter_string* strings = value->data;
  for (int64_t i = 0; i < count; ++i) {
    fwrite(&strings[i].size, sizeof(int64_t), 1, file);
    fwrite(strings[i].data, 1, strings[i].size, file);
  }
}

static void write_value(FILE* file, const sinter_value* value) {
  const int is_tensor = value->kind == SINTER_TENSOR;
  const int32_t head[] = {value->kind, is_tensor ? value->dtype : 0, is_tensor ? value->rank : 0};
  fwrite(head, sizeof(int32_t), 3, file);
  if (is_tensor) write_tensor(file, value);
  if (value->kind != SINTER_SEQUENCE && value->kind != SINTER_MAP) return;
  if (value->kind == SINTER_SEQUENCE) fwrite(&value->count, sizeof(int64_t), 1, file);
  for (int64_t i = 0; i < value->count; ++i) write_value(file, &value->items[i]);
}

static sinter_value* read_inputs(const char* path, const sinter_model* model) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) fail("can't be opened", path);
  if (read_int(file) != model->num_inputs) fail("wrong number of inputs for", model->name);
  sinter_value* values = scratch(sizeof(sinter_value) * model->num_inputs);
  for (int32_t i = 0; i < model->num_inputs; ++i) read_value(file, &values[i]);
  fclose(file);
  return values;
}

static void write_outputs(const char* path, const sinter_value* values, int32_t count) {
  FILE* file = fopen(path, "wb");
  if (file == NULL) fail("can't be made", path);
  fwrite(&count, sizeof(count), 1, file);
  for (int32_t i = 0; i < count; ++i) write_value(file, &values[i]);
  const int written = !ferror(file);
  if (fclose(file) != 0 || !written) fail("can't be written", path);
}

static void refuse(int32_t status, const char* node, const char* why) {
  snprintf(answer, sizeof(answer), "status %d %s: %s", status, node == NULL ? "" : node,
           why == NULL ? "" : why);
  longjmp(task_failed, 1);
}

/* One kind of model: plan(), then run() on tensors. */
static void run_planned(const sinter_model* model, const sinter_value* inputs, const char* out,
                        int repeat) {
  const int num_inputs = model->num_inputs, num_outputs = model->num_outputs;
  const int64_t** shapes = scratch(sizeof(*shapes) * num_inputs);
  sinter_tensor* tensors = scratch(sizeof(*tensors) * (num_inputs + num_outputs));
  for (int i = 0; i < num_inputs; ++i) {
    const sinter_value_info* info = &model->inputs[i];
    if (inputs[i].kind != SINTER_TENSOR || inputs[i].dtype != info->dtype ||
        inputs[i].rank != info->rank) {
      refuse(SINTER_BAD_VALUE, info->name, "is of another type than the model says");
    }
    tensors[i].data = inputs[i].data;
    tensors[i].dims = shapes[i] = inputs[i].dims;
  }
  sinter_value* outputs = scratch(sizeof(*outputs) * num_outputs);
  int64_t** output_dims = scratch(sizeof(*output_dims) * num_outputs);
  for (int i = 0; i < num_outputs; ++i) output_dims[i] = outputs[i].dims;
  sinter_plan plan = {0, output_dims, -1, -1};
  int32_t status = model->plan(shapes, &plan);
  if (status != SINTER_OK) refuse(status, model->name, "a shape contradicts the model");
  for (int i = 0; i < num_outputs; ++i) {
    outputs[i].kind = SINTER_TENSOR;
    outputs[i].dtype = model->outputs[i].dtype;
    outputs[i].rank = model->outputs[i].rank;
    outputs[i].data = scratch(count_of(&outputs[i]) * kElementBytes[outputs[i].dtype]);
    tensors[num_inputs + i].data = outputs[i].data;
    tensors[num_inputs + i].dims = outputs[i].dims;
  }
  const sinter_context context = {.struct_size = sizeof(context), .num_threads = 1};
  void* arena = scratch(plan.arena_bytes);
  for (int i = 0; i < repeat; ++i) {
    status = model->run(tensors, tensors + num_inputs, arena, &context);
    if (status != SINTER_OK) refuse(status, model->name, "the inputs contradict the model");
  }
  write_outputs(out, outputs, num_outputs);
}

/* The other: run_values(), with memory that has to come back. */
static void run_values(const sinter_model* model, const sinter_value* inputs, const char* out,
                       int repeat) {
  sinter_value* outputs = scratch(sizeof(*outputs) * model->num_outputs);
  sinter_failure failure = {-1, -1, NULL, NULL};
  const sinter_context context = {.struct_size = sizeof(context),
                                  .num_threads = 1,
                                  .allocate = allocate,
                                  .release = release,
                                  .failure = &failure};
  live_blocks = 0;
  for (int i = 0; i < repeat; ++i) {
    const int32_t status = model->run_values(inputs, outputs, &context);
    if (status != SINTER_OK) refuse(status, failure.node, failure.message);
    if (i == repeat - 1) write_outputs(out, outputs, model->num_outputs);
    model->free_values(outputs, model->num_outputs, &context);
    if (live_blocks != 0) fail("it keeps blocks of memory", model->name);
  }
}

static void run_task(void* library, const char* inputs, const char* outputs, int repeat) {
  sinter_model_v1_fn get = (sinter_model_v1_fn)dlsym(library, SINTER_MODEL_SYMBOL);
  if (get == NULL) fail("is no compiled model", inputs);
  const sinter_model* model = get();
  if (model->abi_version != SINTER_ABI_VERSION) fail("has another interface version", model->name);
  const sinter_value* values = read_inputs(inputs, model);
  if (model->plan != NULL) {
    run_planned(model, values, outputs, repeat);
  } else {
    run_values(model, values, outputs, repeat);
  }
}

int main(void) {
  static char line[3 * 4096];
  while (fgets(line, sizeof(line), stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    const char* path = strtok(line, "\t");
    const char* inputs = strtok(NULL, "\t");
    const char* outputs = strtok(NULL, "\t");
    const char* repeat = strtok(NULL, "\t");
    if (outputs == NULL) return fprintf(stderr, "value_runner: not a task\n"), 2;
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    strcpy(answer, "ok");
    if (library == NULL) {
      snprintf(answer, sizeof(answer), "error %s", dlerror());
    } else if (setjmp(task_failed) == 0) {
      run_task(library, inputs, outputs, repeat == NULL ? 1 : atoi(repeat));
    }
    free_scratch();
    if (library != NULL) dlclose(library);
    puts(answer);
    fflush(stdout);
  }
  return 0;
}
