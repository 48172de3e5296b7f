// model.h: what a C program needs to know of one model, beside sinter_abi.h.
#ifndef SINTER_COMPILER_CORE_API_C_HEADER_H_
#define SINTER_COMPILER_CORE_API_C_HEADER_H_

#include <string>

#include "proto/sinter/v1/artifact.pb.h"

namespace sinter::api {

// `manifest` tells the name, the inputs and the outputs.
std::string CHeader(const v1::ArtifactManifest& manifest);

}  // namespace sinter::api

#endif  // SINTER_COMPILER_CORE_API_C_HEADER_H_
