#include "compiler_core/library/resize_plan.h"

#include "compiler_core/library/math.h"
#include "compiler_core/library/tensors.h"

typedef struct choice {
  const char* name;
  int value;
} choice;

/* The attribute's value among `choices`, the first of which is its default. */
static int32_t choose(const sinter_op_call* call, const char* name, const choice* choices,
                      int count, int* value) {
  for (int i = 0; i < count; ++i) {
    if (sinter_attr_is(call, name, choices[i].name, choices[0].name)) {
      *value = choices[i].value;
      return SINTER_OK;
    }
  }
  SINTER_FAIL(SINTER_NOT_SUPPORTED, "a mode of resizing that is not known");
}

static int32_t read_modes(const sinter_op_call* call, int is_resize, sinter_resize_plan* plan) {
  const choice modes[] = {
      {"nearest", kNearest}, {"linear", kLinear}, {"bilinear", kLinear}, {"cubic", kCubic}};
  const choice coordinates[] = {{"half_pixel", kHalfPixel},
                                {"half_pixel_symmetric", kHalfPixelSymmetric},
                                {"pytorch_half_pixel", kPytorchHalfPixel},
                                {"align_corners", kAlignCorners},
                                {"asymmetric", kAsymmetric},
                                {"tf_crop_and_resize", kCropAndResize}};
  const choice nearest[] = {{"round_prefer_floor", kPreferFloor},
                            {"round_prefer_ceil", kPreferCeil},
                            {"floor", kFloor},
                            {"ceil", kCeil}};
  int mode, coordinate = kAsymmetric, rounding = kFloor;
  SINTER_TRY(choose(call, "mode", modes, 4, &mode));
  if (is_resize && call->version >= 11) {
    SINTER_TRY(choose(call, "coordinate_transformation_mode", coordinates, 6, &coordinate));
    SINTER_TRY(choose(call, "nearest_mode", nearest, 4, &rounding));
  }
  plan->mode = (sinter_resize_mode)mode;
  plan->coordinates = (sinter_coordinates)coordinate;
  plan->nearest = (sinter_nearest)rounding;
  plan->antialias = sinter_attr_int(call, "antialias", 0) != 0;
  plan->exclude_outside = sinter_attr_int(call, "exclude_outside", 0) != 0;
  plan->cubic_a = sinter_attr_float(call, "cubic_coeff_a", -0.75f);
  plan->extrapolation = sinter_attr_float(call, "extrapolation_value", 0);
  return SINTER_OK;
}

/* An input that is given and not empty. */
static const sinter_value* given(const sinter_op_call* call, int32_t i) {
  const sinter_value* input = sinter_input(call, i);
  return input != 0 && sinter_num_elements(input) > 0 ? input : 0;
}

static int32_t set_scale(const sinter_op_call* call, sinter_resize_axis* axis, double scale) {
  const double width = (double)axis->in * scale;
  if (!(scale > 0) || !(width < 0x1p60)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a scale is not positive, or too large");
  }
  axis->scale = scale;
  axis->width = width;
  axis->out = (int64_t)width;
  return SINTER_OK;
}

static int32_t set_size(const sinter_op_call* call, sinter_resize_axis* axis, int64_t size) {
  if (size < 0 || (size > 0 && axis->in == 0)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a size is negative, or of a dimension without elements");
  }
  axis->out = size;
  axis->width = (double)size;
  axis->scale = axis->in > 0 ? (double)size / (double)axis->in : 1;
  return SINTER_OK;
}

/* All axes by one scale, the least or greatest that the sizes ask for. */
static int32_t keep_aspect_ratio(const sinter_op_call* call, sinter_resize_plan* plan,
                                 const sinter_ints* axes) {
  if (sinter_attr_is(call, "keep_aspect_ratio_policy", "stretch", "stretch")) return SINTER_OK;
  const int not_larger = sinter_attr_is(call, "keep_aspect_ratio_policy", "not_larger", "");
  if (!not_larger && !sinter_attr_is(call, "keep_aspect_ratio_policy", "not_smaller", "")) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a policy for the aspect ratio that is not known");
  }
  double common = 0;
  for (int64_t i = 0; i < axes->count; ++i) {
    const double scale = plan->axes[axes->values[i]].scale;
    const int better = not_larger ? scale < common : scale > common;
    if (i == 0 || better) common = scale;
  }
  for (int64_t i = 0; i < axes->count; ++i) {
    sinter_resize_axis* axis = &plan->axes[axes->values[i]];
    SINTER_TRY(set_scale(call, axis, common));
    axis->out = (int64_t)sinter_floor(axis->width + 0.5);
  }
  return SINTER_OK;
}

static int32_t read_axes(const sinter_op_call* call, sinter_ints* axes) {
  const int64_t rank = call->inputs[0]->rank;
  SINTER_TRY(sinter_int_list(call, -1, "axes", axes));
  if (!axes->present) {
    axes->count = rank;
    for (int64_t i = 0; i < rank; ++i) axes->values[i] = i;
  }
  uint64_t mask;
  SINTER_TRY(sinter_axis_mask(call, axes, rank, &mask));
  for (int64_t i = 0; i < axes->count; ++i) {
    if (axes->values[i] < 0) axes->values[i] += rank;
  }
  return SINTER_OK;
}

/* Scales of version 1 of Upsample, of an input, or of an attribute. */
static int32_t read_scales(const sinter_op_call* call, sinter_resize_plan* plan,
                           const sinter_ints* axes, int32_t input) {
  const sinter_value* scales = input >= 0 ? given(call, input) : 0;
  const sinter_attr* attr = sinter_find_attr(call, "scales");
  const sinter_value* data = call->inputs[0];
  if (scales == 0 && attr == 0 && data->rank == 4 && sinter_find_attr(call, "height_scale") != 0) {
    SINTER_TRY(set_scale(call, &plan->axes[2], sinter_attr_float(call, "height_scale", 1)));
    return set_scale(call, &plan->axes[3], sinter_attr_float(call, "width_scale", 1));
  }
  const int64_t count = scales != 0 ? sinter_num_elements(scales) : attr != 0 ? attr->count : 0;
  if (count != axes->count) SINTER_FAIL(SINTER_BAD_VALUE, "not one scale for each axis");
  for (int64_t i = 0; i < count; ++i) {
    const double scale = scales != 0 ? sinter_number_at(scales, i) : (double)attr->floats[i];
    SINTER_TRY(set_scale(call, &plan->axes[axes->values[i]], scale));
  }
  return SINTER_OK;
}

static int32_t read_sizes(const sinter_op_call* call, sinter_resize_plan* plan,
                          const sinter_ints* axes, const sinter_value* sizes) {
  if (sinter_num_elements(sizes) != axes->count) {
    SINTER_FAIL(SINTER_BAD_VALUE, "not one size for each axis");
  }
  for (int64_t i = 0; i < axes->count; ++i) {
    SINTER_TRY(set_size(call, &plan->axes[axes->values[i]], sinter_int_at(sizes, i)));
  }
  return keep_aspect_ratio(call, plan, axes);
}

static int32_t read_roi(const sinter_op_call* call, sinter_resize_plan* plan,
                        const sinter_ints* axes) {
  if (plan->coordinates != kCropAndResize) return SINTER_OK;
  const sinter_value* roi = given(call, 1);
  if (roi == 0 || sinter_num_elements(roi) != 2 * axes->count) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the region of interest has not two ends for each axis");
  }
  for (int64_t i = 0; i < axes->count; ++i) {
    sinter_resize_axis* axis = &plan->axes[axes->values[i]];
    axis->roi_start = sinter_number_at(roi, i);
    axis->roi_end = sinter_number_at(roi, axes->count + i);
    if (!(sinter_abs(axis->roi_start) < 0x1p40) || !(sinter_abs(axis->roi_end) < 0x1p40)) {
      SINTER_FAIL(SINTER_BAD_VALUE, "the region of interest has an end that is no number");
    }
  }
  return SINTER_OK;
}

int32_t sinter_read_resize_plan(const sinter_op_call* call, int is_resize,
                                sinter_resize_plan* plan) {
  const sinter_value* data = call->inputs[0];
  SINTER_TRY(read_modes(call, is_resize, plan));
  for (int32_t i = 0; i < data->rank; ++i) {
    const int64_t size = data->dims[i];
    plan->axes[i] = (sinter_resize_axis){size, size, 1, (double)size, 0, 1, 0};
  }
  sinter_ints axes;
  SINTER_TRY(read_axes(call, &axes));
  const int modern = is_resize && call->version >= 11;
  const sinter_value* sizes = modern ? given(call, 3) : 0;
  if (sizes != 0) {
    SINTER_TRY(read_sizes(call, plan, &axes, sizes));
  } else {
    SINTER_TRY(read_scales(call, plan, &axes, modern ? 2 : 1));
  }
  SINTER_TRY(read_roi(call, plan, &axes));
  for (int32_t i = 0; i < data->rank; ++i) {
    sinter_resize_axis* axis = &plan->axes[i];
    axis->same =
        axis->in == axis->out && axis->scale == 1 && axis->roi_start == 0 && axis->roi_end == 1;
  }
  return SINTER_OK;
}

double sinter_source_coordinate(const sinter_resize_plan* plan, const sinter_resize_axis* axis,
                                int64_t i) {
  const double x = (double)i, last = (double)axis->in - 1;
  const double half_pixel = (x + 0.5) / axis->scale - 0.5;
  switch (plan->coordinates) {
    case kAsymmetric:
      return x / axis->scale;
    case kAlignCorners:
      return axis->width == 1 ? 0 : x * last / (axis->width - 1);
    case kPytorchHalfPixel:
      return axis->width == 1 ? -0.5 : half_pixel;
    case kHalfPixelSymmetric: {
      const double adjustment = (double)axis->out / axis->width;
      return (double)axis->in / 2 * (1 - adjustment) + half_pixel;
    }
    case kCropAndResize: {
      const double extent = axis->roi_end - axis->roi_start;
      const double inside =
          axis->width == 1 ? extent * last / 2 : x * extent * last / (axis->width - 1);
      return inside + axis->roi_start * last;
    }
    default:
      return half_pixel;
  }
}

int sinter_is_extrapolated(const sinter_resize_plan* plan, const sinter_resize_axis* axis,
                           double coordinate) {
  return plan->coordinates == kCropAndResize && !axis->same &&
         (coordinate < 0 || coordinate > (double)axis->in - 1);
}
