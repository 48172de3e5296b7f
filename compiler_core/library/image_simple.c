/* Images that are hardly compressed or not at all: BMP, PNM and TIFF. */
#include "compiler_core/library/image.h"

static int64_t little(const uint8_t* at, int bytes) {
  int64_t number = 0;
  for (int i = bytes - 1; i >= 0; --i) number = number << 8 | at[i];
  return number;
}

/* --- BMP --- */

typedef struct bitmap {
  int64_t width;
  int64_t height; /* negative: the first row is the top one */
  int64_t bits;
  int64_t pixels; /* offset */
  int64_t palette;
} bitmap;

static int32_t read_bitmap(const sinter_op_call* call, sinter_bytes bytes, bitmap* b) {
  if (bytes.size < 54) SINTER_FAIL(SINTER_BAD_VALUE, "a BMP image is cut off");
  const int64_t header = little(bytes.data + 14, 4);
  if (header < 40) SINTER_FAIL(SINTER_NOT_SUPPORTED, "a BMP image of an old version");
  b->pixels = little(bytes.data + 10, 4);
  b->width = little(bytes.data + 18, 4);
  b->height = (int32_t)little(bytes.data + 22, 4);
  b->bits = little(bytes.data + 28, 2);
  b->palette = 14 + header;
  if (little(bytes.data + 30, 4) != 0 || (b->bits != 8 && b->bits != 24 && b->bits != 32)) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a BMP image that is compressed, or of few colours");
  }
  return SINTER_OK;
}

/* Copies a pixel, blue first, through the palette if there is one. RETURNS: whether it could. */
static int put_bitmap_pixel(sinter_bytes bytes, const bitmap* b, const uint8_t* from, uint8_t* to) {
  if (b->bits == 8) {
    const int64_t entry = b->palette + 4 * (int64_t)from[0];
    if (entry + 4 > bytes.size) return 0;
    from = bytes.data + entry;
  }
  for (int c = 0; c < 3; ++c) to[c] = from[2 - c];
  return 1;
}

int32_t sinter_decode_bmp(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image) {
  bitmap b;
  SINTER_TRY(read_bitmap(call, bytes, &b));
  const int64_t height = b.height < 0 ? -b.height : b.height;
  const int64_t stride = (b.width * b.bits + 31) / 32 * 4;
  if (b.pixels + stride * height > bytes.size) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a BMP image is cut off");
  }
  SINTER_TRY(sinter_make_image(call, image, b.width, height, 3));
  uint8_t* to = image->pixels;
  for (int64_t y = 0; y < height; ++y) {
    const int64_t row = b.height < 0 ? y : height - 1 - y;
    const uint8_t* from = bytes.data + b.pixels + row * stride;
    for (int64_t x = 0; x < b.width; ++x, to += 3) {
      if (!put_bitmap_pixel(bytes, &b, from + x * b.bits / 8, to)) {
        SINTER_FAIL(SINTER_BAD_VALUE, "a BMP image has a colour that its palette lacks");
      }
    }
  }
  return SINTER_OK;
}

/* --- PNM --- */

static int is_blank(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* The next number, after blanks and comments. RETURNS: -1 if there is none. */
static int64_t next_number(sinter_bytes bytes, int64_t* at) {
  while (*at < bytes.size && (is_blank(bytes.data[*at]) || bytes.data[*at] == '#')) {
    if (bytes.data[*at] == '#') {
      while (*at < bytes.size && bytes.data[*at] != '\n') ++*at;
    } else {
      ++*at;
    }
  }
  int64_t number = -1;
  while (*at < bytes.size && bytes.data[*at] >= '0' && bytes.data[*at] <= '9') {
    number = (number < 0 ? 0 : number) * 10 + (bytes.data[(*at)++] - '0');
    if (number > ((int64_t)1 << 30)) return -1;
  }
  return number;
}

int32_t sinter_decode_pnm(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image) {
  const int kind = bytes.data[1] - '0';
  if (kind == 1 || kind == 4) SINTER_FAIL(SINTER_NOT_SUPPORTED, "a PNM image of single bits");
  int64_t at = 2;
  const int64_t width = next_number(bytes, &at), height = next_number(bytes, &at);
  const int64_t most = next_number(bytes, &at);
  if (width <= 0 || height <= 0) SINTER_FAIL(SINTER_BAD_VALUE, "a PNM image is damaged");
  if (most > 0 && most != 255) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a PNM image whose samples do not go to 255");
  }
  ++at;
  const int32_t channels = kind == 3 || kind == 6 ? 3 : 1;
  const int64_t samples = width * height * channels;
  if (most <= 0 || samples > bytes.size - at) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a PNM image is cut off");
  }
  SINTER_TRY(sinter_make_image(call, image, width, height, channels));
  if (kind >= 5) memcpy(image->pixels, bytes.data + at, (size_t)samples);
  for (int64_t i = 0; i < samples && kind < 4; ++i) {
    const int64_t sample = next_number(bytes, &at);
    if (sample < 0 || sample > 255) SINTER_FAIL(SINTER_BAD_VALUE, "a PNM image has a bad sample");
    image->pixels[i] = (uint8_t)sample;
  }
  return SINTER_OK;
}

/* --- TIFF --- */

typedef struct tiff {
  sinter_bytes bytes;
  int is_big; /* the most significant byte comes first */
  int64_t width, height, bits, compression, photometric, samples, rows, planar, predictor;
  int64_t offsets; /* where the entry of the strips' offsets is */
} tiff;

static int64_t tiff_number(const tiff* t, int64_t at, int bytes) {
  if (at < 0 || at + bytes > t->bytes.size) return -1;
  int64_t number = 0;
  for (int i = 0; i < bytes; ++i) {
    number = number << 8 | t->bytes.data[t->is_big ? at + i : at + bytes - 1 - i];
  }
  return number;
}

/* Number i of an entry's (of types SHORT and LONG). RETURNS: -1 if there is none. */
static int64_t entry_number(const tiff* t, int64_t entry, int64_t i) {
  const int64_t type = tiff_number(t, entry + 2, 2), count = tiff_number(t, entry + 4, 4);
  const int size = type == 3 ? 2 : 4;
  if ((type != 3 && type != 4) || i >= count) return -1;
  const int64_t first = count * size <= 4 ? entry + 8 : tiff_number(t, entry + 8, 4);
  return first < 0 ? -1 : tiff_number(t, first + i * size, size);
}

static void read_entry(tiff* t, int64_t entry) {
  const struct {
    int64_t tag;
    int64_t* number;
  } fields[] = {{256, &t->width},       {257, &t->height},      {258, &t->bits},
                {259, &t->compression}, {262, &t->photometric}, {277, &t->samples},
                {278, &t->rows},        {284, &t->planar},      {317, &t->predictor}};
  const int64_t tag = tiff_number(t, entry, 2);
  if (tag == 273) t->offsets = entry;
  for (int i = 0; i < 9; ++i) {
    if (fields[i].tag == tag) *fields[i].number = entry_number(t, entry, 0);
  }
}

static int32_t read_directory(const sinter_op_call* call, tiff* t) {
  const int64_t directory = tiff_number(t, 4, 4);
  const int64_t entries = directory < 0 ? -1 : tiff_number(t, directory, 2);
  for (int64_t i = 0; i < entries; ++i) read_entry(t, directory + 2 + 12 * i);
  if (t->compression != 1 || t->bits != 8 || t->planar != 1 || t->predictor != 1 ||
      !(t->photometric == 1 || t->photometric == 2) || t->offsets < 0) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a TIFF image that is not plain gray or RGB");
  }
  const int64_t least = t->photometric == 2 ? 3 : 1;
  if (t->width <= 0 || t->height <= 0 || t->samples < least || t->samples > 8) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a TIFF image is damaged");
  }
  if (t->rows <= 0 || t->rows > t->height) t->rows = t->height;
  return SINTER_OK;
}

int32_t sinter_decode_tiff(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image) {
  tiff t = {.bytes = bytes,
            .is_big = bytes.data[0] == 'M',
            .bits = 1,
            .compression = 1,
            .photometric = -1,
            .samples = 1,
            .planar = 1,
            .predictor = 1,
            .offsets = -1};
  SINTER_TRY(read_directory(call, &t));
  const int32_t channels = t.photometric == 2 ? 3 : 1;
  SINTER_TRY(sinter_make_image(call, image, t.width, t.height, channels));
  uint8_t* to = image->pixels;
  for (int64_t y = 0; y < t.height; ++y) {
    const int64_t strip = entry_number(&t, t.offsets, y / t.rows);
    const int64_t row = strip + y % t.rows * t.width * t.samples;
    if (strip < 0 || row + t.width * t.samples > bytes.size) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a TIFF image is cut off");
    }
    for (int64_t x = 0; x < t.width; ++x, to += channels) {
      memcpy(to, bytes.data + row + x * t.samples, (size_t)channels);
    }
  }
  return SINTER_OK;
}
