/* RegexFullMatch: from nodes to steps, and the simulation. */
#include "compiler_core/library/regex.h"

#include "compiler_core/library/dtype.h"
#include "compiler_core/library/text.h"

#define MAX_STEPS 100000

/* --- Compiling --- */

/* A * B + C, or more than MAX_STEPS. All are at least 0 and at most MAX_STEPS + 1. */
static int32_t saturate(int64_t a, int64_t b, int64_t c) {
  const int64_t value = a * b + c;
  return value > MAX_STEPS ? MAX_STEPS + 1 : (int32_t)value;
}

/* How many steps a node takes. */
static int32_t count_steps(const sinter_regex* regex, int32_t at) {
  const sinter_regex_node* node = &regex->nodes[at];
  if (node->kind == SINTER_REGEX_SET || node->kind == SINTER_REGEX_ASSERT) return 1;
  if (node->kind == SINTER_REGEX_REPEAT) {
    /* Nothing, repeated, costs time as well. */
    const int32_t steps = count_steps(regex, node->child);
    const int32_t inner = steps > 0 ? steps : 1;
    if (node->b < 0 && node->a == 0) return saturate(1, inner, 2);
    if (node->b < 0) return saturate(node->a, inner, 1);
    return saturate(node->b, inner, node->b - node->a);
  }
  int32_t count = 0;
  for (int32_t i = node->child; i >= 0; i = regex->nodes[i].sibling) {
    const int branches = node->kind == SINTER_REGEX_CHOICE && regex->nodes[i].sibling >= 0;
    count = saturate(1, count_steps(regex, i), count + 2 * branches);
  }
  return count;
}

static int32_t add_step(sinter_regex* regex, int32_t op, int32_t a, int32_t b) {
  regex->steps[regex->num_steps] = (sinter_regex_step){op, a, b};
  return regex->num_steps++;
}

static void emit(sinter_regex* regex, int32_t at);

static void emit_repeat(sinter_regex* regex, const sinter_regex_node* node) {
  int32_t last = regex->num_steps;
  for (int32_t i = 0; i < node->a; ++i) {
    last = regex->num_steps;
    emit(regex, node->child);
  }
  if (node->b < 0 && node->a > 0) {
    const int32_t split = add_step(regex, SINTER_REGEX_SPLIT, last, 0);
    regex->steps[split].b = regex->num_steps;
  } else if (node->b < 0) {
    const int32_t split = add_step(regex, SINTER_REGEX_SPLIT, regex->num_steps + 1, 0);
    emit(regex, node->child);
    add_step(regex, SINTER_REGEX_GO, split, 0);
    regex->steps[split].b = regex->num_steps;
  }
  for (int32_t i = node->a; i < node->b; ++i) {
    const int32_t split = add_step(regex, SINTER_REGEX_SPLIT, regex->num_steps + 1, 0);
    emit(regex, node->child);
    regex->steps[split].b = regex->num_steps;
  }
}

/* All but the last branch: split, the branch, and on to the end. The ends are chained until it is
 * known where they are. */
static void emit_choice(sinter_regex* regex, const sinter_regex_node* node) {
  int32_t ends = -1;
  for (int32_t i = node->child; i >= 0; i = regex->nodes[i].sibling) {
    if (regex->nodes[i].sibling < 0) {
      emit(regex, i);
      break;
    }
    const int32_t split = add_step(regex, SINTER_REGEX_SPLIT, regex->num_steps + 1, 0);
    emit(regex, i);
    ends = add_step(regex, SINTER_REGEX_GO, ends, 0);
    regex->steps[split].b = regex->num_steps;
  }
  while (ends >= 0) {
    const int32_t next = regex->steps[ends].a;
    regex->steps[ends].a = regex->num_steps;
    ends = next;
  }
}

static void emit(sinter_regex* regex, int32_t at) {
  const sinter_regex_node* node = &regex->nodes[at];
  switch (node->kind) {
    case SINTER_REGEX_SET:
      add_step(regex, SINTER_REGEX_READ, node->a, node->b);
      break;
    case SINTER_REGEX_ASSERT:
      add_step(regex, SINTER_REGEX_CHECK, node->a, 0);
      break;
    case SINTER_REGEX_REPEAT:
      emit_repeat(regex, node);
      break;
    case SINTER_REGEX_CHOICE:
      emit_choice(regex, node);
      break;
    default:
      for (int32_t i = node->child; i >= 0; i = regex->nodes[i].sibling) emit(regex, i);
  }
}

int32_t sinter_regex_compile(const sinter_op_call* call, sinter_regex* regex) {
  const int32_t count = count_steps(regex, regex->root);
  if (count > MAX_STEPS) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a regular expression with so many repetitions");
  }
  const uint64_t bytes = ((uint64_t)count + 1) * sizeof(sinter_regex_step);
  regex->steps = sinter_allocate(call->context, bytes);
  if (!regex->steps) SINTER_FAIL(SINTER_NO_MEMORY, "no memory for the regular expression");
  regex->num_steps = 0;
  emit(regex, regex->root);
  add_step(regex, SINTER_REGEX_MATCH, 0, 0);
  return SINTER_OK;
}

void sinter_regex_free(const sinter_context* context, sinter_regex* regex) {
  sinter_free(context, regex->nodes);
  sinter_free(context, regex->ranges);
  sinter_free(context, regex->steps);
}

/* --- Matching --- */

#define NO_CODE UINT32_MAX

/* The reading steps that the text so far leads to, and the memory to find the next ones. */
typedef struct states {
  int32_t* now;
  int32_t* next;
  int32_t num_now;
  int32_t num_next;
  int32_t* stack;
  int64_t* seen; /* by step: the round in which it was reached */
  int64_t round;
  int matched; /* the end of the program was reached in this round */
} states;

static int is_word(uint32_t code) {
  return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
         (code >= 'a' && code <= 'z') || code == '_';
}

/* Whether the place between two code points (NO_CODE: none) is of that kind. */
static int holds(int32_t kind, uint32_t before, uint32_t after) {
  switch (kind) {
    case SINTER_REGEX_TEXT_BEGIN:
      return before == NO_CODE;
    case SINTER_REGEX_TEXT_END:
      return after == NO_CODE;
    case SINTER_REGEX_LINE_BEGIN:
      return before == NO_CODE || before == '\n';
    case SINTER_REGEX_LINE_END:
      return after == NO_CODE || after == '\n';
    default:
      return (is_word(before) != is_word(after)) == (kind == SINTER_REGEX_WORD_EDGE);
  }
}

static void push(states* s, int32_t* depth, int32_t step) {
  if (s->seen[step] == s->round) return;
  s->seen[step] = s->round;
  s->stack[(*depth)++] = step;
}

/* Adds all reading steps that can be reached from `start` without reading. */
static void follow(const sinter_regex* regex, states* s, int32_t start, uint32_t before,
                   uint32_t after) {
  int32_t depth = 0;
  push(s, &depth, start);
  while (depth > 0) {
    const int32_t at = s->stack[--depth];
    const sinter_regex_step* step = &regex->steps[at];
    switch (step->op) {
      case SINTER_REGEX_READ:
        s->next[s->num_next++] = at;
        break;
      case SINTER_REGEX_CHECK:
        if (holds(step->a, before, after)) push(s, &depth, at + 1);
        break;
      case SINTER_REGEX_SPLIT:
        push(s, &depth, step->b);
        push(s, &depth, step->a);
        break;
      case SINTER_REGEX_GO:
        push(s, &depth, step->a);
        break;
      default:
        s->matched = 1;
    }
  }
}

static int reads(const sinter_regex* regex, const sinter_regex_step* step, uint32_t code) {
  int32_t low = step->a;
  int32_t high = step->a + step->b;
  while (low < high) {
    const int32_t middle = (low + high) / 2;
    if (code < regex->ranges[middle].first) {
      high = middle;
    } else if (code > regex->ranges[middle].last) {
      low = middle + 1;
    } else {
      return 1;
    }
  }
  return 0;
}

/* Makes the steps that were found the current ones. */
static void advance(states* s) {
  int32_t* swap = s->now;
  s->now = s->next;
  s->next = swap;
  s->num_now = s->num_next;
  s->num_next = 0;
  s->matched = 0;
  ++s->round;
}

static int32_t peek(const sinter_string* text, int64_t at, uint32_t* code) {
  *code = NO_CODE;
  return at < text->size ? sinter_utf8_decode(text->data + at, text->size - at, code) : 0;
}

static int matches(const sinter_regex* regex, states* s, const sinter_string* text) {
  uint32_t before = NO_CODE;
  uint32_t code;
  int64_t at = 0;
  int32_t length = peek(text, 0, &code);
  s->num_next = 0;
  advance(s);
  follow(regex, s, 0, NO_CODE, code);
  while (at < text->size) {
    if (length == 0) return 0; /* what is not UTF-8 matches nothing */
    uint32_t after;
    at += length;
    length = peek(text, at, &after);
    advance(s);
    before = code;
    for (int32_t i = 0; i < s->num_now; ++i) {
      const int32_t step = s->now[i];
      if (reads(regex, &regex->steps[step], code)) follow(regex, s, step + 1, before, after);
    }
    if (s->num_next == 0 && !s->matched) return 0;
    code = after;
  }
  return s->matched;
}

static int32_t match_all(const sinter_op_call* call, const sinter_regex* regex) {
  const sinter_value* from = call->inputs[0];
  sinter_value* out = call->outputs[0];
  SINTER_TRY(sinter_make_tensor(call, out, SINTER_BOOL, from->rank, from->dims));
  const uint64_t steps = (uint64_t)regex->num_steps;
  const uint64_t bytes = steps * (sizeof(int64_t) + 3 * sizeof(int32_t));
  int64_t* memory = sinter_allocate(call->context, bytes);
  if (!memory) SINTER_FAIL(SINTER_NO_MEMORY, "no memory to match the regular expression");
  memset(memory, 0, (size_t)bytes);
  int32_t* lists = (int32_t*)(memory + steps);
  states s = {lists, lists + steps, 0, 0, lists + 2 * steps, memory, 0, 0};
  const int64_t count = sinter_num_elements(from);
  for (int64_t i = 0; i < count; ++i) {
    ((uint8_t*)out->data)[i] = (uint8_t)matches(regex, &s, &((const sinter_string*)from->data)[i]);
  }
  sinter_free(call->context, memory);
  return SINTER_OK;
}

SINTER_OP(RegexFullMatch) {
  const sinter_attr* pattern = sinter_find_attr(call, "pattern");
  if (!pattern || pattern->count != 1) SINTER_FAIL(SINTER_BAD_VALUE, "a pattern is missing");
  sinter_regex regex = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  int32_t status = sinter_regex_parse(call, pattern->strings[0], &regex);
  if (status == SINTER_OK) status = sinter_regex_compile(call, &regex);
  if (status == SINTER_OK) status = match_all(call, &regex);
  sinter_regex_free(call->context, &regex);
  return status;
}
