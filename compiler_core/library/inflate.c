/* DEFLATE (RFC 1951): blocks of literals and of references to what came before. */
#include "compiler_core/library/image.h"

typedef struct stream {
  sinter_bytes in;
  int64_t at;
  uint32_t bits; /* read, not used yet; the next one is the lowest */
  int count;
  int failed;
  uint8_t* out;
  int64_t size;
  int64_t done;
} stream;

/* `count` bits, at most 16. */
static uint32_t take(stream* s, int count) {
  while (s->count < count) {
    if (s->at >= s->in.size) {
      s->failed = 1;
      return 0;
    }
    s->bits |= (uint32_t)s->in.data[s->at++] << s->count;
    s->count += 8;
  }
  const uint32_t bits = s->bits & ((1u << count) - 1);
  s->bits >>= count;
  s->count -= count;
  return bits;
}

/* A canonical prefix code: how many codes there are of each length, and the symbols in order. */
typedef struct code {
  uint16_t counts[16];
  uint16_t symbols[288];
} code;

/* RETURNS: whether the lengths make a code in which no bits mean two symbols. */
static int make_code(code* c, const uint8_t* lengths, int count) {
  uint16_t next[16];
  for (int i = 0; i < 16; ++i) c->counts[i] = 0;
  for (int i = 0; i < count; ++i) ++c->counts[lengths[i]];
  c->counts[0] = 0;
  int left = 1;
  next[1] = 0;
  for (int i = 1; i < 16; ++i) {
    left = 2 * left - c->counts[i];
    if (left < 0) return 0;
    if (i < 15) next[i + 1] = (uint16_t)(next[i] + c->counts[i]);
  }
  for (int i = 0; i < count; ++i) {
    if (lengths[i] != 0) c->symbols[next[lengths[i]]++] = (uint16_t)i;
  }
  return 1;
}

/* Codes of one length are consecutive numbers: the first of them follows from the shorter ones. */
static int next_symbol(stream* s, const code* c) {
  int number = 0, first = 0, index = 0;
  for (int length = 1; length < 16; ++length) {
    number |= (int)take(s, 1);
    const int count = c->counts[length];
    if (s->failed) return -1;
    if (number - first < count) return c->symbols[index + number - first];
    index += count;
    first = (first + count) << 1;
    number <<= 1;
  }
  s->failed = 1;
  return -1;
}

static void copy_stored(stream* s) {
  s->bits = 0;
  s->count = 0;
  if (s->at + 4 > s->in.size) {
    s->failed = 1;
    return;
  }
  const int64_t length = s->in.data[s->at] | s->in.data[s->at + 1] << 8;
  const int64_t inverse = s->in.data[s->at + 2] | s->in.data[s->at + 3] << 8;
  s->at += 4;
  if (length != (~inverse & 0xffff) || s->at + length > s->in.size || length > s->size - s->done) {
    s->failed = 1;
    return;
  }
  memcpy(s->out + s->done, s->in.data + s->at, (size_t)length);
  s->at += length;
  s->done += length;
}

/* The base and the extra bits of a length's or distance's symbol: steps double every `each`. */
static int64_t expand(stream* s, int symbol, int each_log2, int64_t least) {
  const int each = 1 << each_log2;
  if (symbol < 2 * each) return least + symbol;
  const int extra = (symbol >> each_log2) - 1;
  const int64_t base = ((int64_t)(each + (symbol & (each - 1)))) << extra;
  return least + base + take(s, extra);
}

static void copy_back(stream* s, int symbol, const code* distances) {
  const int64_t length = symbol == 28 ? 258 : expand(s, symbol, 2, 3);
  const int distance_symbol = next_symbol(s, distances);
  if (s->failed || symbol > 28 || distance_symbol > 29) {
    s->failed = 1;
    return;
  }
  const int64_t distance = expand(s, distance_symbol, 1, 1);
  if (s->failed || distance > s->done || length > s->size - s->done) {
    s->failed = 1;
    return;
  }
  for (int64_t i = 0; i < length; ++i, ++s->done) s->out[s->done] = s->out[s->done - distance];
}

static void run_block(stream* s, const code* literals, const code* distances) {
  for (;;) {
    const int symbol = next_symbol(s, literals);
    if (s->failed || symbol == 256) return;
    if (symbol > 256) {
      copy_back(s, symbol - 257, distances);
    } else if (s->done < s->size) {
      s->out[s->done++] = (uint8_t)symbol;
    } else {
      s->failed = 1;
    }
    if (s->failed) return;
  }
}

static int fixed_codes(code* literals, code* distances) {
  uint8_t lengths[288];
  for (int i = 0; i < 288; ++i) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  const int made = make_code(literals, lengths, 288);
  for (int i = 0; i < 30; ++i) lengths[i] = 5;
  return made && make_code(distances, lengths, 30);
}

/* The lengths of the codes are coded themselves. */
static int read_codes(stream* s, code* literals, code* distances) {
  static const uint8_t kOrder[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                   11, 4,  12, 3, 13, 2, 14, 1, 15};
  uint8_t lengths[320] = {0};
  const int num_literals = (int)take(s, 5) + 257, num_distances = (int)take(s, 5) + 1;
  const int num_lengths = (int)take(s, 4) + 4;
  if (num_literals > 286 || num_distances > 30) return 0;
  for (int i = 0; i < num_lengths; ++i) lengths[kOrder[i]] = (uint8_t)take(s, 3);
  if (s->failed || !make_code(literals, lengths, 19)) return 0;
  for (int i = 0; i < num_literals + num_distances;) {
    const int symbol = next_symbol(s, literals);
    if (s->failed || (symbol == 16 && i == 0)) return 0;
    const uint8_t length = symbol < 16 ? (uint8_t)symbol : symbol == 16 ? lengths[i - 1] : 0;
    const int times = symbol < 16    ? 1
                      : symbol == 16 ? 3 + (int)take(s, 2)
                      : symbol == 17 ? 3 + (int)take(s, 3)
                                     : 11 + (int)take(s, 7);
    if (i + times > num_literals + num_distances) return 0;
    for (int k = 0; k < times; ++k) lengths[i++] = length;
  }
  return !s->failed && make_code(literals, lengths, num_literals) &&
         make_code(distances, lengths + num_literals, num_distances);
}

int sinter_inflate(sinter_bytes zlib, uint8_t* out, int64_t size) {
  if (zlib.size < 2 || (zlib.data[0] & 15) != 8 || (zlib.data[1] & 32) != 0 ||
      (zlib.data[0] * 256 + zlib.data[1]) % 31 != 0) {
    return 0;
  }
  stream s = {zlib, 2, 0, 0, 0, out, size, 0};
  code literals, distances;
  for (int last = 0; !last && !s.failed;) {
    last = (int)take(&s, 1);
    const uint32_t kind = take(&s, 2);
    if (kind == 0) {
      copy_stored(&s);
    } else if (kind == 3 || !(kind == 1 ? fixed_codes(&literals, &distances)
                                        : read_codes(&s, &literals, &distances))) {
      s.failed = 1;
    } else {
      run_block(&s, &literals, &distances);
    }
  }
  return !s.failed && s.done == size;
}
