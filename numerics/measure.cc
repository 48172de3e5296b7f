#include "numerics/measure.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "reference/shape.h"
#include "reference/small_types.h"

namespace sinter::numerics {
namespace {

using reference::Dtype;
using reference::Tensor;
using reference::Value;

constexpr double kQuantizedPart = 2e-2;

// Neighbouring numbers of a format get neighbouring integers.
double Order(Dtype dtype, double value) {
  const auto magnitude = static_cast<double>(reference::EncodeFloat(dtype, std::fabs(value)));
  return std::signbit(value) ? -magnitude : magnitude;
}

double LargestMagnitude(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, std::fabs(value));
  }
  return largest;
}

// Complex numbers as twice as many real ones.
std::vector<double> Parts(const std::vector<std::complex<double>>& numbers) {
  std::vector<double> parts;
  for (const std::complex<double>& number : numbers) {
    parts.push_back(number.real());
    parts.push_back(number.imag());
  }
  return parts;
}

std::string Place(const reference::Dims& dims, int64_t index) {
  std::vector<int64_t> place(dims.size());
  for (size_t axis = dims.size(); axis-- > 0;) {
    place[axis] = index % dims[axis];
    index /= dims[axis];
  }
  return absl::StrCat("element [", absl::StrJoin(place, ","), "]");
}

std::string IntegerText(reference::Integer value) {
  return value < 0 ? absl::StrCat(static_cast<int64_t>(value))
                   : absl::StrCat(static_cast<uint64_t>(value));
}

class Measurer {
 public:
  explicit Measurer(const Tolerance& tolerance) : tolerance_(tolerance) {}

  Measure Run(const Value& found, const Value& wanted) {
    measure_.type = wanted.TypeText();
    CompareValues(found, wanted, "");
    if (differs_ && norm_found_ > 0 && norm_wanted_ > 0) {
      measure_.cosine = dot_ / std::sqrt(norm_found_) / std::sqrt(norm_wanted_);
    } else if (differs_) {
      measure_.cosine = 0;
    }
    if (measure_.wrong > 0) {
      absl::StrAppend(&measure_.problem, "; ", measure_.wrong, " of ", measure_.elements,
                      measure_.wrong == 1 ? " is wrong" : " are wrong");
    }
    return measure_;
  }

 private:
  void CompareValues(const Value& found, const Value& wanted, const std::string& place) {
    if (found.tensor() != nullptr && wanted.tensor() != nullptr) {
      CompareTensors(*found.tensor(), *wanted.tensor(), place);
    } else if (found.sequence() != nullptr && wanted.sequence() != nullptr) {
      CompareItems(found.sequence()->elements, wanted.sequence()->elements, place, "item ");
    } else if (found.optional() != nullptr && wanted.optional() != nullptr) {
      CompareOptionals(*found.optional(), *wanted.optional(), place);
    } else if (found.map() != nullptr && wanted.map() != nullptr) {
      CompareTensors(found.map()->keys, wanted.map()->keys, place + "keys: ");
      CompareItems(found.map()->values, wanted.map()->values, place, "value ");
    } else {
      Note(place, absl::StrCat("is ", found.TypeText(), ", expected ", wanted.TypeText()));
    }
  }

  void CompareItems(const std::vector<Value>& found, const std::vector<Value>& wanted,
                    const std::string& place, const char* item) {
    if (found.size() != wanted.size()) {
      return Note(place, absl::StrCat("has ", found.size(), " items, expected ", wanted.size()));
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
      CompareValues(found[i], wanted[i], absl::StrCat(place, item, i, ": "));
    }
  }

  void CompareOptionals(const reference::Optional& found, const reference::Optional& wanted,
                        const std::string& place) {
    if ((found.value == nullptr) != (wanted.value == nullptr)) {
      return Note(place, found.value == nullptr ? "is empty, expected a value"
                                                : "is a value, expected an empty optional");
    }
    if (found.value != nullptr) CompareValues(*found.value, *wanted.value, place);
  }

  void CompareTensors(const Tensor& found, const Tensor& wanted, const std::string& place) {
    if (found.dtype() != wanted.dtype()) {
      return Note(place, absl::StrCat("is of type ", reference::Name(found.dtype()), ", expected ",
                                      reference::Name(wanted.dtype())));
    }
    if (found.dims() != wanted.dims()) {
      return Note(place, absl::StrCat("shape is ", reference::Text(found.dims()), ", expected ",
                                      reference::Text(wanted.dims())));
    }
    measure_.elements += wanted.count();
    measure_.tolerance = std::max(measure_.tolerance, tolerance_.For(wanted.dtype()));
    if (wanted.HoldsReals()) {
      CompareReals(found.reals(), wanted.reals(), wanted, place);
    } else if (wanted.HoldsIntegers()) {
      CompareIntegers(found, wanted, place);
    } else if (reference::IsComplex(wanted.dtype())) {
      CompareReals(Parts(found.complexes()), Parts(wanted.complexes()), wanted, place);
    } else {
      CompareStrings(found, wanted, place);
    }
  }

  // The numbers of `tensor`, or twice as many if they are parts of complex ones.
  void CompareReals(const std::vector<double>& found, const std::vector<double>& wanted,
                    const Tensor& tensor, const std::string& place) {
    Dtype dtype = tensor.dtype();
    const bool is_complex = reference::IsComplex(dtype);
    const double allowed = tolerance_.For(dtype) * LargestMagnitude(wanted);
    if (is_complex) dtype = dtype == Dtype::kComplex64 ? Dtype::kFloat32 : Dtype::kFloat64;
    for (size_t i = 0; i < wanted.size(); ++i) {
      const double f = found[i], w = wanted[i];
      if (f == w || (std::isnan(f) && std::isnan(w))) {
        if (std::isfinite(w)) AddToCosine(f, w);
        continue;
      }
      differs_ = true;
      bool right = false;
      if (std::isfinite(f) && std::isfinite(w)) {
        AddToCosine(f, w);
        Widen(std::fabs(f - w), std::fabs(w), std::fabs(Order(dtype, f) - Order(dtype, w)));
        right = std::fabs(f - w) <= allowed;
      }
      if (!right) {
        NoteElement(tensor, static_cast<int64_t>(is_complex ? i / 2 : i), place,
                    absl::StrFormat("%.9g", f), absl::StrFormat("%.9g", w));
      }
    }
  }

  void CompareIntegers(const Tensor& found, const Tensor& wanted, const std::string& place) {
    const double allowed = tolerance_.For(wanted.dtype());
    for (int64_t i = 0; i < wanted.count(); ++i) {
      const reference::Integer f = found.integers()[i], w = wanted.integers()[i];
      AddToCosine(static_cast<double>(f), static_cast<double>(w));
      if (f == w) continue;
      differs_ = true;
      const double apart = std::fabs(static_cast<double>(f - w));
      Widen(apart, std::fabs(static_cast<double>(w)), apart);
      if (apart > allowed) NoteElement(wanted, i, place, IntegerText(f), IntegerText(w));
    }
  }

  void CompareStrings(const Tensor& found, const Tensor& wanted, const std::string& place) {
    for (int64_t i = 0; i < wanted.count(); ++i) {
      const std::string& f = found.strings()[i];
      const std::string& w = wanted.strings()[i];
      if (f == w) continue;
      differs_ = true;
      NoteElement(wanted, i, place, absl::StrCat("`", f, "`"), absl::StrCat("`", w, "`"));
    }
  }

  void AddToCosine(double found, double wanted) {
    dot_ += found * wanted;
    norm_found_ += found * found;
    norm_wanted_ += wanted * wanted;
  }

  void Widen(double apart, double magnitude, double units) {
    measure_.max_abs = std::max(measure_.max_abs, apart);
    if (magnitude > 0) measure_.max_rel = std::max(measure_.max_rel, apart / magnitude);
    measure_.max_ulp = std::max(measure_.max_ulp, units);
  }

  void Note(const std::string& place, const std::string& problem) {
    differs_ = true;
    if (measure_.problem.empty()) measure_.problem = place + problem;
  }

  void NoteElement(const Tensor& tensor, int64_t index, const std::string& place,
                   const std::string& found, const std::string& wanted) {
    ++measure_.wrong;
    if (!measure_.problem.empty()) return;
    measure_.problem =
        absl::StrCat(place, Place(tensor.dims(), index), " is ", found, ", expected ", wanted);
  }

  const Tolerance& tolerance_;
  Measure measure_;
  bool differs_ = false;
  double dot_ = 0, norm_found_ = 0, norm_wanted_ = 0;
};

}  // namespace

double Tolerance::PartOf(Dtype dtype) {
  switch (dtype) {
    case Dtype::kFloat64:
    case Dtype::kComplex128:
      return 1e-9;
    case Dtype::kFloat32:
    case Dtype::kComplex64:
      return 1e-4;
    case Dtype::kFloat16:
      return 1e-2;
    case Dtype::kBfloat16:
      return 5e-2;
    default:
      return 0.25;
  }
}

double Tolerance::For(Dtype dtype) const {
  if (reference::IsInteger(dtype)) return quantizes && reference::Info(dtype).bits <= 8 ? 1 : 0;
  if (!reference::IsFloat(dtype) && !reference::IsComplex(dtype)) return 0;
  if (of_largest > 0) return of_largest;
  return std::max({PartOf(dtype), at_least, quantizes ? kQuantizedPart : 0});
}

Measure MeasureValue(const Value& found, const Value& wanted, const Tolerance& tolerance) {
  return Measurer(tolerance).Run(found, wanted);
}

}  // namespace sinter::numerics
