/* NonMaxSuppression, in the float arithmetic that its authors had in mind. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/rows.h"
#include "compiler_core/library/tensors.h"

typedef struct rectangle {
  float x0, y0, x1, y1; /* x0 <= x1, y0 <= y1 where the sizes are not negative */
} rectangle;

static rectangle read_box(const float* box, int centered) {
  if (centered) {
    const float half_width = box[2] / 2, half_height = box[3] / 2;
    return (rectangle){box[0] - half_width, box[1] - half_height, box[0] + half_width,
                       box[1] + half_height};
  }
  const int swap_y = box[0] > box[2], swap_x = box[1] > box[3];
  return (rectangle){box[swap_x ? 3 : 1], box[swap_y ? 2 : 0], box[swap_x ? 1 : 3],
                     box[swap_y ? 0 : 2]};
}

static float least(float a, float b) { return a < b ? a : b; }
static float greatest(float a, float b) { return a > b ? a : b; }

/* Whether the boxes' intersection is more than `threshold` of their union. */
static int overlap(rectangle a, rectangle b, float threshold) {
  const float width = least(a.x1, b.x1) - greatest(a.x0, b.x0);
  const float height = least(a.y1, b.y1) - greatest(a.y0, b.y0);
  if (!(width > 0) || !(height > 0)) return 0;
  const float shared = width * height;
  const float area_a = (a.x1 - a.x0) * (a.y1 - a.y0), area_b = (b.x1 - b.x0) * (b.y1 - b.y0);
  const float all = area_a + area_b - shared;
  return area_a > 0 && area_b > 0 && all > 0 && shared / all > threshold;
}

static int score_before(const void* items, int64_t a, int64_t b) {
  const float* scores = items;
  return scores[a] > scores[b];
}

typedef struct settings {
  int64_t most; /* boxes a class */
  float overlap;
  const float* score; /* null: any */
  int centered;
} settings;

/* The boxes of one class, best first. RETURNS: how many are at the start of `chosen`. */
static int64_t choose(const settings* set, const float* boxes, const float* scores, int64_t count,
                      int64_t* chosen, int64_t* scratch) {
  int64_t candidates = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (set->score == 0 || scores[i] > *set->score) chosen[candidates++] = i;
  }
  sinter_sort(chosen, scratch, candidates, score_before, scores);
  int64_t kept = 0;
  for (int64_t i = 0; i < candidates && kept < set->most; ++i) {
    const rectangle box = read_box(boxes + 4 * chosen[i], set->centered);
    int suppressed = 0;
    for (int64_t k = 0; k < kept && !suppressed; ++k) {
      suppressed = overlap(box, read_box(boxes + 4 * chosen[k], set->centered), set->overlap);
    }
    /* Those kept so far are before place i. */
    if (!suppressed) chosen[kept++] = chosen[i];
  }
  return kept;
}

/* One pass counts, the other one writes. */
static int64_t run_classes(const sinter_op_call* call, const settings* set, int64_t* work,
                           int64_t* rows) {
  const sinter_value* boxes = call->inputs[0];
  const sinter_value* scores = call->inputs[1];
  const int64_t classes = scores->dims[1], count = boxes->dims[1];
  int64_t total = 0;
  for (int64_t batch = 0; batch < boxes->dims[0]; ++batch) {
    for (int64_t c = 0; c < classes; ++c) {
      const float* batch_boxes = (const float*)boxes->data + batch * count * 4;
      const float* class_scores = (const float*)scores->data + (batch * classes + c) * count;
      const int64_t kept = choose(set, batch_boxes, class_scores, count, work, work + count);
      for (int64_t i = 0; i < kept && rows != 0; ++i) {
        rows[3 * (total + i)] = batch;
        rows[3 * (total + i) + 1] = c;
        rows[3 * (total + i) + 2] = work[i];
      }
      total += kept;
    }
  }
  return total;
}

SINTER_OP(NonMaxSuppression) {
  const sinter_value* boxes = call->inputs[0];
  const sinter_value* scores = call->inputs[1];
  if (boxes->rank != 3 || scores->rank != 3 || boxes->dims[2] != 4 ||
      boxes->dims[0] != scores->dims[0] || boxes->dims[1] != scores->dims[2]) {
    SINTER_FAIL(SINTER_BAD_VALUE, "the shapes of boxes and scores do not match");
  }
  if (boxes->dtype != SINTER_F32 || scores->dtype != SINTER_F32) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "boxes or scores of another type than float");
  }
  const sinter_value* iou = sinter_input(call, 3);
  const sinter_value* score = sinter_input(call, 4);
  const int has_iou = iou != 0 && sinter_num_elements(iou) > 0;
  const int has_score = score != 0 && sinter_num_elements(score) > 0;
  const settings set = {sinter_int_or(call, 2, 0, 0), has_iou ? *(const float*)iou->data : 0,
                        has_score ? score->data : 0,
                        sinter_attr_int(call, "center_point_box", 0) != 0};
  const uint64_t count = (uint64_t)boxes->dims[1];
  int64_t* work = sinter_allocate(call->context, 2 * count * sizeof(int64_t));
  if (work == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  sinter_value* out = call->outputs[0];
  const int64_t dims[2] = {count == 0 ? 0 : run_classes(call, &set, work, 0), 3};
  const int32_t status = sinter_make_tensor(call, out, SINTER_I64, 2, dims);
  if (status == SINTER_OK && dims[0] > 0) run_classes(call, &set, work, out->data);
  sinter_free(call->context, work);
  return status;
}
