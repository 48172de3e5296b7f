// TfIdfVectorizer.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

// Text and numbers alike are words here: a number is its decimal form.
using Words = std::vector<std::string>;

struct Vectorizer {
  std::map<Words, size_t> grams;  // -> number in the pool
  std::vector<int64_t> columns;   // of each gram
  std::vector<double> weights;    // of each gram
  int64_t shortest = 1, longest = 1, most_skipped = 0, width = 0;
};

Words WordsOf(const Tensor& tensor) {
  if (tensor.dtype() == Dtype::kString) return tensor.strings();
  Words words;
  for (const int64_t value : tensor.ToInts()) words.push_back(absl::StrCat(value));
  return words;
}

Words Pool(const Call& call) {
  Words pool = call.Strings("pool_strings");
  for (const int64_t value : call.Ints("pool_int64s")) pool.push_back(absl::StrCat(value));
  return pool;
}

// The grams of n words lie between counts[n - 1] and counts[n] in the pool.
absl::Status ReadGrams(const Call& call, Vectorizer& vectorizer) {
  const Words pool = Pool(call);
  const std::vector<int64_t> counts = call.Ints("ngram_counts");
  const auto size = static_cast<int64_t>(pool.size());
  size_t number = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const auto length = static_cast<int64_t>(i) + 1;
    const int64_t end = i + 1 < counts.size() ? counts[i + 1] : size;
    if (counts[i] < 0 || end < counts[i] || end > size || (end - counts[i]) % length != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("`ngram_counts` does not fit a pool of ", size));
    }
    for (int64_t at = counts[i]; at < end; at += length) {
      vectorizer.grams[Words(pool.begin() + at, pool.begin() + at + length)] = number++;
    }
  }
  if (vectorizer.columns.size() != number) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`ngram_indexes` has ", vectorizer.columns.size(), " entries for ", number, " n-grams"));
  }
  if (!vectorizer.weights.empty() && vectorizer.weights.size() != number) {
    return absl::InvalidArgumentError(absl::StrCat("`weights` has ", vectorizer.weights.size(),
                                                   " entries for ", number, " n-grams"));
  }
  vectorizer.weights.resize(number, 1.0);
  return absl::OkStatus();
}

absl::StatusOr<Vectorizer> ReadVectorizer(const Call& call) {
  Vectorizer vectorizer;
  vectorizer.columns = call.Ints("ngram_indexes");
  vectorizer.weights = call.Floats("weights");
  vectorizer.shortest = call.Int("min_gram_length", 1);
  vectorizer.longest = call.Int("max_gram_length", 1);
  vectorizer.most_skipped = call.Int("max_skip_count", 0);
  if (vectorizer.shortest < 1 || vectorizer.longest < vectorizer.shortest ||
      vectorizer.most_skipped < 0) {
    return absl::InvalidArgumentError("lengths of n-grams or the skip count are out of range");
  }
  for (const int64_t column : vectorizer.columns) {
    if (column < 0) return absl::InvalidArgumentError("`ngram_indexes` has a negative entry");
    vectorizer.width = std::max(vectorizer.width, column + 1);
  }
  SINTER_RETURN_IF_ERROR(ReadGrams(call, vectorizer));
  return vectorizer;
}

// How often each gram of the pool occurs in a row, its words `step` apart for some step up to
// most_skipped + 1. A gram of one word has no steps and counts once.
std::vector<double> Occurrences(const Vectorizer& vectorizer, const Words& row) {
  std::vector<double> found(vectorizer.weights.size(), 0.0);
  const auto size = static_cast<int64_t>(row.size());
  for (int64_t n = vectorizer.shortest; n <= std::min(vectorizer.longest, size); ++n) {
    const int64_t steps = n == 1 ? 1 : std::min(vectorizer.most_skipped + 1, size);
    for (int64_t step = 1; step <= steps; ++step) {
      for (int64_t start = 0; start + (n - 1) * step < size; ++start) {
        Words gram;
        for (int64_t k = 0; k < n; ++k) gram.push_back(row[start + k * step]);
        const auto at = vectorizer.grams.find(gram);
        if (at != vectorizer.grams.end()) found[at->second] += 1;
      }
    }
  }
  return found;
}

absl::StatusOr<std::vector<Value>> TfIdfVectorizer(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Vectorizer vectorizer, ReadVectorizer(call));
  const std::string mode = call.String("mode", "");
  if (mode != "TF" && mode != "IDF" && mode != "TFIDF")
    return absl::InvalidArgumentError(absl::StrCat("`mode` is `", mode, "`"));
  const Tensor& x = call.tensor(0);
  if (x.rank() > 2)
    return absl::InvalidArgumentError(
        absl::StrCat("the shape is ", Text(x.dims()), "; it is [C] or [N, C]"));
  const int64_t rows = x.rank() == 2 ? x.dims()[0] : 1;
  const int64_t length = x.rank() == 0 ? 1 : x.dims().back();
  Dims dims = x.rank() == 2 ? Dims{rows, vectorizer.width} : Dims{vectorizer.width};
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(Dtype::kFloat32, std::move(dims));
  const Words words = WordsOf(x);
  for (int64_t r = 0; r < rows; ++r) {
    const Words row(words.begin() + r * length, words.begin() + (r + 1) * length);
    const std::vector<double> found = Occurrences(vectorizer, row);
    for (size_t g = 0; g < found.size(); ++g) {
      double& out = y.reals()[r * vectorizer.width + vectorizer.columns[g]];
      if (mode == "IDF") {
        if (found[g] > 0) out = vectorizer.weights[g];
      } else {
        out += found[g] * (mode == "TF" ? 1.0 : vectorizer.weights[g]);
      }
    }
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> TfIdfOperators() {
  static constexpr Operator kOperators[] = {{"", "TfIdfVectorizer", 9, TfIdfVectorizer}};
  return kOperators;
}

}  // namespace sinter::reference
