#include "server/coordinator/kernel_loans.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/digest_proto.h"
#include "server/coordinator/action_key.h"

namespace sinter::server {

v1::WorkerRequest::KernelsFound KernelLoans::Find(const v1::WorkerEvent::FindKernels& question) {
  v1::CompileSpec spec = spec_;
  *spec.mutable_options() = question.options();
  spec.DiscardUnknownFields();
  v1::WorkerRequest::KernelsFound answer;
  for (const std::string& text : question.texts()) {
    const int index = asked_++;
    v1::WorkerRequest::InputFile& object = *answer.add_objects();
    const base::Digest key = KernelKey(text, spec);
    auto open = results_.Lookup(key);
    if (!open.ok() || open->files.size() != 1) {
      misses_.push_back({index, key});
      continue;
    }
    object.set_path(open->files[0].path);
    *object.mutable_digest() = open->result.files(0).digest();
    found_.push_back(*std::move(open));
  }
  return answer;
}

void KernelLoans::Keep(const std::string& scratch_dir) {
  counters_.Add(cache::Counters::kKernelHits, found());
  counters_.Add(cache::Counters::kKernelMisses, static_cast<int64_t>(misses_.size()));
  for (const Miss& miss : misses_) {
    const std::string name = absl::StrCat("kernel-", miss.index, ".o");
    const auto digest = base::DigestOfFile(absl::StrCat(scratch_dir, "/", name));
    if (!digest.ok()) continue;
    v1::CachedResult result;
    result.add_files()->set_path(name);
    *result.mutable_files(0)->mutable_digest() = cache::ToProto(*digest);
    const auto stored = results_.Store(miss.key, result, scratch_dir, cache::Sync::kLater);
    // A full disk has no room for the others either.
    if (!stored.ok() || !stored->cached.ok()) return;
  }
}

}  // namespace sinter::server
