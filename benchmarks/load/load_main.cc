// sinter-bench-load: puts load on a server over gRPC and prints what came of it as one JSON object.
//
//   sinter-bench-load --server=HOST:PORT --scenario=hit --model=m.onnx --connections=16 --rate=500
//
// Exit code: 0 if the load ran, even if every request failed (that is in the report); 2 for a wrong
// command line; 4 if the server can't be brought into the state that the scenario needs.
#include "benchmarks/load/load_flags.h"
#include "benchmarks/load/load_program.h"

int main(int argc, char** argv) {
  sinter::load::LoadFlags flags;
  if (const auto exit_code = sinter::load::ParseLoadFlags(argc, argv, flags)) return *exit_code;
  return sinter::load::RunLoadProgram(flags);
}
