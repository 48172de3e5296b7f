/* PNG images of 8 bits a sample and less, not interlaced. */
#include "compiler_core/library/image.h"

typedef struct png {
  int64_t width;
  int64_t height;
  int bits;
  int color; /* 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA */
  const uint8_t* palette;
  int64_t palette_size; /* colours */
  int64_t packed;       /* bytes of all IDAT chunks */
} png;

static int64_t big(const uint8_t* at) {
  return (int64_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static uint32_t checksum(const uint8_t* data, int64_t size) {
  uint32_t crc = ~0u;
  for (int64_t i = 0; i < size; ++i) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

typedef struct chunk {
  const uint8_t* type;
  const uint8_t* data;
  int64_t size;
} chunk;

/* The chunk at *at, which moves on. RETURNS: whether there is one, and unharmed. */
static int next_chunk(sinter_bytes bytes, int64_t* at, chunk* c) {
  if (bytes.size - *at < 12) return 0;
  c->size = big(bytes.data + *at);
  c->type = bytes.data + *at + 4;
  c->data = c->type + 4;
  if (c->size > bytes.size - *at - 12) return 0;
  *at += c->size + 12;
  return checksum(c->type, c->size + 4) == (uint32_t)big(c->data + c->size);
}

static int is_type(const chunk* c, const char* type) {
  for (int i = 0; i < 4; ++i) {
    if (c->type[i] != (uint8_t)type[i]) return 0;
  }
  return 1;
}

static int32_t read_header(const sinter_op_call* call, const chunk* c, png* p) {
  if (!is_type(c, "IHDR") || c->size != 13) SINTER_FAIL(SINTER_BAD_VALUE, "a PNG image is damaged");
  p->width = big(c->data);
  p->height = big(c->data + 4);
  p->bits = c->data[8];
  p->color = c->data[9];
  if (p->bits == 16 || c->data[12] != 0) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a PNG image of 16 bits, or interlaced");
  }
  const int few_bits = p->bits == 1 || p->bits == 2 || p->bits == 4;
  const int known = p->color == 0 || p->color == 3
                        ? few_bits || p->bits == 8
                        : (p->color == 2 || p->color == 4 || p->color == 6) && p->bits == 8;
  if (!known) SINTER_FAIL(SINTER_BAD_VALUE, "a PNG image is damaged");
  return SINTER_OK;
}

static int32_t read_chunks(const sinter_op_call* call, sinter_bytes bytes, png* p) {
  int64_t at = 8;
  chunk c;
  if (!next_chunk(bytes, &at, &c)) SINTER_FAIL(SINTER_BAD_VALUE, "a PNG image is damaged");
  SINTER_TRY(read_header(call, &c, p));
  while (next_chunk(bytes, &at, &c)) {
    if (is_type(&c, "IEND")) return SINTER_OK;
    if (is_type(&c, "IDAT")) p->packed += c.size;
    if (is_type(&c, "PLTE")) {
      p->palette = c.data;
      p->palette_size = c.size / 3;
    }
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "a PNG image is damaged");
}

/* The IDAT chunks as one. */
static void join_chunks(sinter_bytes bytes, uint8_t* packed) {
  int64_t at = 8;
  chunk c;
  while (next_chunk(bytes, &at, &c) && !is_type(&c, "IEND")) {
    if (!is_type(&c, "IDAT")) continue;
    memcpy(packed, c.data, (size_t)c.size);
    packed += c.size;
  }
}

static int distance(int a, int b) { return a > b ? a - b : b - a; }

/* Whichever of left, up and corner is nearest to left + up - corner. */
static int paeth(int left, int up, int corner) {
  const int guess = left + up - corner;
  const int to_left = distance(guess, left), to_up = distance(guess, up);
  const int to_corner = distance(guess, corner);
  if (to_left <= to_up && to_left <= to_corner) return left;
  return to_up <= to_corner ? up : corner;
}

/* Undoes a row's filter, its first byte. `above` is null for the first row. */
static int unfilter(uint8_t* row, const uint8_t* above, int64_t size, int64_t step) {
  const int filter = row[0];
  for (int64_t i = 1; i <= size; ++i) {
    const int left = i > step ? row[i - step] : 0, up = above != 0 ? above[i] : 0;
    const int corner = i > step && above != 0 ? above[i - step] : 0;
    const int guess = filter == 0   ? 0
                      : filter == 1 ? left
                      : filter == 2 ? up
                      : filter == 3 ? (left + up) / 2
                                    : paeth(left, up, corner);
    row[i] = (uint8_t)(row[i] + guess);
  }
  return filter <= 4;
}

/* Sample x of a row of less than 8 bits a sample, or of 8. */
static int sample_of(const uint8_t* row, int64_t x, int bits) {
  const int64_t at = x * bits;
  return row[at / 8] >> (8 - bits - at % 8) & ((1 << bits) - 1);
}

/* RETURNS: whether all colours are in the palette. */
static int put_row(const png* p, const uint8_t* row, uint8_t* to) {
  static const int kSamples[] = {1, 0, 3, 1, 2, 0, 4};
  const int samples = kSamples[p->color];
  for (int64_t x = 0; x < p->width; ++x) {
    if (p->color == 0) {
      *to++ = (uint8_t)(sample_of(row, x, p->bits) * 255 / ((1 << p->bits) - 1));
    } else if (p->color == 3) {
      const int color = sample_of(row, x, p->bits);
      if (color >= p->palette_size) return 0;
      for (int c = 0; c < 3; ++c) *to++ = p->palette[3 * color + c];
    } else {
      const int shown = samples > 2 ? 3 : 1;
      for (int c = 0; c < shown; ++c) *to++ = row[x * samples + c];
    }
  }
  return 1;
}

static int32_t put_rows(const sinter_op_call* call, const png* p, uint8_t* rows, int64_t size,
                        const sinter_image* image) {
  const int64_t step = p->color == 2 ? 3 : p->color == 4 ? 2 : p->color == 6 ? 4 : 1;
  for (int64_t y = 0; y < p->height; ++y) {
    uint8_t* row = rows + y * (size + 1);
    const int known = unfilter(row, y > 0 ? row - (size + 1) : 0, size, step);
    if (!known || !put_row(p, row + 1, image->pixels + y * image->width * image->channels)) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a PNG image is damaged");
    }
  }
  return SINTER_OK;
}

int32_t sinter_decode_png(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image) {
  png p = {0};
  SINTER_TRY(read_chunks(call, bytes, &p));
  const int channels = p.color == 0 || p.color == 4 ? 1 : 3;
  const int samples = p.color == 2 ? 3 : p.color == 4 ? 2 : p.color == 6 ? 4 : 1;
  SINTER_TRY(sinter_make_image(call, image, p.width, p.height, channels));
  const int64_t size = (p.width * samples * p.bits + 7) / 8, all = (size + 1) * p.height;
  uint8_t* rows = sinter_allocate(call->context, (uint64_t)(all + p.packed));
  if (rows == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  join_chunks(bytes, rows + all);
  int32_t status = SINTER_BAD_VALUE;
  *call->message = "a PNG image is damaged";
  const sinter_bytes packed = {rows + all, p.packed};
  if (sinter_inflate(packed, rows, all)) status = put_rows(call, &p, rows, size, image);
  sinter_free(call->context, rows);
  return status;
}
