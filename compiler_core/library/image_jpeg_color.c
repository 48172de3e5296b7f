/* Samples to pixels: chroma that was sampled at half the resolution is interpolated, the centers
 * of pixels lying at 1/4 and 3/4 between those of samples, and rounded alternately down and up. */
#include "compiler_core/library/image_jpeg.h"

static const uint8_t* sample_row(const sinter_jpeg_component* c, int64_t y) {
  const int64_t last = c->height - 1;
  return c->samples + (y < 0 ? 0 : y > last ? last : y) * c->stride;
}

/* A row of twice the samples; `in` has them times `weight`, 1 or 4. */
static void widen(const int32_t* in, int64_t count, int weight, int round_left, int round_right,
                  uint8_t* out, int64_t width) {
  const int shift = weight == 1 ? 2 : 4;
  for (int64_t i = 0; i < count; ++i) {
    const int32_t left = in[i > 0 ? i - 1 : i], right = in[i + 1 < count ? i + 1 : i];
    const int64_t at = 2 * i;
    out[at] = (uint8_t)((3 * in[i] + left + round_left) >> shift);
    if (at + 1 < width) out[at + 1] = (uint8_t)((3 * in[i] + right + round_right) >> shift);
  }
}

/* One row of a component, at the image's resolution. */
static void put_row(const sinter_jpeg* jpeg, const sinter_jpeg_component* c, int64_t y,
                    int32_t* wide, uint8_t* out) {
  const int across = jpeg->most_across / c->across, down = jpeg->most_down / c->down;
  const uint8_t* row = sample_row(c, y / down);
  /* The row that is nearer to this half of the samples' row. */
  const uint8_t* near = sample_row(c, y / 2 + (y % 2 == 0 ? -1 : 1));
  const int smooth = c->width > 2;
  if (across == 2 && down == 1 && smooth) {
    for (int64_t i = 0; i < c->width; ++i) wide[i] = row[i];
    widen(wide, c->width, 1, 1, 2, out, jpeg->width);
  } else if (across == 2 && down == 2 && smooth) {
    for (int64_t i = 0; i < c->width; ++i) wide[i] = 3 * row[i] + near[i];
    widen(wide, c->width, 4, 8, 7, out, jpeg->width);
  } else if (across == 1 && down == 2) {
    const int round = y % 2 == 0 ? 1 : 2;
    for (int64_t i = 0; i < jpeg->width; ++i)
      out[i] = (uint8_t)((3 * row[i] + near[i] + round) >> 2);
  } else {
    for (int64_t i = 0; i < jpeg->width; ++i) out[i] = row[i / across];
  }
}

static uint8_t clamp(int32_t number) {
  return number < 0 ? 0 : number > 255 ? 255 : (uint8_t)number;
}

/* Luminance and two differences, with constants of 16 bits. */
static void put_color(int32_t y, int32_t blue, int32_t red, uint8_t* to) {
  blue -= 128;
  red -= 128;
  to[0] = clamp(y + ((91881 * red + 32768) >> 16));
  to[1] = clamp(y + ((-22554 * blue - 46802 * red + 32768) >> 16));
  to[2] = clamp(y + ((116130 * blue + 32768) >> 16));
}

static int has_differences(const sinter_jpeg* jpeg) {
  if (jpeg->adobe >= 0) return jpeg->adobe != 0;
  const sinter_jpeg_component* c = jpeg->components;
  return jpeg->is_jfif || !(c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B');
}

void sinter_put_jpeg_pixels(const sinter_jpeg* jpeg, const sinter_image* image, uint8_t* room) {
  const int64_t width = jpeg->width;
  int32_t* wide = (int32_t*)room;
  uint8_t* row = room + width * (int64_t)sizeof(int32_t);
  const int differences = has_differences(jpeg);
  uint8_t* to = image->pixels;
  for (int64_t y = 0; y < jpeg->height; ++y) {
    for (int32_t i = 0; i < jpeg->num_components; ++i) {
      put_row(jpeg, &jpeg->components[i], y, wide, row + i * width);
    }
    for (int64_t x = 0; x < width; ++x, to += image->channels) {
      if (image->channels == 1) {
        to[0] = row[x];
      } else if (differences) {
        put_color(row[x], row[width + x], row[2 * width + x], to);
      } else {
        for (int c = 0; c < 3; ++c) to[c] = row[c * width + x];
      }
    }
  }
}
