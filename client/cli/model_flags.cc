#include "client/cli/model_flags.h"

#include <utility>

#include "base/status_macros.h"
#include "client/host_target/host_target.h"
#include "client/lib/fault.h"
#include "client/lib/shape_flag.h"

namespace sinter::client {

absl::StatusOr<ModelTree> OpenModel(const std::string& path, LinkPolicy links) {
  absl::StatusOr<ModelTree> tree = ReadModelTree(path, links);
  if (tree.ok()) return tree;
  if (!absl::IsInvalidArgument(tree.status())) return AsUsageError(tree.status());
  v1::Diagnostic diagnostic;
  diagnostic.set_severity(v1::Diagnostic::ERROR);
  diagnostic.set_kind("malformed_model");
  diagnostic.set_stage(v1::Diagnostic::REQUEST);
  diagnostic.set_message(std::string(tree.status().message()));
  return WithDiagnostic(tree.status(), diagnostic);
}

absl::Status SetTarget(const std::string& text, CompileJob& job) {
  if (text != "host") {
    job.target_name = text;
    return absl::OkStatus();
  }
  SINTER_ASSIGN_OR_RETURN(job.target, HostTarget());
  return absl::OkStatus();
}

void ModelFlags::Declare(Syntax& syntax) {
  syntax.Argument("MODEL", &model_, "the model: ONNX, with its external data beside it, or MLIR");
  syntax.Option(
      "--target", "NAME", &target_,
      "what to make code for: `host` (this machine, the default), `server`, or a name that "
      "`sinter targets` lists");
  syntax.Option(
      "--shape", "NAME=DIMS", &shapes_,
      "an input's shape: `1x3x224x224` fixes, `?` leaves free, `1..64` bounds, nothing is "
      "rank 0; once for each input");
  syntax.Switch("--follow-links", &follow_links_,
                "take external data through links that leave the model's folder");
}

absl::StatusOr<CompileJob> ModelFlags::MakeJob() const {
  CompileJob job;
  SINTER_ASSIGN_OR_RETURN(job.model, OpenModel(model_, follow_links_ ? LinkPolicy::kFollow
                                                                     : LinkPolicy::kRefuseLeaving));
  SINTER_RETURN_IF_ERROR(SetTarget(target_, job));
  SINTER_ASSIGN_OR_RETURN(const std::vector<v1::ShapeSpec> shapes,
                          ParseShapeFlags(shapes_, job.model.outline));
  for (const v1::ShapeSpec& shape : shapes) *job.options.add_shapes() = shape;
  return job;
}

}  // namespace sinter::client
