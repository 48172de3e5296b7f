/* Attributes by name. Nodes have a handful: they are searched in order. */
#include "compiler_core/library/library.h"

static int same_text(const char* a, const char* b) {
  while (*a != 0 && *a == *b) ++a, ++b;
  return *a == *b;
}

const sinter_attr* sinter_find_attr(const sinter_op_call* call, const char* name) {
  for (int32_t i = 0; i < call->num_attrs; ++i) {
    if (same_text(call->attrs[i].name, name)) return &call->attrs[i];
  }
  return 0;
}

int64_t sinter_attr_int(const sinter_op_call* call, const char* name, int64_t otherwise) {
  const sinter_attr* attr = sinter_find_attr(call, name);
  return attr != 0 && attr->ints != 0 && attr->count > 0 ? attr->ints[0] : otherwise;
}

float sinter_attr_float(const sinter_op_call* call, const char* name, float otherwise) {
  const sinter_attr* attr = sinter_find_attr(call, name);
  return attr != 0 && attr->floats != 0 && attr->count > 0 ? attr->floats[0] : otherwise;
}

int sinter_attr_is(const sinter_op_call* call, const char* name, const char* text,
                   const char* otherwise) {
  const sinter_attr* attr = sinter_find_attr(call, name);
  if (attr == 0 || attr->strings == 0 || attr->count < 1) return same_text(otherwise, text);
  const sinter_string* value = &attr->strings[0];
  int64_t i = 0;
  while (i < value->size && text[i] != 0 && value->data[i] == text[i]) ++i;
  return i == value->size && text[i] == 0;
}
