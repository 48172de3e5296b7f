// Finds the implementation of an op.
#ifndef SINTER_REFERENCE_REGISTRY_H_
#define SINTER_REFERENCE_REGISTRY_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reference/operator.h"

namespace sinter::reference {

// All operators of all categories. Immutable, so one table may serve many threads.
class OperatorTable {
 public:
  OperatorTable();

  // RETURNS: the row that holds for `version` of the op, or null. `domain` of ai.onnx is "".
  const Operator* Find(const std::string& domain, const std::string& name, int version) const;

 private:
  std::map<std::pair<std::string, std::string>, std::vector<const Operator*>> rows_;
};

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_REGISTRY_H_
