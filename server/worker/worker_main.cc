// sinter-worker: one compile process. Started by the pool; see proto/sinter/v1/worker.proto.
#include "server/worker/compile_handler.h"
#include "server/worker/worker_loop.h"

int main(int argc, char** argv) {
  sinter::server::CompileHandler handler;
  return sinter::server::RunWorker(argc, argv, handler);
}
