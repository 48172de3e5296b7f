// sinter cache stats|gc|verify: looks after the service's cache.
#include <string>

#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "client/cli/byte_count.h"
#include "client/cli/command.h"
#include "client/cli/json_text.h"
#include "client/cli/service_flags.h"
#include "client/lib/cache_client.h"
#include "client/lib/fault.h"

namespace sinter::client {
namespace {

// Prints an object as it is, or a line for each of its fields.
void PrintFields(std::ostream& out, const Json& fields, bool json) {
  if (json) {
    PrintJsonLine(out, fields);
    return;
  }
  for (const auto& [name, value] : fields.items())
    out << absl::StrFormat("%-20s %s\n", name, value.dump());
}

class CacheCommand final : public Command {
 public:
  Syntax& Declare(Syntax& root) override;
  absl::Status Run(Terminal& terminal) override;
  bool wants_json() const override { return json_; }

 private:
  Syntax& DeclareOne(Syntax& cache, const std::string& name, const std::string& description);
  absl::Status Stats(Terminal& terminal, CacheClient& client) const;
  absl::Status CollectGarbage(Terminal& terminal, CacheClient& client) const;
  absl::Status Verify(Terminal& terminal, CacheClient& client) const;

  Syntax* stats_ = nullptr;
  Syntax* gc_ = nullptr;
  ServiceFlags service_flags_;
  std::string max_bytes_;
  bool json_ = false;
};

Syntax& CacheCommand::DeclareOne(Syntax& cache, const std::string& name,
                                 const std::string& description) {
  Syntax& syntax = cache.Subcommand(name, description);
  syntax.Switch("--json", &json_, "print a JSON object");
  service_flags_.Declare(syntax);
  return syntax;
}

Syntax& CacheCommand::Declare(Syntax& root) {
  Syntax& cache = root.Subcommand("cache", "look after the service's cache");
  cache.RequireSubcommand();
  stats_ = &DeclareOne(cache, "stats", "count hits, misses and what is stored");
  gc_ = &DeclareOne(cache, "gc", "remove what was used least recently");
  gc_->Option("--max-bytes", "BYTES", &max_bytes_,
              "keep at most this, e.g. 512M; else what the service is bound to");
  DeclareOne(cache, "verify", "hash every blob and remove those that are corrupt");
  return cache;
}

absl::Status CacheCommand::Run(Terminal& terminal) {
  SINTER_ASSIGN_OR_RETURN(const Service service, service_flags_.Open());
  CacheClient client(service.channel);
  if (stats_->chosen()) return Stats(terminal, client);
  return gc_->chosen() ? CollectGarbage(terminal, client) : Verify(terminal, client);
}

absl::Status CacheCommand::Stats(Terminal& terminal, CacheClient& client) const {
  SINTER_ASSIGN_OR_RETURN(const v1::CacheStats stats, client.Stats());
  PrintFields(terminal.out,
              {{"hits", stats.hits()},
               {"misses", stats.misses()},
               {"compiles", stats.compiles()},
               {"single_flight_joins", stats.single_flight_joins()},
               {"blobs", stats.blobs()},
               {"bytes", stats.bytes()},
               {"corrupt", stats.corrupt()},
               {"evicted", stats.evicted()},
               {"kernel_hits", stats.kernel_hits()},
               {"kernel_misses", stats.kernel_misses()},
               {"capacity_bytes", stats.capacity_bytes()}},
              json_);
  return absl::OkStatus();
}

absl::Status CacheCommand::CollectGarbage(Terminal& terminal, CacheClient& client) const {
  int64_t max_bytes = 0;
  if (max_bytes_.empty()) {
    SINTER_ASSIGN_OR_RETURN(const v1::CacheStats stats, client.Stats());
    if (stats.capacity_bytes() == 0) {
      return UsageError("the cache has no bound; say with --max-bytes what to keep, 0 for nothing");
    }
    max_bytes = stats.capacity_bytes();
  } else {
    SINTER_ASSIGN_OR_RETURN(max_bytes, ParseByteCount("--max-bytes", max_bytes_));
  }
  SINTER_ASSIGN_OR_RETURN(const v1::CollectGarbageResponse removed,
                          client.CollectGarbage(max_bytes));
  PrintFields(
      terminal.out,
      {{"removed_blobs", removed.removed_blobs()}, {"removed_bytes", removed.removed_bytes()}},
      json_);
  return absl::OkStatus();
}

absl::Status CacheCommand::Verify(Terminal& terminal, CacheClient& client) const {
  SINTER_ASSIGN_OR_RETURN(const v1::VerifyCacheResponse found, client.Verify());
  PrintFields(terminal.out,
              {{"checked_blobs", found.checked_blobs()}, {"corrupt_blobs", found.corrupt_blobs()}},
              json_);
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Command> MakeCacheCommand() { return std::make_unique<CacheCommand>(); }

}  // namespace sinter::client
