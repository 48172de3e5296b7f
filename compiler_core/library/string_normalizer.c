/* StringNormalizer: drops stop words, changes case.
 *
 * Case changes by Unicode's simple mappings, whatever the attribute `locale` says: only Turkish,
 * Azeri and Lithuanian would differ. As in ONNX Runtime, stop words that are matched without regard
 * to case are compared in the case that the strings are changed to, or else in lower case.
 */
#include "compiler_core/library/library.h"
#include "compiler_core/library/text.h"

typedef uint32_t (*case_map)(uint32_t code);

/* Bytes of `text` once mapped; -1 if it is not UTF-8. Writes it unless `to` is null. */
static int64_t map_text(const sinter_string* text, case_map map, char* to) {
  int64_t size = 0;
  char code_text[4];
  for (int64_t at = 0; at < text->size;) {
    uint32_t code;
    const int32_t length = sinter_utf8_decode(text->data + at, text->size - at, &code);
    if (length == 0) return -1;
    size += sinter_utf8_encode(map(code), to ? to + size : code_text);
    at += length;
  }
  return size;
}

/* Maps `count` strings into scratch memory at *to, to be freed: the strings, then their text. */
static int32_t map_all(const sinter_op_call* call, const sinter_string* from, int64_t count,
                       case_map map, sinter_string** to) {
  int64_t bytes = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t size = map_text(&from[i], map, 0);
    if (size < 0) SINTER_FAIL(SINTER_BAD_VALUE, "a string to normalize is not UTF-8");
    bytes += size;
  }
  const uint64_t head = (uint64_t)count * sizeof(sinter_string);
  *to = sinter_allocate(call->context, head + (uint64_t)bytes);
  if (!*to) SINTER_FAIL(SINTER_NO_MEMORY, "no memory to normalize strings");
  char* text = (char*)(*to + count);
  for (int64_t i = 0; i < count; ++i) {
    (*to)[i] = (sinter_string){text, map_text(&from[i], map, text)};
    text += (*to)[i].size;
  }
  return SINTER_OK;
}

static int contains(const sinter_string* words, int64_t count, const sinter_string* text) {
  for (int64_t i = 0; i < count; ++i) {
    if (sinter_string_equal(&words[i], text)) return 1;
  }
  return 0;
}

/* What is compared and what is kept: input strings or mapped ones. */
typedef struct normalizer {
  int64_t count;
  const sinter_string* compared;
  const sinter_string* kept;
  const sinter_string* stop_words;
  int64_t num_stop_words;
} normalizer;

/* Writes those of the kept strings that are no stop words; one empty string if there are none. */
static int32_t write_rest(const sinter_op_call* call, const normalizer* job) {
  const sinter_value* from = call->inputs[0];
  sinter_string* rest =
      sinter_allocate(call->context, (uint64_t)(job->count + 1) * sizeof(sinter_string));
  if (!rest) SINTER_FAIL(SINTER_NO_MEMORY, "no memory to normalize strings");
  int64_t dims[2] = {1, 0};
  int64_t* size = &dims[from->rank - 1];
  *size = 0;
  for (int64_t i = 0; i < job->count; ++i) {
    if (contains(job->stop_words, job->num_stop_words, &job->compared[i])) continue;
    rest[(*size)++] = job->kept[i];
  }
  if (*size == 0) rest[(*size)++] = (sinter_string){0, 0};
  const int32_t status = sinter_copy_strings(call, call->outputs[0], from->rank, dims, rest);
  sinter_free(call->context, rest);
  return status;
}

static int32_t normalize(const sinter_op_call* call, case_map change, sinter_string** mapped,
                         sinter_string** mapped_words) {
  const sinter_value* from = call->inputs[0];
  const sinter_attr* words = sinter_find_attr(call, "stopwords");
  normalizer job = {sinter_num_elements(from), from->data, from->data, 0, 0};
  if (words) {
    job.stop_words = words->strings;
    job.num_stop_words = words->count;
  }
  const int any_case = sinter_attr_int(call, "is_case_sensitive", 0) == 0;
  const int fold = any_case && job.num_stop_words > 0;
  const case_map map = change ? change : sinter_lower_case;
  if (change || fold) SINTER_TRY(map_all(call, from->data, job.count, map, mapped));
  if (fold) {
    SINTER_TRY(map_all(call, job.stop_words, job.num_stop_words, map, mapped_words));
    job.stop_words = *mapped_words;
    job.compared = *mapped;
  }
  if (change) job.kept = *mapped;
  return write_rest(call, &job);
}

SINTER_OP(StringNormalizer) {
  const sinter_value* from = call->inputs[0];
  if (from->rank < 1 || from->rank > 2 || (from->rank == 2 && from->dims[0] != 1)) {
    SINTER_FAIL(SINTER_BAD_VALUE, "strings to normalize must have the shape [C] or [1, C]");
  }
  case_map change = 0;
  if (sinter_attr_is(call, "case_change_action", "LOWER", "NONE")) {
    change = sinter_lower_case;
  } else if (sinter_attr_is(call, "case_change_action", "UPPER", "NONE")) {
    change = sinter_upper_case;
  } else if (!sinter_attr_is(call, "case_change_action", "NONE", "NONE")) {
    SINTER_FAIL(SINTER_BAD_VALUE, "case_change_action must be LOWER, UPPER or NONE");
  }
  sinter_string* mapped = 0;
  sinter_string* mapped_words = 0;
  const int32_t status = normalize(call, change, &mapped, &mapped_words);
  sinter_free(call->context, mapped);
  sinter_free(call->context, mapped_words);
  return status;
}
