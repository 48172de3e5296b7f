#include "server/coordinator/canonical.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "server/errors/error_details.h"

namespace sinter::server {
namespace {

constexpr int kDefaultLevel = 3;
constexpr int kHighestLevel = 3;

absl::Status Invalid(const std::string& message) {
  return RequestError(absl::StatusCode::kInvalidArgument, "invalid_option", message);
}

template <typename Field>
void SortUnique(Field& field) {
  std::sort(field.begin(), field.end());
  field.erase(std::unique(field.begin(), field.end()), field.end());
}

absl::Status CheckDim(const v1::ShapeSpec& shape, const v1::ShapeSpec::Dim& dim) {
  if (dim.has_fixed() && dim.fixed() < 0) {
    return Invalid(absl::StrCat("a shape for `", shape.input(), "` has the dimension ", dim.fixed(),
                                ": a size is 0 or more"));
  }
  if (dim.has_bounded() && (dim.bounded().min() < 0 || dim.bounded().max() < dim.bounded().min())) {
    return Invalid(absl::StrCat("a shape for `", shape.input(), "` has the range ",
                                dim.bounded().min(), "..", dim.bounded().max(),
                                ": no size is in it"));
  }
  return absl::OkStatus();
}

absl::Status CanonicalizeShapes(v1::CompileOptions& options) {
  auto& shapes = *options.mutable_shapes();
  std::sort(shapes.begin(), shapes.end(),
            [](const auto& a, const auto& b) { return a.input() < b.input(); });
  for (int i = 0; i < shapes.size(); ++i) {
    if (i > 0 && shapes[i].input() == shapes[i - 1].input()) {
      return Invalid(absl::StrCat("two shapes for the input `", shapes[i].input(), "`"));
    }
    for (v1::ShapeSpec::Dim& dim : *shapes[i].mutable_dims()) {
      SINTER_RETURN_IF_ERROR(CheckDim(shapes[i], dim));
      if (dim.kind_case() == v1::ShapeSpec::Dim::KIND_NOT_SET) dim.set_free(true);
      if (dim.has_bounded() && dim.bounded().min() == dim.bounded().max()) {
        dim.set_fixed(int64_t{dim.bounded().min()});
      }
    }
  }
  return absl::OkStatus();
}

void CanonicalizeEmit(v1::CompileOptions& options) {
  auto& emit = *options.mutable_emit();
  if (emit.empty()) emit.Add(v1::CompileOptions::SHARED_LIBRARY);
  for (int& kind : emit) {
    if (kind == v1::CompileOptions::EMIT_UNSPECIFIED) kind = v1::CompileOptions::SHARED_LIBRARY;
  }
  SortUnique(emit);
}

}  // namespace

absl::StatusOr<v1::CompileOptions> CanonicalOptions(const v1::CompileOptions& options) {
  v1::CompileOptions canonical = options;
  if (!canonical.has_optimization_level()) canonical.set_optimization_level(kDefaultLevel);
  canonical.set_has_optimization_level(true);
  if (canonical.optimization_level() < 0 || canonical.optimization_level() > kHighestLevel) {
    return Invalid(absl::StrCat("optimization level ", canonical.optimization_level(),
                                ": there are 0 to ", kHighestLevel));
  }
  if (canonical.numerics() == v1::CompileOptions::NUMERICS_UNSPECIFIED) {
    canonical.set_numerics(v1::CompileOptions::DEFAULT);
  }
  CanonicalizeEmit(canonical);
  SortUnique(*canonical.mutable_mlir_stages());
  SINTER_RETURN_IF_ERROR(CanonicalizeShapes(canonical));
  canonical.DiscardUnknownFields();
  return canonical;
}

v1::Target CanonicalTarget(const v1::Target& target) {
  v1::Target canonical = target;
  canonical.clear_description();
  SortUnique(*canonical.mutable_features());
  canonical.DiscardUnknownFields();
  return canonical;
}

}  // namespace sinter::server
