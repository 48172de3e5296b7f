/* Col2Im: blocks put back where they were cut from an image, adding up where they overlap. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/rows.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/tensors.h"

typedef struct folding {
  int32_t rank; /* of the image, without batch and channel */
  sinter_ints image;
  sinter_ints block;
  int64_t strides[SINTER_MAX_RANK];
  int64_t dilations[SINTER_MAX_RANK];
  int64_t pads[SINTER_MAX_RANK];   /* before each dimension */
  int64_t counts[SINTER_MAX_RANK]; /* of blocks along each dimension */
  int64_t elements;                /* of an image */
  int64_t offsets;                 /* of a block */
  int64_t blocks;
} folding;

static int32_t read_each(const sinter_op_call* call, const char* name, int32_t rank,
                         int64_t otherwise, int64_t* values) {
  const sinter_attr* attr = sinter_find_attr(call, name);
  if (attr != 0 && attr->count < rank) SINTER_FAIL(SINTER_BAD_VALUE, "too short an attribute");
  for (int32_t i = 0; i < rank; ++i) values[i] = attr != 0 ? attr->ints[i] : otherwise;
  return SINTER_OK;
}

/* How many blocks fit along each dimension, and all the products. */
static int32_t count_blocks(const sinter_op_call* call, folding* f) {
  const sinter_attr* pads = sinter_find_attr(call, "pads");
  f->elements = f->offsets = f->blocks = 1;
  for (int32_t i = 0; i < f->rank; ++i) {
    const int64_t size = f->image.values[i], block = f->block.values[i], limit = (int64_t)1 << 30;
    const int64_t after = pads != 0 && pads->count >= 2 * f->rank ? pads->ints[f->rank + i] : 0;
    if (size < 0 || block < 1 || f->strides[i] < 1 || f->dilations[i] < 1 || f->pads[i] < 0 ||
        after < 0 || size > limit || block > limit || f->dilations[i] > limit ||
        f->pads[i] > limit || after > limit) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a size, stride or pad is out of range");
    }
    const int64_t room = size + f->pads[i] + after - f->dilations[i] * (block - 1) - 1;
    f->counts[i] = room < 0 ? 0 : room / f->strides[i] + 1;
    if (__builtin_mul_overflow(f->elements, size, &f->elements) ||
        __builtin_mul_overflow(f->offsets, block, &f->offsets) ||
        __builtin_mul_overflow(f->blocks, f->counts[i], &f->blocks)) {
      SINTER_FAIL(SINTER_NO_MEMORY, "a tensor would be larger than memory can be");
    }
  }
  return SINTER_OK;
}

static int32_t read_folding(const sinter_op_call* call, folding* f) {
  SINTER_TRY(sinter_int_list(call, 1, 0, &f->image));
  SINTER_TRY(sinter_int_list(call, 2, 0, &f->block));
  if (f->image.count != f->block.count || f->image.count > SINTER_MAX_RANK - 2) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the image and its blocks have not as many dimensions");
  }
  f->rank = (int32_t)f->image.count;
  SINTER_TRY(read_each(call, "strides", f->rank, 1, f->strides));
  SINTER_TRY(read_each(call, "dilations", f->rank, 1, f->dilations));
  SINTER_TRY(read_each(call, "pads", f->rank, 0, f->pads));
  return count_blocks(call, f);
}

/* Where in the image block `block` has its element `offset`; -1: in the padding. */
static int64_t place_of(const folding* f, int64_t block, int64_t offset) {
  int64_t place = 0, stride = 1;
  for (int32_t i = f->rank - 1; i >= 0; --i) {
    const int64_t at = block % f->counts[i] * f->strides[i] - f->pads[i] +
                       offset % f->block.values[i] * f->dilations[i];
    if (at < 0 || at >= f->image.values[i]) return -1;
    place += at * stride;
    stride *= f->image.values[i];
    block /= f->counts[i];
    offset /= f->block.values[i];
  }
  return place;
}

/* One image, summed in `sums`: doubles, or integers for integer types. */
static void fold_image(const folding* f, const sinter_value* data, int64_t first, int is_float,
                       uint64_t* sums) {
  memset(sums, 0, (size_t)f->elements * sizeof(*sums));
  for (int64_t offset = 0; offset < f->offsets; ++offset) {
    for (int64_t block = 0; block < f->blocks; ++block) {
      const int64_t place = place_of(f, block, offset);
      if (place < 0) continue;
      const int64_t from = first + offset * f->blocks + block;
      if (is_float) {
        ((double*)sums)[place] += sinter_number_at(data, from);
      } else {
        sums[place] += (uint64_t)sinter_int_at(data, from);
      }
    }
  }
}

SINTER_OP(Col2Im) {
  const sinter_value* data = call->inputs[0];
  folding f;
  SINTER_TRY(read_folding(call, &f));
  SINTER_TRY(sinter_need_numbers(call, data));
  if (data->rank != 3 || data->dims[1] % f.offsets != 0 || data->dims[2] != f.blocks) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the data has not the size that image and blocks ask for");
  }
  int64_t dims[SINTER_MAX_RANK] = {data->dims[0], data->dims[1] / f.offsets};
  for (int32_t i = 0; i < f.rank; ++i) dims[2 + i] = f.image.values[i];
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, data->dtype, 2 + f.rank, dims));
  if (out->data == 0) return SINTER_OK;
  uint64_t* sums = sinter_allocate(call->context, (uint64_t)f.elements * sizeof(uint64_t));
  if (sums == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  const int is_float = sinter_is_float(data->dtype);
  for (int64_t image = 0; image < dims[0] * dims[1]; ++image) {
    fold_image(&f, data, image * f.offsets * f.blocks, is_float, sums);
    for (int64_t i = 0; i < f.elements; ++i) {
      const int64_t to = image * f.elements + i;
      if (is_float) {
        sinter_set_number(out, to, ((const double*)sums)[i]);
      } else {
        sinter_set_int(out, to, (int64_t)sums[i]);
      }
    }
  }
  sinter_free(call->context, sums);
  return SINTER_OK;
}
