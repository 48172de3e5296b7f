/* Baseline JPEG images of one or three components: the file's segments. */
#include "compiler_core/library/image_jpeg.h"

static int64_t big(const uint8_t* at) { return at[0] << 8 | at[1]; }

typedef struct segment {
  int marker;
  const uint8_t* data;
  int64_t size;
} segment;

/* The segment at `at`, which moves on. RETURNS: whether there is one. */
static int next_segment(sinter_jpeg* j, segment* s) {
  const sinter_bytes bytes = j->bytes;
  if (j->at >= bytes.size || bytes.data[j->at] != 0xff) return 0;
  while (j->at < bytes.size && bytes.data[j->at] == 0xff) ++j->at;
  if (j->at >= bytes.size) return 0;
  s->marker = bytes.data[j->at++];
  s->data = bytes.data + j->at;
  s->size = 0;
  if (s->marker == 0xd8 || s->marker == 0xd9 || s->marker == 1) return 1;
  if (j->at + 2 > bytes.size) return 0;
  const int64_t size = big(s->data);
  if (size < 2 || j->at + size > bytes.size) return 0;
  s->data += 2;
  s->size = size - 2;
  j->at += size;
  return 1;
}

static int read_quantization(sinter_jpeg* j, segment s) {
  while (s.size > 0) {
    const int wide = s.data[0] >> 4 != 0, table = s.data[0] & 15;
    if (table > 3 || s.size < 1 + 64 * (1 + wide)) return 0;
    for (int i = 0; i < 64; ++i) {
      j->quantization[table][i] =
          wide ? (uint16_t)big(s.data + 1 + 2 * i) : (uint16_t)s.data[1 + i];
    }
    s.data += 1 + 64 * (1 + wide);
    s.size -= 1 + 64 * (1 + wide);
  }
  return 1;
}

static int read_codes(sinter_jpeg* j, segment s) {
  while (s.size > 0) {
    if (s.size < 17 || s.data[0] >> 4 > 1 || (s.data[0] & 15) > 3) return 0;
    sinter_jpeg_code* code = &j->codes[s.data[0] >> 4][s.data[0] & 15];
    int32_t first = 0, total = 0;
    for (int length = 1; length <= 16; ++length) {
      first <<= 1;
      code->first[length] = first;
      code->count[length] = s.data[length];
      code->start[length] = total;
      first += s.data[length];
      total += s.data[length];
    }
    if (total > 256 || s.size < 17 + total) return 0;
    memcpy(code->symbols, s.data + 17, (size_t)total);
    s.data += 17 + total;
    s.size -= 17 + total;
  }
  return 1;
}

static int32_t read_frame(const sinter_op_call* call, sinter_jpeg* j, segment s) {
  if (s.marker > 0xc1) SINTER_FAIL(SINTER_NOT_SUPPORTED, "a JPEG image that is not baseline");
  if (s.size < 6 || s.size < 6 + 3 * s.data[5] || j->num_components != 0) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a JPEG image is damaged");
  }
  if (s.data[0] != 8 || (s.data[5] != 1 && s.data[5] != 3)) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a JPEG image of not 8 bits, or not 1 or 3 components");
  }
  j->height = big(s.data + 1);
  j->width = big(s.data + 3);
  j->num_components = s.data[5];
  for (int32_t i = 0; i < j->num_components; ++i) {
    const uint8_t* at = s.data + 6 + 3 * i;
    sinter_jpeg_component* c = &j->components[i];
    c->id = at[0];
    /* A single component's blocks come one by one, whatever it says. */
    c->across = j->num_components == 1 ? 1 : at[1] >> 4;
    c->down = j->num_components == 1 ? 1 : at[1] & 15;
    c->quantization = at[2];
    if (c->across < 1 || c->across > 4 || c->down < 1 || c->down > 4 || c->quantization > 3) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a JPEG image is damaged");
    }
    if (c->across > j->most_across) j->most_across = c->across;
    if (c->down > j->most_down) j->most_down = c->down;
  }
  return SINTER_OK;
}

/* The samples of all components lie behind each other. */
static int32_t make_samples(const sinter_op_call* call, sinter_jpeg* j) {
  if (j->width == 0 || j->height == 0) SINTER_FAIL(SINTER_BAD_VALUE, "an image without pixels");
  const int64_t units_across = (j->width + 8 * j->most_across - 1) / (8 * j->most_across);
  const int64_t units_down = (j->height + 8 * j->most_down - 1) / (8 * j->most_down);
  int64_t offsets[SINTER_JPEG_COMPONENTS], total = 0;
  for (int32_t i = 0; i < j->num_components; ++i) {
    sinter_jpeg_component* c = &j->components[i];
    if (j->most_across % c->across != 0 || j->most_down % c->down != 0) {
      SINTER_FAIL(SINTER_NOT_SUPPORTED, "a JPEG image whose components do not divide each other");
    }
    c->width = (j->width * c->across + j->most_across - 1) / j->most_across;
    c->height = (j->height * c->down + j->most_down - 1) / j->most_down;
    c->stride = units_across * c->across * 8;
    offsets[i] = total;
    total += c->stride * units_down * c->down * 8;
  }
  uint8_t* samples = sinter_allocate(call->context, (uint64_t)total);
  if (samples == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  for (int32_t i = 0; i < j->num_components; ++i) j->components[i].samples = samples + offsets[i];
  return SINTER_OK;
}

static int32_t read_scan(const sinter_op_call* call, sinter_jpeg* j, segment s) {
  const int parts = s.size > 0 ? s.data[0] : 0;
  if (j->num_components == 0 || s.size < 4 + 2 * parts) {
    SINTER_FAIL(SINTER_BAD_VALUE, "a JPEG image is damaged");
  }
  if (parts != j->num_components) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a JPEG image of several scans");
  }
  for (int i = 0; i < parts; ++i) {
    sinter_jpeg_component* c = &j->components[i];
    c->dc_code = s.data[2 + 2 * i] >> 4;
    c->ac_code = s.data[2 + 2 * i] & 15;
    if (s.data[1 + 2 * i] != c->id || c->dc_code > 3 || c->ac_code > 3) {
      SINTER_FAIL(SINTER_BAD_VALUE, "a JPEG image is damaged");
    }
  }
  SINTER_TRY(make_samples(call, j));
  if (!sinter_read_jpeg_scan(j)) SINTER_FAIL(SINTER_BAD_VALUE, "a JPEG image is damaged");
  return SINTER_OK;
}

static int is_text(const segment* s, const char* text, int64_t size) {
  for (int64_t i = 0; i < size; ++i) {
    if (i >= s->size || s->data[i] != (uint8_t)text[i]) return 0;
  }
  return 1;
}

/* Reads until the image's one scan. */
static int32_t read_segments(const sinter_op_call* call, sinter_jpeg* j) {
  segment s;
  while (next_segment(j, &s)) {
    int whole = 1;
    if (s.marker == 0xda) return read_scan(call, j, s);
    if (s.marker == 0xdb) whole = read_quantization(j, s);
    if (s.marker == 0xc4) whole = read_codes(j, s);
    if (s.marker == 0xe0 && is_text(&s, "JFIF", 5)) j->is_jfif = 1;
    if (s.marker == 0xee && is_text(&s, "Adobe", 5) && s.size >= 12) j->adobe = s.data[11];
    if (s.marker == 0xdd) {
      whole = s.size >= 2;
      if (whole) j->restart = (int32_t)big(s.data);
    }
    const int is_frame = s.marker >= 0xc0 && s.marker <= 0xcf && s.marker != 0xc4 &&
                         s.marker != 0xc8 && s.marker != 0xcc;
    if (is_frame) SINTER_TRY(read_frame(call, j, s));
    if (!whole || s.marker == 0xd9) break;
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "a JPEG image is damaged");
}

static int32_t make_pixels(const sinter_op_call* call, const sinter_jpeg* j, sinter_image* image) {
  SINTER_TRY(sinter_make_image(call, image, j->width, j->height, j->num_components));
  uint8_t* room = sinter_allocate(call->context, (uint64_t)j->width * 7);
  if (room == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  sinter_put_jpeg_pixels(j, image, room);
  sinter_free(call->context, room);
  return SINTER_OK;
}

int32_t sinter_decode_jpeg(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image) {
  sinter_jpeg* j = sinter_allocate(call->context, sizeof(sinter_jpeg));
  if (j == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  memset(j, 0, sizeof(*j));
  j->bytes = bytes;
  j->adobe = -1;
  int32_t status = read_segments(call, j);
  if (status == SINTER_OK) status = make_pixels(call, j, image);
  sinter_free(call->context, j->components[0].samples);
  sinter_free(call->context, j);
  return status;
}
