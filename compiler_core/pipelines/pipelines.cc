#include "compiler_core/pipelines/pipelines.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "base/digest.h"
#include "google/protobuf/text_format.h"

namespace sinter::pipelines {
namespace {

constexpr char kO0[] = {
#include "compiler_core/pipelines/O0.inc"
};
constexpr char kO1[] = {
#include "compiler_core/pipelines/O1.inc"
};
constexpr char kO2[] = {
#include "compiler_core/pipelines/O2.inc"
};
constexpr char kO3[] = {
#include "compiler_core/pipelines/O3.inc"
};
constexpr char kDebug[] = {
#include "compiler_core/pipelines/debug.inc"
};

NamedPipeline Parse(absl::string_view text) {
  NamedPipeline named;
  SINTER_CHECK(google::protobuf::TextFormat::ParseFromString(std::string(text), &named.pipeline));
  named.digest = base::DigestOf(text).sha256_hex;
  return named;
}

std::string NameFor(const v1::CompileOptions& options) {
  if (!options.pipeline().empty()) return options.pipeline();
  return absl::StrCat("O", options.has_optimization_level() ? options.optimization_level() : 3);
}

}  // namespace

std::vector<NamedPipeline> All() {
  return {Parse({kO0, sizeof(kO0)}), Parse({kO1, sizeof(kO1)}), Parse({kO2, sizeof(kO2)}),
          Parse({kO3, sizeof(kO3)}), Parse({kDebug, sizeof(kDebug)})};
}

absl::StatusOr<Pipeline> Select(const v1::CompileOptions& options) {
  const std::string name = NameFor(options);
  std::vector<std::string> names;
  for (NamedPipeline& named : All()) {
    if (named.pipeline.name() == name) return std::move(named.pipeline);
    names.push_back(absl::StrCat("`", named.pipeline.name(), "`"));
  }
  return absl::UnimplementedError(
      absl::StrCat("there is no pipeline `", name, "`; there are ", absl::StrJoin(names, ", ")));
}

std::string DigestOfAll() {
  base::Hasher hasher;
  for (const NamedPipeline& named : All()) hasher.Update(named.digest);
  return hasher.Finish().sha256_hex;
}

}  // namespace sinter::pipelines
