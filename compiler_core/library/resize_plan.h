/* What Resize and Upsample are asked for, from all the forms that their versions have. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_RESIZE_PLAN_H_
#define SINTER_COMPILER_CORE_LIBRARY_RESIZE_PLAN_H_

#include "compiler_core/library/library.h"

typedef enum sinter_resize_mode { kNearest, kLinear, kCubic } sinter_resize_mode;

typedef enum sinter_coordinates {
  kHalfPixel,
  kHalfPixelSymmetric,
  kPytorchHalfPixel,
  kAlignCorners,
  kAsymmetric,
  kCropAndResize,
} sinter_coordinates;

typedef enum sinter_nearest { kPreferFloor, kPreferCeil, kFloor, kCeil } sinter_nearest;

typedef struct sinter_resize_axis {
  int64_t in;
  int64_t out;
  double scale;
  double width; /* in * scale: `out` before it was made whole */
  double roi_start;
  double roi_end;
  int same; /* every element stays where it is */
} sinter_resize_axis;

typedef struct sinter_resize_plan {
  sinter_resize_mode mode;
  sinter_coordinates coordinates;
  sinter_nearest nearest;
  int antialias;
  int exclude_outside;
  double cubic_a;
  double extrapolation;
  sinter_resize_axis axes[SINTER_MAX_RANK]; /* of every dimension */
} sinter_resize_plan;

/* Of Resize, or else of Upsample. ERRORS: SINTER_BAD_VALUE, SINTER_NOT_SUPPORTED for modes that
 * ONNX does not have. */
SINTER_HIDDEN int32_t sinter_read_resize_plan(const sinter_op_call* call, int is_resize,
                                              sinter_resize_plan* plan);
/* The source's coordinate that element i of the result along an axis stands for. */
SINTER_HIDDEN double sinter_source_coordinate(const sinter_resize_plan* plan,
                                              const sinter_resize_axis* axis, int64_t i);
/* Whether such a coordinate gets the extrapolation's value. */
SINTER_HIDDEN int sinter_is_extrapolated(const sinter_resize_plan* plan,
                                         const sinter_resize_axis* axis, double coordinate);

#endif /* SINTER_COMPILER_CORE_LIBRARY_RESIZE_PLAN_H_ */
