// What `--target=host` stands for: the machine that the command runs on, as a v1::Target.
//
// The CPU is reduced to what generated code can make use of: the architecture level that it reaches
// and the arithmetic features beyond that level. So machines that differ in other things share
// cached artifacts, and the same machine always gives the same bytes. Register counts and tiles are
// left open; the server fills them in from its row for the level.
#ifndef SINTER_CLIENT_HOST_TARGET_HOST_TARGET_H_
#define SINTER_CLIENT_HOST_TARGET_HOST_TARGET_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::client {

// ERRORS of all: UNIMPLEMENTED if the CPU has less than the least target, naming what it lacks.

// Asks the machine. Thread-safe.
absl::StatusOr<v1::Target> HostTarget();

// The parts, which depend on nothing but their arguments.

struct CpuidRegisters {
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};
// RETURNS: what the instruction gives, all 0 for a leaf that the CPU does not have.
using CpuidReader = std::function<CpuidRegisters(uint32_t leaf, uint32_t subleaf)>;

// `xcr0` says which registers the operating system saves; 0 if it says nothing.
absl::StatusOr<v1::Target> X86Target(const CpuidReader& cpuid, uint64_t xcr0);

// `hwcap` and `hwcap2` are Linux's auxiliary values for AArch64; `sve_bits` is 0 without SVE.
absl::StatusOr<v1::Target> ArmTarget(uint64_t hwcap, uint64_t hwcap2, int sve_bits);

// `hwcap` is Linux's auxiliary value for RISC-V; `vlen_bits` is 0 without vector extension.
absl::StatusOr<v1::Target> RiscvTarget(uint64_t hwcap, int vlen_bits);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_HOST_TARGET_HOST_TARGET_H_
