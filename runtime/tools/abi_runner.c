/* Runs a compiled model once: the smallest host there can be.
 *
 *   abi_runner MODEL.so OUT_DIR [INPUT.npy ...]
 *
 * Inputs come in the model's order; output number I is written to OUT_DIR/output_I.npy. Plain C
 * with nothing but libc, so that it is cross-compiled in a second and tests a model of another
 * architecture under qemu-user. Everything runs in one thread.
 *
 * Reads .npy of version 1 or 2, little-endian and row-major; element types that .npy lacks come and
 * go as unsigned integers of their size. Exits with 0, or 1 and a line on stderr.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/sinter_abi.h"

enum { kMaxRank = 64, kMaxHeader = 1 << 16 };

/* How .npy calls the element types, by their ONNX number; null for those no tensor here has. */
static const char* const kNpyTypes[] = {
    NULL,  "<f4", "|u1", "|i1", "<u2", "<i2",  "<i4", "<i8", NULL,  "|b1",
    "<f2", "<f8", "<u4", "<u8", "<c8", "<c16", "<u2", "|u1", "|u1", "|u1",
    "|u1", "|u1", "|u1", "|u1", "|u1", "|u1",  "|u1", "|u1", "|u1",
};

static void fail(const char* what, const char* subject) {
  fprintf(stderr, "abi_runner: %s: `%s`\n", what, subject);
  exit(1);
}

static const char* npy_type(const sinter_value_info* value) {
  const int known = sizeof(kNpyTypes) / sizeof(kNpyTypes[0]);
  if (value->dtype < 0 || value->dtype >= known || kNpyTypes[value->dtype] == NULL) {
    fail("its element type is not supported", value->name);
  }
  return kNpyTypes[value->dtype];
}

static size_t byte_size(const sinter_value_info* value, const int64_t* dims) {
  size_t bytes = (size_t)atoi(npy_type(value) + 2);
  for (int i = 0; i < value->rank; ++i) {
    if (dims[i] < 0 || __builtin_mul_overflow(bytes, (size_t)dims[i], &bytes)) {
      fail("its shape is impossible", value->name);
    }
  }
  return bytes;
}

static void* aligned(size_t bytes) {
  void* block = NULL;
  if (posix_memalign(&block, SINTER_ALIGNMENT, bytes > 0 ? bytes : 1) != 0) {
    fail("no memory", "malloc");
  }
  return block;
}

/* Reads the header's text. */
static void read_header(FILE* file, const char* path, char* text) {
  unsigned char head[12];
  if (fread(head, 1, 10, file) != 10 || memcmp(head, "\x93NUMPY", 6) != 0) {
    fail("is no .npy file", path);
  }
  size_t length = head[8] | head[9] << 8;
  if (head[6] != 1) {
    if (fread(head + 10, 1, 2, file) != 2) fail("ends in its header", path);
    length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
  }
  if (length >= kMaxHeader) fail("has too long a header", path);
  if (fread(text, 1, length, file) != length) fail("ends in its header", path);
  text[length] = '\0';
}

/* Reads the dimensions after `'shape': (`. */
static void read_shape(const char* text, const char* path, int rank, int64_t* dims) {
  const char* at = strstr(text, "'shape':");
  at = at != NULL ? strchr(at, '(') : NULL;
  if (at == NULL) fail("has no shape", path);
  ++at;
  for (int i = 0; i < rank; ++i) {
    char* end;
    dims[i] = strtoll(at, &end, 10);
    if (end == at || dims[i] < 0) fail("has another rank than the model's input", path);
    at = end + strspn(end, ", ");
  }
  if (*at != ')') fail("has another rank than the model's input", path);
}

static void* read_npy(const char* path, const sinter_value_info* value, int64_t* dims) {
  static char text[kMaxHeader];
  FILE* file = fopen(path, "rb");
  if (file == NULL) fail("can't be opened", path);
  read_header(file, path, text);
  char type[16];
  snprintf(type, sizeof(type), "'%s'", npy_type(value));
  if (strstr(text, type) == NULL) fail("has another element type than the model's input", path);
  if (strstr(text, "False") == NULL) fail("is not in row-major order", path);
  read_shape(text, path, value->rank, dims);
  const size_t bytes = byte_size(value, dims);
  void* data = aligned(bytes);
  if (fread(data, 1, bytes, file) != bytes || fgetc(file) != EOF) {
    fail("has another size than its shape says", path);
  }
  fclose(file);
  return data;
}

static void write_npy(const char* path, const sinter_value_info* value, const int64_t* dims,
                      const void* data) {
  char text[32 * kMaxRank + 128];
  int used = snprintf(text, sizeof(text), "{'descr': '%s', 'fortran_order': False, 'shape': (",
                      npy_type(value));
  for (int i = 0; i < value->rank; ++i) {
    const char* separator = value->rank == 1 ? "," : i + 1 < value->rank ? ", " : "";
    used += snprintf(text + used, sizeof(text) - used, "%lld%s", (long long)dims[i], separator);
  }
  used += snprintf(text + used, sizeof(text) - used, "), }");
  while ((10 + used + 1) % 64 != 0) text[used++] = ' ';
  text[used++] = '\n';
  const unsigned char head[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, used & 0xff, used >> 8};
  const size_t bytes = byte_size(value, dims);
  FILE* file = fopen(path, "wb");
  if (file == NULL) fail("can't be made", path);
  const int ok = fwrite(head, 1, 10, file) == 10 && fwrite(text, 1, used, file) == (size_t)used &&
                 fwrite(data, 1, bytes, file) == bytes;
  if (fclose(file) != 0 || !ok) fail("can't be written", path);
}

static const sinter_model* load(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) fail("can't be loaded", dlerror());
  sinter_model_v1_fn get = (sinter_model_v1_fn)dlsym(library, SINTER_MODEL_SYMBOL);
  if (get == NULL) fail("is no compiled model", path);
  const sinter_model* model = get();
  if (model->abi_version != SINTER_ABI_VERSION) fail("has another interface version", path);
  if (model->plan == NULL) fail("can't be planned, so this program does not run it", path);
  return model;
}

typedef struct {
  const sinter_model* model;
  int64_t (*in_dims)[kMaxRank];
  int64_t (*out_dims)[kMaxRank];
  const int64_t** in_shapes;
  int64_t** out_shapes;
  sinter_tensor* inputs;
  sinter_tensor* outputs;
} session;

static void* zeroed(int count, size_t each) {
  void* block = calloc((size_t)count + 1, each);
  if (block == NULL) fail("no memory", "calloc");
  return block;
}

static session make_session(const sinter_model* model) {
  session s;
  s.model = model;
  s.in_dims = zeroed(model->num_inputs, sizeof(*s.in_dims));
  s.out_dims = zeroed(model->num_outputs, sizeof(*s.out_dims));
  s.in_shapes = zeroed(model->num_inputs, sizeof(*s.in_shapes));
  s.out_shapes = zeroed(model->num_outputs, sizeof(*s.out_shapes));
  s.inputs = zeroed(model->num_inputs, sizeof(*s.inputs));
  s.outputs = zeroed(model->num_outputs, sizeof(*s.outputs));
  for (int i = 0; i < model->num_outputs; ++i) s.out_shapes[i] = s.out_dims[i];
  return s;
}

static void read_inputs(session* s, char** paths) {
  for (int i = 0; i < s->model->num_inputs; ++i) {
    const sinter_value_info* info = &s->model->inputs[i];
    s->inputs[i].data = read_npy(paths[i], info, s->in_dims[i]);
    s->inputs[i].dims = s->in_shapes[i] = s->in_dims[i];
    for (int d = 0; d < info->rank; ++d) {
      if (info->dims[d] != SINTER_DYNAMIC && info->dims[d] != s->in_dims[i][d]) {
        fail("does not have the shape that the model takes", paths[i]);
      }
    }
  }
}

static void compute(session* s, char** paths) {
  sinter_plan plan = {0, s->out_shapes, -1, -1};
  if (s->model->plan(s->in_shapes, &plan) != SINTER_OK) {
    fail("its shape contradicts the model",
         plan.bad_input >= 0 ? paths[plan.bad_input] : s->model->name);
  }
  for (int i = 0; i < s->model->num_outputs; ++i) {
    s->outputs[i].data = aligned(byte_size(&s->model->outputs[i], s->out_dims[i]));
    s->outputs[i].dims = s->out_dims[i];
  }
  const sinter_context context = {sizeof(context), 1, NULL, NULL, NULL, NULL};
  if (s->model->run(s->inputs, s->outputs, aligned(plan.arena_bytes), &context) != SINTER_OK) {
    fail("the inputs' values contradict the model", s->model->name);
  }
}

static void write_outputs(const session* s, const char* folder) {
  for (int i = 0; i < s->model->num_outputs; ++i) {
    char path[4096];
    snprintf(path, sizeof(path), "%s/output_%d.npy", folder, i);
    write_npy(path, &s->model->outputs[i], s->out_dims[i], s->outputs[i].data);
  }
}

int main(int argc, char** argv) {
  if (argc < 3) fail("usage", "abi_runner MODEL.so OUT_DIR [INPUT.npy ...]");
  const sinter_model* model = load(argv[1]);
  if (argc - 3 != model->num_inputs) fail("wrong number of inputs for", model->name);
  session s = make_session(model);
  read_inputs(&s, argv + 3);
  compute(&s, argv + 3);
  write_outputs(&s, argv[2]);
  return 0;
}
