/* Regular expressions of a part of RE2's syntax, for RegexFullMatch.
 *
 * Matching simulates the expression's nondeterministic automaton on code points, all its states
 * at once: time is at most the text's length times the program's size, memory the program's size.
 *
 * Supported: literals, `.`, classes with ranges, negation and [:alpha:]-like names, \d \D \s \S \w
 * \W, escapes of control and punctuation characters, \x41, \x{3b1}, groups (capturing, named, and
 * not), the flags i, m and s, alternation, * + ? {n} {n,} {n,m} and their lazy forms, ^ $ \A \z \b
 * \B. Refused: Unicode classes (\pL), back references, look-around, \Q..\E, \C, the flag U, and the
 * flag i on letters beyond ASCII.
 *
 * Not thread-safe. All memory is from the call's context, and let go by sinter_regex_free().
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_REGEX_H_
#define SINTER_COMPILER_CORE_LIBRARY_REGEX_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Code points first to last. */
typedef struct sinter_regex_range {
  uint32_t first;
  uint32_t last;
} sinter_regex_range;

enum {
  SINTER_REGEX_SET,    /* a code point in the ranges [a, a + b) */
  SINTER_REGEX_ASSERT, /* at a place of kind a, which takes no characters */
  SINTER_REGEX_SEQUENCE,
  SINTER_REGEX_CHOICE,
  SINTER_REGEX_REPEAT, /* the only child, a to b times; b = -1: any number */
};

enum {
  SINTER_REGEX_TEXT_BEGIN,
  SINTER_REGEX_TEXT_END,
  SINTER_REGEX_LINE_BEGIN,
  SINTER_REGEX_LINE_END,
  SINTER_REGEX_WORD_EDGE,
  SINTER_REGEX_NO_WORD_EDGE,
};

/* A node of the parsed expression; children are a list. -1: no node. */
typedef struct sinter_regex_node {
  int32_t kind;
  int32_t a;
  int32_t b;
  int32_t child;
  int32_t sibling;
} sinter_regex_node;

enum {
  SINTER_REGEX_READ,  /* a code point in the ranges [a, a + b), then on to the next step */
  SINTER_REGEX_CHECK, /* an assertion of kind a, then on to the next step */
  SINTER_REGEX_SPLIT, /* on to both steps a and b */
  SINTER_REGEX_GO,    /* on to step a */
  SINTER_REGEX_MATCH,
};

typedef struct sinter_regex_step {
  int32_t op;
  int32_t a;
  int32_t b;
} sinter_regex_step;

typedef struct sinter_regex {
  sinter_regex_node* nodes;
  int32_t num_nodes;
  int32_t max_nodes;
  sinter_regex_range* ranges;
  int32_t num_ranges;
  int32_t max_ranges;
  int32_t root;
  sinter_regex_step* steps;
  int32_t num_steps;
} sinter_regex;

/* Sets nodes, ranges and root.
 * ERRORS: SINTER_BAD_VALUE for what is no expression, SINTER_NOT_SUPPORTED, SINTER_NO_MEMORY. */
SINTER_HIDDEN int32_t sinter_regex_parse(const sinter_op_call* call, sinter_string pattern,
                                         sinter_regex* regex);
/* Sets steps. ERRORS: SINTER_NOT_SUPPORTED if there would be too many, SINTER_NO_MEMORY. */
SINTER_HIDDEN int32_t sinter_regex_compile(const sinter_op_call* call, sinter_regex* regex);
SINTER_HIDDEN void sinter_regex_free(const sinter_context* context, sinter_regex* regex);

/* --- Classes (regex_class.c): ranges [begin, num_ranges) of the expression, being built --- */
/* ERRORS: SINTER_NOT_SUPPORTED if there are too many ranges. */
SINTER_HIDDEN int32_t sinter_regex_add_range(const sinter_op_call* call, sinter_regex* regex,
                                             uint32_t first, uint32_t last);
/* Adds the class of \d, \D, \s, \S, \w or \W. RETURNS: SINTER_BAD_VALUE for other letters. */
SINTER_HIDDEN int32_t sinter_regex_add_group(const sinter_op_call* call, sinter_regex* regex,
                                             char letter, int fold);
/* Adds what [:name:] stands for. */
SINTER_HIDDEN int32_t sinter_regex_add_named(const sinter_op_call* call, sinter_regex* regex,
                                             sinter_string name, int negated, int fold);
/* Adds the other cases of ASCII letters; refuses letters beyond ASCII. */
SINTER_HIDDEN int32_t sinter_regex_fold(const sinter_op_call* call, sinter_regex* regex,
                                        int32_t begin);
/* Sorts and joins, so that the ranges don't touch. */
SINTER_HIDDEN void sinter_regex_normalize(sinter_regex* regex, int32_t begin);
/* To all the others; normalizes. */
SINTER_HIDDEN int32_t sinter_regex_negate(const sinter_op_call* call, sinter_regex* regex,
                                          int32_t begin);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_REGEX_H_ */
