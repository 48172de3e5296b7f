#include "reference/tools/compare.h"

#include <cmath>
#include <complex>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::reference {
namespace {

absl::Status Differ(const std::string& what) { return absl::FailedPreconditionError(what); }

// Neighbouring numbers of a format get neighbouring integers.
int64_t Order(Dtype dtype, double value) {
  const auto magnitude = static_cast<int64_t>(EncodeFloat(dtype, std::fabs(value)));
  return value < 0 ? -magnitude : magnitude;
}

bool RealsAgree(Dtype dtype, double found, double wanted, const Tolerance& tolerance) {
  if (std::isnan(found) || std::isnan(wanted)) return std::isnan(found) && std::isnan(wanted);
  if (found == wanted) return true;
  if (IsFloat(dtype) && Info(dtype).bits < 32 &&
      std::abs(Order(dtype, found) - Order(dtype, wanted)) <= tolerance.units) {
    return true;
  }
  if (std::isinf(found) || std::isinf(wanted)) return false;
  return std::fabs(found - wanted) <= tolerance.absolute + tolerance.relative * std::fabs(wanted);
}

std::string ElementText(const Tensor& tensor, int64_t i) {
  if (tensor.dtype() == Dtype::kString) return absl::StrCat("`", tensor.strings()[i], "`");
  if (IsComplex(tensor.dtype())) {
    return absl::StrCat(tensor.complexes()[i].real(), "+", tensor.complexes()[i].imag(), "i");
  }
  if (tensor.HoldsReals()) return absl::StrCat(tensor.reals()[i]);
  return absl::StrCat(static_cast<int64_t>(tensor.integers()[i]));
}

bool ElementsAgree(const Tensor& found, const Tensor& wanted, int64_t i,
                   const Tolerance& tolerance) {
  const Dtype dtype = wanted.dtype();
  if (wanted.HoldsReals()) {
    return RealsAgree(dtype, found.reals()[i], wanted.reals()[i], tolerance);
  }
  if (wanted.HoldsIntegers()) return found.integers()[i] == wanted.integers()[i];
  if (dtype == Dtype::kString) return found.strings()[i] == wanted.strings()[i];
  const std::complex<double> f = found.complexes()[i];
  const std::complex<double> w = wanted.complexes()[i];
  return RealsAgree(dtype, f.real(), w.real(), tolerance) &&
         RealsAgree(dtype, f.imag(), w.imag(), tolerance);
}

absl::Status CompareTensors(const Tensor& found, const Tensor& wanted, const Tolerance& tolerance) {
  if (found.dtype() != wanted.dtype()) {
    return Differ(
        absl::StrCat("type is ", Name(found.dtype()), ", expected ", Name(wanted.dtype())));
  }
  if (found.dims() != wanted.dims()) {
    return Differ(
        absl::StrCat("shape is ", Text(found.dims()), ", expected ", Text(wanted.dims())));
  }
  if (tolerance.only_shape) return absl::OkStatus();
  int64_t differing = 0;
  int64_t first = 0;
  for (int64_t i = 0; i < wanted.count(); ++i) {
    if (ElementsAgree(found, wanted, i, tolerance)) continue;
    if (differing++ == 0) first = i;
  }
  if (differing == 0) return absl::OkStatus();
  return Differ(absl::StrCat("element ", first, " is ", ElementText(found, first), ", expected ",
                             ElementText(wanted, first), "; ", differing, " of ", wanted.count(),
                             " differ"));
}

absl::Status CompareElements(const std::vector<Value>& found, const std::vector<Value>& wanted,
                             const Tolerance& tolerance) {
  if (found.size() != wanted.size()) {
    return Differ(absl::StrCat("has ", found.size(), " elements, expected ", wanted.size()));
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    SINTER_RETURN_IF_ERROR(Compare(found[i], wanted[i], tolerance));
  }
  return absl::OkStatus();
}

absl::Status CompareOptionals(const Optional& found, const Optional& wanted,
                              const Tolerance& tolerance) {
  if ((found.value == nullptr) != (wanted.value == nullptr)) {
    return Differ("one optional is empty and the other is not");
  }
  if (found.value == nullptr) return absl::OkStatus();
  return Compare(*found.value, *wanted.value, tolerance);
}

}  // namespace

absl::Status Compare(const Value& found, const Value& wanted, const Tolerance& tolerance) {
  if (found.tensor() != nullptr && wanted.tensor() != nullptr) {
    return CompareTensors(*found.tensor(), *wanted.tensor(), tolerance);
  }
  if (found.sequence() != nullptr && wanted.sequence() != nullptr) {
    return CompareElements(found.sequence()->elements, wanted.sequence()->elements, tolerance);
  }
  if (found.optional() != nullptr && wanted.optional() != nullptr) {
    return CompareOptionals(*found.optional(), *wanted.optional(), tolerance);
  }
  if (found.map() != nullptr && wanted.map() != nullptr) {
    SINTER_RETURN_IF_ERROR(CompareTensors(found.map()->keys, wanted.map()->keys, tolerance));
    return CompareElements(found.map()->values, wanted.map()->values, tolerance);
  }
  return Differ(absl::StrCat("is a ", found.TypeText(), ", expected a ", wanted.TypeText()));
}

}  // namespace sinter::reference
