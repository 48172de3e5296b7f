// A profile for scripts and for people: JSON with all of it, and tables of what takes longest.
#ifndef SINTER_CLIENT_PROFILE_OUTPUT_H_
#define SINTER_CLIENT_PROFILE_OUTPUT_H_

#include <ostream>

#include "client/profile/summary.h"
#include "nlohmann/json.hpp"

namespace sinter::client {

// {"runs", "run_us", "outside_us",
//  "peaks": {"f32_flops", "bf16_flops", "s8_ops", "levels": [{"bytes", "bytes_per_s"}]},
//  "kernels": [{"kernel", "nodes": [...], "ops": [...], "calls", "dtype", "total_us", "self_us",
//               "share", "flops", "bytes", "gflop_per_s", "gbyte_per_s", "roofline", "bound"}],
//  "nodes": [{"node", "op", "kernels": [...], "self_us", "share", "flops", ... "roofline"}],
//  "ops": [{"op", "nodes", "self_us", "share", "flops", ... "roofline"}]}
// Times, `flops` and `bytes` are of all runs; "outside_us" is what lies between kernels. "self_us"
// is without the calls within a call, and "share" its part of all kernels' time. "roofline" is 1
// where nothing could be faster, and "bound" is "compute" or "memory". What is not known is null,
// and so is the size of the last level, the memory.
nlohmann::ordered_json ProfileJson(const ProfileSummary& summary);

// Kernels, then operators, longest first.
void PrintProfile(std::ostream& out, const ProfileSummary& summary);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_PROFILE_OUTPUT_H_
