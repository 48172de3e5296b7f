// sinter-bench-adapter: Sinter as an engine of `sinter bench`. Reads requests from stdin, a line
// each, and writes replies to stdout.
#include <iostream>
#include <string>

#include "base/clock.h"
#include "benchmarks/adapters/sinter/adapter.h"
#include "nlohmann/json.hpp"

int main() {
  using sinter::benchmarks::Json;
  const sinter::base::RealClock clock;
  sinter::benchmarks::Adapter adapter(clock);
  for (std::string line; !adapter.done() && std::getline(std::cin, line);) {
    const Json reply = adapter.Handle(Json::parse(line, nullptr, /*allow_exceptions=*/false));
    std::cout << reply.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  }
  return 0;
}
