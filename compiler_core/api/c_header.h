// model.h: what a C program needs to know of one model, beside sinter_abi.h.
#ifndef SINTER_COMPILER_CORE_API_C_HEADER_H_
#define SINTER_COMPILER_CORE_API_C_HEADER_H_

#include <string>

#include "compiler_core/ir/signature.h"

namespace sinter::api {

std::string CHeader(const ir::Signature& signature);

}  // namespace sinter::api

#endif  // SINTER_COMPILER_CORE_API_C_HEADER_H_
