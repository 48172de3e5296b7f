/* Sets of code points. */
#include "compiler_core/library/regex.h"
#include "compiler_core/library/text.h"

#define LAST_CODE 0x10ffffu
#define LAST_CASED 0x1ffffu /* no letters beyond have cases */

int32_t sinter_regex_add_range(const sinter_op_call* call, sinter_regex* regex, uint32_t first,
                               uint32_t last) {
  if (regex->num_ranges == regex->max_ranges) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a regular expression with so large classes");
  }
  regex->ranges[regex->num_ranges++] = (sinter_regex_range){first, last};
  return SINTER_OK;
}

static void sort_ranges(sinter_regex_range* ranges, int32_t count) {
  int32_t gap = 1;
  while (gap < count / 3) gap = 3 * gap + 1;
  for (; gap > 0; gap /= 3) {
    for (int32_t i = gap; i < count; ++i) {
      const sinter_regex_range range = ranges[i];
      int32_t at = i;
      for (; at >= gap && ranges[at - gap].first > range.first; at -= gap) {
        ranges[at] = ranges[at - gap];
      }
      ranges[at] = range;
    }
  }
}

void sinter_regex_normalize(sinter_regex* regex, int32_t begin) {
  sinter_regex_range* ranges = regex->ranges + begin;
  const int32_t count = regex->num_ranges - begin;
  if (count == 0) return;
  sort_ranges(ranges, count);
  int32_t last = 0;
  for (int32_t i = 1; i < count; ++i) {
    if (ranges[i].first > ranges[last].last + 1) {
      ranges[++last] = ranges[i];
    } else if (ranges[i].last > ranges[last].last) {
      ranges[last].last = ranges[i].last;
    }
  }
  regex->num_ranges = begin + last + 1;
}

int32_t sinter_regex_negate(const sinter_op_call* call, sinter_regex* regex, int32_t begin) {
  sinter_regex_normalize(regex, begin);
  /* Gaps are at most one more than ranges, and each is written behind what it was read from. */
  uint32_t next = 0;
  int32_t to = begin;
  const int32_t end = regex->num_ranges;
  for (int32_t i = begin; i < end; ++i) {
    const sinter_regex_range range = regex->ranges[i];
    if (range.first > next) {
      regex->ranges[to++] = (sinter_regex_range){next, range.first - 1};
    }
    next = range.last + 1;
  }
  regex->num_ranges = to;
  return next > LAST_CODE ? SINTER_OK : sinter_regex_add_range(call, regex, next, LAST_CODE);
}

/* Adds the part of [first, last] in [low, high], moved by `distance`. */
static int32_t add_moved(const sinter_op_call* call, sinter_regex* regex,
                         const sinter_regex_range* range, uint32_t low, uint32_t high,
                         int32_t distance) {
  const uint32_t first = range->first > low ? range->first : low;
  const uint32_t last = range->last < high ? range->last : high;
  if (first > last) return SINTER_OK;
  return sinter_regex_add_range(call, regex, (uint32_t)((int32_t)first + distance),
                                (uint32_t)((int32_t)last + distance));
}

int32_t sinter_regex_fold(const sinter_op_call* call, sinter_regex* regex, int32_t begin) {
  const int32_t end = regex->num_ranges;
  for (int32_t i = begin; i < end; ++i) {
    const sinter_regex_range range = regex->ranges[i];
    const uint32_t last = range.last < LAST_CASED ? range.last : LAST_CASED;
    for (uint32_t code = range.first > 0x80 ? range.first : 0x80; code <= last; ++code) {
      if (sinter_upper_case(code) != code || sinter_lower_case(code) != code) {
        SINTER_FAIL(SINTER_NOT_SUPPORTED,
                    "a regular expression that ignores the case of letters beyond ASCII");
      }
    }
    SINTER_TRY(add_moved(call, regex, &range, 'a', 'z', 'A' - 'a'));
    SINTER_TRY(add_moved(call, regex, &range, 'A', 'Z', 'a' - 'A'));
    /* The Kelvin sign is a k, the long s an s. */
    SINTER_TRY(add_moved(call, regex, &range, 'k', 'k', 0x212a - 'k'));
    SINTER_TRY(add_moved(call, regex, &range, 'K', 'K', 0x212a - 'K'));
    SINTER_TRY(add_moved(call, regex, &range, 's', 's', 0x17f - 's'));
    SINTER_TRY(add_moved(call, regex, &range, 'S', 'S', 0x17f - 'S'));
  }
  return SINTER_OK;
}

/* A class by the name it has in [:name:], as pairs of first and last characters. */
typedef struct named_class {
  const char* name;
  const char* pairs;
} named_class;

/* In `pairs`, control characters are written as they are, but 0, which is \200 (no other is). */
static const named_class named_classes[] = {
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"ascii", "\200\177"},
    {"blank", "\t\t  "},
    {"cntrl", "\200\037\177\177"},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"word", "09AZaz__"},
    {"xdigit", "09AFaf"},
    {"s", "\t\n\f\r  "}, /* of \s, which is no name that an expression may use */
};

static int32_t add_pairs(const sinter_op_call* call, sinter_regex* regex, const char* pairs,
                         int negated, int fold) {
  const int32_t begin = regex->num_ranges;
  for (; *pairs != 0; pairs += 2) {
    const uint32_t first = *pairs == '\200' ? 0 : (uint8_t)pairs[0];
    SINTER_TRY(sinter_regex_add_range(call, regex, first, (uint8_t)pairs[1]));
  }
  if (fold) SINTER_TRY(sinter_regex_fold(call, regex, begin));
  return negated ? sinter_regex_negate(call, regex, begin) : SINTER_OK;
}

int32_t sinter_regex_add_named(const sinter_op_call* call, sinter_regex* regex, sinter_string name,
                               int negated, int fold) {
  const int32_t count = sizeof(named_classes) / sizeof(named_classes[0]) - 1;
  for (int32_t i = 0; i < count; ++i) {
    const sinter_string known = sinter_string_of(named_classes[i].name);
    if (!sinter_string_equal(&known, &name)) continue;
    return add_pairs(call, regex, named_classes[i].pairs, negated, fold);
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "unknown [:class:] in the regular expression");
}

int32_t sinter_regex_add_group(const sinter_op_call* call, sinter_regex* regex, char letter,
                               int fold) {
  const char* pairs = 0;
  switch (letter) {
    case 'd':
    case 'D':
      pairs = named_classes[5].pairs;
      break;
    case 's':
    case 'S':
      pairs = named_classes[14].pairs;
      break;
    case 'w':
    case 'W':
      pairs = named_classes[12].pairs;
      break;
    default:
      return SINTER_BAD_VALUE;
  }
  return add_pairs(call, regex, pairs, letter < 'a', fold);
}
