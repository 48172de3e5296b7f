// The named values of one graph, and through its parents those of the graphs around it.
#ifndef SINTER_REFERENCE_SCOPE_H_
#define SINTER_REFERENCE_SCOPE_H_

#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "onnx/onnx_pb.h"
#include "reference/tensor_proto.h"
#include "reference/value.h"

namespace sinter::reference {

// Lives as long as one evaluation of its graph. The graph, the parent and the function that reads
// external data must outlive it.
class Scope {
 public:
  Scope(Scope* parent, const ExternalData* external_data)
      : parent_(parent), external_data_(external_data) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // Makes a graph's initializers known; each is read when it is first asked for.
  void AddInitializers(const onnx::GraphProto& graph);

  void Set(const std::string& name, Value value);
  void Forget(const std::string& name) { values_.erase(name); }

  // Looks here, then in the parents. ERRORS: INVALID_ARGUMENT for a name that has no value (yet).
  absl::StatusOr<Value> Find(const std::string& name);

 private:
  // Reads the initializer `name` of this graph, if there is one, into values_.
  absl::Status ReadInitializer(const std::string& name);

  Scope* const parent_;
  const ExternalData* const external_data_;
  std::map<std::string, Value> values_;
  std::map<std::string, const onnx::TensorProto*> initializers_;
  std::map<std::string, const onnx::SparseTensorProto*> sparse_initializers_;
};

// Adds all names that `node` reads: its inputs, and what the graphs in its attributes read.
void CollectReads(const onnx::NodeProto& node, std::set<std::string>& names);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_SCOPE_H_
