#include "compiler_core/library/text.h"

int32_t sinter_utf8_decode(const char* text, int64_t size, uint32_t* code) {
  const uint8_t* byte = (const uint8_t*)text;
  if (byte[0] < 0x80) return *code = byte[0], 1;
  const int32_t length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
  if (byte[0] < 0xc2 || byte[0] > 0xf4 || size < length) return 0;
  uint32_t value = byte[0] & (0x7fu >> length);
  for (int32_t i = 1; i < length; ++i) {
    if ((byte[i] & 0xc0) != 0x80) return 0;
    value = value << 6 | (byte[i] & 0x3f);
  }
  const int overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const int surrogate = value >= 0xd800 && value < 0xe000;
  if (overlong || surrogate || value > 0x10ffff) return 0;
  *code = value;
  return length;
}

int32_t sinter_utf8_encode(uint32_t code, char* text) {
  if (code < 0x80) return text[0] = (char)code, 1;
  const int32_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (int32_t i = length - 1; i > 0; --i) {
    text[i] = (char)(0x80 | (code & 0x3f));
    code >>= 6;
  }
  text[0] = (char)(uint8_t)((0xf0u << (4 - length)) | code);
  return length;
}
