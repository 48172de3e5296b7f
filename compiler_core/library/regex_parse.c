/* From a regular expression's text to its nodes. */
#include "compiler_core/library/regex.h"
#include "compiler_core/library/text.h"

#define MAX_DEPTH 100
#define MAX_REPEAT 1000

typedef struct parser {
  const sinter_op_call* call;
  sinter_regex* regex;
  const char* text;
  int64_t size;
  int64_t at;
  int32_t depth;
  int fold;      /* flag i */
  int multiline; /* flag m */
  int dot_all;   /* flag s */
} parser;

#define PARSE_FAIL(parser, code, text) return (*(parser)->call->message = (text), (code))

static int looking_at(const parser* p, char c) { return p->at < p->size && p->text[p->at] == c; }

static int accept(parser* p, char c) {
  const int found = looking_at(p, c);
  p->at += found;
  return found;
}

static int32_t add_node(parser* p, int32_t kind, int32_t a, int32_t b, int32_t child,
                        int32_t* node) {
  if (p->regex->num_nodes == p->regex->max_nodes) {
    PARSE_FAIL(p, SINTER_NOT_SUPPORTED, "a regular expression of so many parts");
  }
  *node = p->regex->num_nodes++;
  p->regex->nodes[*node] = (sinter_regex_node){kind, a, b, child, -1};
  return SINTER_OK;
}

/* Makes the ranges from `begin` on a node. */
static int32_t finish_set(parser* p, int32_t begin, int32_t* node) {
  sinter_regex_normalize(p->regex, begin);
  return add_node(p, SINTER_REGEX_SET, begin, p->regex->num_ranges - begin, -1, node);
}

static int32_t literal(parser* p, uint32_t code, int32_t* node) {
  const int32_t begin = p->regex->num_ranges;
  SINTER_TRY(sinter_regex_add_range(p->call, p->regex, code, code));
  if (p->fold) SINTER_TRY(sinter_regex_fold(p->call, p->regex, begin));
  return finish_set(p, begin, node);
}

static int32_t next_code(parser* p, uint32_t* code) {
  const int32_t length = sinter_utf8_decode(p->text + p->at, p->size - p->at, code);
  if (length == 0) PARSE_FAIL(p, SINTER_BAD_VALUE, "the regular expression is not UTF-8");
  p->at += length;
  return SINTER_OK;
}

static int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/* At most `most` digits of the base. RETURNS: how many there are. */
static int32_t read_digits(parser* p, uint32_t base, int32_t most, uint32_t* value) {
  int32_t count = 0;
  *value = 0;
  while (count < most && p->at < p->size && (uint32_t)digit_value(p->text[p->at]) < base) {
    *value = *value * base + (uint32_t)digit_value(p->text[p->at++]);
    ++count;
  }
  return count;
}

static int32_t hex_escape(parser* p, uint32_t* code) {
  if (accept(p, '{')) {
    if (read_digits(p, 16, 7, code) > 0 && *code <= 0x10ffff && accept(p, '}')) return SINTER_OK;
  } else if (read_digits(p, 16, 2, code) == 2) {
    return SINTER_OK;
  }
  PARSE_FAIL(p, SINTER_BAD_VALUE, "bad \\x in the regular expression");
}

/* The code point that an escape stands for; p->at is behind the backslash. */
static int32_t escaped_code(parser* p, uint32_t* code) {
  if (p->at == p->size) PARSE_FAIL(p, SINTER_BAD_VALUE, "trailing \\ in the regular expression");
  static const char names[] = "abfnrtv";
  static const char values[] = "\a\b\f\n\r\t\v";
  const char c = p->text[p->at++];
  if (c == 'x') return hex_escape(p, code);
  if (c == '0') return read_digits(p, 8, 2, code), SINTER_OK;
  for (int32_t i = 0; names[i] != 0; ++i) {
    if (names[i] == c && c != 'b') return *code = (uint32_t)values[i], SINTER_OK;
  }
  const int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  if (letter || c == '_' || (uint8_t)c >= 0x80) {
    PARSE_FAIL(p, SINTER_NOT_SUPPORTED, "an escape that is not supported in a regular expression");
  }
  *code = (uint32_t)c;
  return SINTER_OK;
}

static int is_group_letter(char c) {
  return c == 'd' || c == 'D' || c == 's' || c == 'S' || c == 'w' || c == 'W';
}

static int32_t parse_escape(parser* p, int32_t* node) {
  const char c = p->at < p->size ? p->text[p->at] : 0;
  static const char places[] = "AzbB";
  static const int32_t kinds[] = {SINTER_REGEX_TEXT_BEGIN, SINTER_REGEX_TEXT_END,
                                  SINTER_REGEX_WORD_EDGE, SINTER_REGEX_NO_WORD_EDGE};
  for (int32_t i = 0; places[i] != 0; ++i) {
    if (c != places[i]) continue;
    ++p->at;
    return add_node(p, SINTER_REGEX_ASSERT, kinds[i], 0, -1, node);
  }
  if (is_group_letter(c)) {
    ++p->at;
    const int32_t begin = p->regex->num_ranges;
    SINTER_TRY(sinter_regex_add_group(p->call, p->regex, c, p->fold));
    return finish_set(p, begin, node);
  }
  uint32_t code;
  SINTER_TRY(escaped_code(p, &code));
  return literal(p, code, node);
}

/* --- [classes] --- */

/* [:name:], with p->at behind "[:". Sets *found to 0 if it is none. */
static int32_t named_class(parser* p, int* found) {
  int64_t end = p->at;
  while (end + 1 < p->size && !(p->text[end] == ':' && p->text[end + 1] == ']')) ++end;
  *found = end + 1 < p->size;
  if (!*found) return SINTER_OK;
  const int negated = accept(p, '^');
  const sinter_string name = {p->text + p->at, end - p->at};
  p->at = end + 2;
  return sinter_regex_add_named(p->call, p->regex, name, negated, p->fold);
}

static int32_t class_code(parser* p, uint32_t* code) {
  return accept(p, '\\') ? escaped_code(p, code) : next_code(p, code);
}

/* One member of a class: a named class, \d and the like, a character or a range. */
static int32_t class_member(parser* p) {
  if (p->at + 1 < p->size && looking_at(p, '[') && p->text[p->at + 1] == ':') {
    int found;
    p->at += 2;
    SINTER_TRY(named_class(p, &found));
    if (found) return SINTER_OK;
    p->at -= 2;
  }
  if (looking_at(p, '\\') && p->at + 1 < p->size && is_group_letter(p->text[p->at + 1])) {
    const char letter = p->text[p->at + 1];
    p->at += 2;
    return sinter_regex_add_group(p->call, p->regex, letter, p->fold);
  }
  uint32_t first;
  SINTER_TRY(class_code(p, &first));
  uint32_t last = first;
  if (p->at + 1 < p->size && looking_at(p, '-') && p->text[p->at + 1] != ']') {
    ++p->at;
    SINTER_TRY(class_code(p, &last));
  }
  if (last < first) PARSE_FAIL(p, SINTER_BAD_VALUE, "bad range in the regular expression");
  const int32_t begin = p->regex->num_ranges;
  SINTER_TRY(sinter_regex_add_range(p->call, p->regex, first, last));
  return p->fold ? sinter_regex_fold(p->call, p->regex, begin) : SINTER_OK;
}

static int32_t parse_class(parser* p, int32_t* node) {
  const int negated = accept(p, '^');
  const int32_t begin = p->regex->num_ranges;
  for (int first = 1; first || !looking_at(p, ']'); first = 0) {
    if (p->at == p->size) PARSE_FAIL(p, SINTER_BAD_VALUE, "missing ] in the regular expression");
    SINTER_TRY(class_member(p));
  }
  ++p->at;
  if (negated) SINTER_TRY(sinter_regex_negate(p->call, p->regex, begin));
  return finish_set(p, begin, node);
}

/* --- Groups, repetition, the whole --- */

static int32_t parse_choice(parser* p, int32_t* node);

/* Flags, up to ":" or ")". */
static int32_t parse_flags(parser* p) {
  int on = 1;
  while (p->at < p->size && !looking_at(p, ':') && !looking_at(p, ')')) {
    const char c = p->text[p->at++];
    if (c == 'i') {
      p->fold = on;
    } else if (c == 'm') {
      p->multiline = on;
    } else if (c == 's') {
      p->dot_all = on;
    } else if (c == '-' && on) {
      on = 0;
    } else {
      PARSE_FAIL(p, SINTER_NOT_SUPPORTED, "a (?...) that is not supported in a regular expression");
    }
  }
  return SINTER_OK;
}

/* What follows "(?". Sets *flags_only if it is no group, but flags for the rest. */
static int32_t parse_group_head(parser* p, int* flags_only) {
  *flags_only = 0;
  if (looking_at(p, 'P') || looking_at(p, '<')) {
    accept(p, 'P');
    const int look_behind = p->at + 1 < p->size && !looking_at(p, '<');
    if (look_behind || !accept(p, '<') || looking_at(p, '=') || looking_at(p, '!')) {
      PARSE_FAIL(p, SINTER_NOT_SUPPORTED, "a (?...) that is not supported in a regular expression");
    }
    while (p->at < p->size && !looking_at(p, '>')) ++p->at;
    if (!accept(p, '>')) PARSE_FAIL(p, SINTER_BAD_VALUE, "bad name in the regular expression");
    return SINTER_OK;
  }
  SINTER_TRY(parse_flags(p));
  if (accept(p, ':')) return SINTER_OK;
  *flags_only = looking_at(p, ')');
  return SINTER_OK;
}

static int32_t parse_group(parser* p, int32_t* node) {
  const parser before = *p;
  int flags_only = 0;
  if (accept(p, '?')) SINTER_TRY(parse_group_head(p, &flags_only));
  if (flags_only) {
    ++p->at;
    return add_node(p, SINTER_REGEX_SEQUENCE, 0, 0, -1, node);
  }
  if (++p->depth > MAX_DEPTH) {
    PARSE_FAIL(p, SINTER_NOT_SUPPORTED, "a regular expression nested so deeply");
  }
  SINTER_TRY(parse_choice(p, node));
  if (!accept(p, ')')) PARSE_FAIL(p, SINTER_BAD_VALUE, "missing ) in the regular expression");
  --p->depth;
  p->fold = before.fold;
  p->multiline = before.multiline;
  p->dot_all = before.dot_all;
  return SINTER_OK;
}

static int32_t parse_dot(parser* p, int32_t* node) {
  const int32_t begin = p->regex->num_ranges;
  if (!p->dot_all) SINTER_TRY(sinter_regex_add_range(p->call, p->regex, '\n', '\n'));
  SINTER_TRY(sinter_regex_negate(p->call, p->regex, begin));
  return finish_set(p, begin, node);
}

static int32_t parse_atom(parser* p, int32_t* node) {
  uint32_t code;
  SINTER_TRY(next_code(p, &code));
  switch (code) {
    case '(':
      return parse_group(p, node);
    case '[':
      return parse_class(p, node);
    case '.':
      return parse_dot(p, node);
    case '\\':
      return parse_escape(p, node);
    case '^':
      return add_node(p, SINTER_REGEX_ASSERT,
                      p->multiline ? SINTER_REGEX_LINE_BEGIN : SINTER_REGEX_TEXT_BEGIN, 0, -1,
                      node);
    case '$':
      return add_node(p, SINTER_REGEX_ASSERT,
                      p->multiline ? SINTER_REGEX_LINE_END : SINTER_REGEX_TEXT_END, 0, -1, node);
    case '*':
    case '+':
    case '?':
      PARSE_FAIL(p, SINTER_BAD_VALUE, "nothing to repeat in the regular expression");
    default:
      return literal(p, code, node);
  }
}

/* {n}, {n,} or {n,m}; anything else is literal. RETURNS: whether there is one. */
static int read_counts(parser* p, int32_t* least, int32_t* most) {
  const int64_t before = p->at;
  uint32_t low = 0;
  uint32_t high = 0;
  ++p->at;
  int good = read_digits(p, 10, 6, &low) > 0;
  *least = (int32_t)low;
  *most = (int32_t)low;
  if (good && accept(p, ',')) {
    *most = looking_at(p, '}') ? -1 : 0;
    if (*most == 0) good = read_digits(p, 10, 6, &high) > 0;
    if (*most == 0) *most = (int32_t)high;
  }
  good = good && accept(p, '}');
  if (!good) p->at = before;
  return good;
}

/* Reads one repetition, if there is one. */
static int read_repeat(parser* p, int32_t* least, int32_t* most) {
  if (looking_at(p, '{')) return read_counts(p, least, most);
  *least = looking_at(p, '+');
  *most = looking_at(p, '?') ? 1 : -1;
  return accept(p, '*') || accept(p, '+') || accept(p, '?');
}

static int32_t parse_piece(parser* p, int32_t* node) {
  int32_t least;
  int32_t most;
  if (looking_at(p, '{') && read_counts(p, &least, &most)) {
    PARSE_FAIL(p, SINTER_BAD_VALUE, "nothing to repeat in the regular expression");
  }
  SINTER_TRY(parse_atom(p, node));
  if (!read_repeat(p, &least, &most)) return SINTER_OK;
  if (p->regex->nodes[*node].kind == SINTER_REGEX_SEQUENCE) {
    PARSE_FAIL(p, SINTER_NOT_SUPPORTED, "a repetition right after flags in a regular expression");
  }
  if (least > MAX_REPEAT || most > MAX_REPEAT || (most >= 0 && most < least)) {
    PARSE_FAIL(p, SINTER_BAD_VALUE, "bad repetition in the regular expression");
  }
  SINTER_TRY(add_node(p, SINTER_REGEX_REPEAT, least, most, *node, node));
  accept(p, '?'); /* whether it is lazy makes no difference to a full match */
  if (read_repeat(p, &least, &most)) {
    PARSE_FAIL(p, SINTER_BAD_VALUE, "two repetitions in a row in the regular expression");
  }
  return SINTER_OK;
}

static int32_t parse_sequence(parser* p, int32_t* node) {
  SINTER_TRY(add_node(p, SINTER_REGEX_SEQUENCE, 0, 0, -1, node));
  int32_t last = -1;
  while (p->at < p->size && !looking_at(p, '|') && !looking_at(p, ')')) {
    int32_t piece;
    SINTER_TRY(parse_piece(p, &piece));
    sinter_regex_node* nodes = p->regex->nodes;
    *(last < 0 ? &nodes[*node].child : &nodes[last].sibling) = piece;
    last = piece;
  }
  return SINTER_OK;
}

static int32_t parse_choice(parser* p, int32_t* node) {
  int32_t last;
  SINTER_TRY(parse_sequence(p, &last));
  SINTER_TRY(add_node(p, SINTER_REGEX_CHOICE, 0, 0, last, node));
  while (accept(p, '|')) {
    int32_t other;
    SINTER_TRY(parse_sequence(p, &other));
    p->regex->nodes[last].sibling = other;
    last = other;
  }
  return SINTER_OK;
}

int32_t sinter_regex_parse(const sinter_op_call* call, sinter_string pattern, sinter_regex* regex) {
  if (pattern.size > 100000) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a regular expression of so many characters");
  }
  /* A character makes at most 3 nodes, and at most the 7 ranges of one that is folded. */
  regex->max_nodes = (int32_t)pattern.size * 3 + 8;
  regex->max_ranges = (int32_t)pattern.size * 12 + 32;
  const uint64_t node_bytes = (uint64_t)regex->max_nodes * sizeof(sinter_regex_node);
  const uint64_t range_bytes = (uint64_t)regex->max_ranges * sizeof(sinter_regex_range);
  regex->nodes = sinter_allocate(call->context, node_bytes);
  regex->ranges = sinter_allocate(call->context, range_bytes);
  if (!regex->nodes || !regex->ranges) {
    SINTER_FAIL(SINTER_NO_MEMORY, "no memory for the regular expression");
  }
  parser p = {call, regex, pattern.data, pattern.size, 0, 0, 0, 0, 0};
  SINTER_TRY(parse_choice(&p, &regex->root));
  if (p.at < p.size) SINTER_FAIL(SINTER_BAD_VALUE, "stray ) in the regular expression");
  return SINTER_OK;
}
