#include "compiler_core/library/text.h"

sinter_string sinter_string_of(const char* text) {
  sinter_string string = {text, 0};
  while (text[string.size] != 0) ++string.size;
  return string;
}

int32_t sinter_copy_strings(const sinter_op_call* call, sinter_value* value, int32_t rank,
                            const int64_t* dims, const sinter_string* from) {
  int64_t count = 1;
  for (int32_t d = 0; d < rank; ++d) count *= dims[d];
  int64_t bytes = 0;
  for (int64_t i = 0; i < count; ++i) bytes += from[i].size;
  char* text = 0;
  SINTER_TRY(sinter_make_strings(call, value, rank, dims, bytes, &text));
  sinter_string* to = value->data;
  for (int64_t i = 0; i < count; ++i) {
    if (from[i].size > 0) memcpy(text, from[i].data, (size_t)from[i].size);
    to[i].data = text;
    to[i].size = from[i].size;
    text += from[i].size;
  }
  return SINTER_OK;
}
