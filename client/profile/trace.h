// A profile as a timeline, in the Trace Event Format that ui.perfetto.dev and chrome://tracing
// read: complete events ("ph": "X", microseconds), a track for each thread. On the first are the
// runs, the kernels within them, and what runs within kernels; on the others the tasks that those
// threads took of a kernel's loop.
#ifndef SINTER_CLIENT_PROFILE_TRACE_H_
#define SINTER_CLIENT_PROFILE_TRACE_H_

#include <string>

#include "nlohmann/json.hpp"
#include "runtime/kernel_profile.h"

namespace sinter::client {

// REQUIRES: the profile has kept its events.
nlohmann::ordered_json TraceJson(const std::string& model, const runtime::KernelProfile& profile);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_PROFILE_TRACE_H_
