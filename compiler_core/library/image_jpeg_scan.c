/* The entropy-coded data of a baseline JPEG image. */
#include "compiler_core/library/image_jpeg.h"

/* Bits from the highest on; a marker ends them, and zeros follow. */
typedef struct bits {
  sinter_jpeg* jpeg;
  uint32_t word;
  int count;
  int ended;
} bits;

static int next_bit(bits* b) {
  if (b->count == 0) {
    const sinter_bytes bytes = b->jpeg->bytes;
    int byte = 0;
    if (b->jpeg->at >= bytes.size) {
      ++b->ended;
    } else if (bytes.data[b->jpeg->at] != 0xff) {
      byte = bytes.data[b->jpeg->at++];
    } else if (b->jpeg->at + 1 < bytes.size && bytes.data[b->jpeg->at + 1] == 0) {
      byte = 0xff;
      b->jpeg->at += 2;
    } else {
      ++b->ended;
    }
    b->word = (uint32_t)byte;
    b->count = 8;
  }
  return (b->word >> --b->count) & 1;
}

static int32_t next_bits(bits* b, int count) {
  int32_t number = 0;
  for (int i = 0; i < count; ++i) number = number << 1 | next_bit(b);
  return number;
}

/* RETURNS: -1 for bits that mean no symbol. */
static int next_symbol(bits* b, const sinter_jpeg_code* code) {
  int32_t number = 0;
  for (int length = 1; length <= 16; ++length) {
    number = number << 1 | next_bit(b);
    const int32_t index = number - code->first[length];
    if (index >= 0 && index < code->count[length])
      return code->symbols[code->start[length] + index];
  }
  return -1;
}

/* A number of `size` bits, whose first bit tells the sign. */
static int32_t signed_number(bits* b, int size) {
  const int32_t number = next_bits(b, size);
  return size > 0 && number < 1 << (size - 1) ? number - (1 << size) + 1 : number;
}

static const uint8_t kZigzag[64] = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

/* RETURNS: whether the block is whole. */
static int read_block(bits* b, sinter_jpeg_component* c, int32_t* block) {
  const uint16_t* steps = b->jpeg->quantization[c->quantization];
  for (int i = 0; i < 64; ++i) block[i] = 0;
  const int size = next_symbol(b, &b->jpeg->codes[0][c->dc_code]);
  if (size < 0 || size > 11) return 0;
  c->predicted += signed_number(b, size);
  block[0] = c->predicted * steps[0];
  for (int k = 1; k < 64; ++k) {
    const int symbol = next_symbol(b, &b->jpeg->codes[1][c->ac_code]);
    if (symbol < 0) return 0;
    const int zeros = symbol >> 4, bits_of = symbol & 15;
    if (bits_of == 0 && zeros != 15) break;
    k += zeros;
    if (k > 63) return 0;
    if (bits_of != 0) block[kZigzag[k]] = signed_number(b, bits_of) * steps[k];
  }
  /* A decoder may read ahead a few bytes of zeros, not more. */
  return b->ended < 8;
}

/* The blocks of all components that make the unit (x, y) of the image. */
static int read_unit(bits* b, int64_t x, int64_t y) {
  int32_t block[64];
  for (int32_t i = 0; i < b->jpeg->num_components; ++i) {
    sinter_jpeg_component* c = &b->jpeg->components[i];
    for (int32_t v = 0; v < c->down; ++v) {
      for (int32_t h = 0; h < c->across; ++h) {
        if (!read_block(b, c, block)) return 0;
        const int64_t row = (y * c->down + v) * 8, column = (x * c->across + h) * 8;
        sinter_jpeg_samples(block, c->samples + row * c->stride + column, c->stride);
      }
    }
  }
  return 1;
}

static int restart(bits* b) {
  sinter_jpeg* jpeg = b->jpeg;
  b->count = 0;
  while (jpeg->at + 1 < jpeg->bytes.size && jpeg->bytes.data[jpeg->at] == 0xff &&
         jpeg->bytes.data[jpeg->at + 1] == 0xff) {
    ++jpeg->at;
  }
  if (jpeg->at + 2 > jpeg->bytes.size || jpeg->bytes.data[jpeg->at] != 0xff ||
      (jpeg->bytes.data[jpeg->at + 1] & 0xf8) != 0xd0) {
    return 0;
  }
  jpeg->at += 2;
  for (int i = 0; i < SINTER_JPEG_COMPONENTS; ++i) jpeg->components[i].predicted = 0;
  return 1;
}

int sinter_read_jpeg_scan(sinter_jpeg* jpeg) {
  bits b = {jpeg, 0, 0, 0};
  const int64_t unit_width = 8 * jpeg->most_across, unit_height = 8 * jpeg->most_down;
  const int64_t across = (jpeg->width + unit_width - 1) / unit_width;
  const int64_t down = (jpeg->height + unit_height - 1) / unit_height;
  for (int64_t i = 0; i < across * down; ++i) {
    if (jpeg->restart > 0 && i > 0 && i % jpeg->restart == 0 && !restart(&b)) return 0;
    if (!read_unit(&b, i % across, i / across)) return 0;
  }
  return 1;
}
