#include "server/coordinator/action_key.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "build/bazel/remote/execution/v2/remote_execution.pb.h"
#include "cache/digest_proto.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace sinter::server {
namespace {

namespace reapi = build::bazel::remote::execution::v2;

std::string Serialize(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

reapi::Digest ToReapi(const base::Digest& digest) {
  reapi::Digest message;
  message.set_hash(digest.sha256_hex);
  message.set_size_bytes(digest.size_bytes);
  return message;
}

base::Digest DigestOfMessage(const google::protobuf::MessageLite& message) {
  return base::DigestOf(absl::string_view(Serialize(message)));
}

// A folder under construction; std::map because REAPI wants entries sorted by name.
struct Folder {
  std::map<std::string, base::Digest> files;
  std::map<std::string, Folder> folders;

  void Add(const std::string& path, const base::Digest& digest) {
    std::vector<std::string> parts = absl::StrSplit(path, '/');
    Folder* folder = this;
    for (size_t i = 0; i + 1 < parts.size(); ++i) folder = &folder->folders[parts[i]];
    folder->files[parts.back()] = digest;
  }

  base::Digest MerkleDigest() const {
    reapi::Directory directory;
    for (const auto& [name, digest] : files) {
      reapi::FileNode& node = *directory.add_files();
      node.set_name(name);
      *node.mutable_digest() = ToReapi(digest);
    }
    for (const auto& [name, folder] : folders) {
      reapi::DirectoryNode& node = *directory.add_directories();
      node.set_name(name);
      *node.mutable_digest() = ToReapi(folder.MerkleDigest());
    }
    return DigestOfMessage(directory);
  }
};

base::Digest DigestOfAction(const std::string& program, const std::string& output,
                            const Folder& root) {
  reapi::Command command;
  command.add_arguments(program);
  command.add_arguments("spec.binpb");
  command.add_output_paths(output);
  reapi::Action action;
  *action.mutable_command_digest() = ToReapi(DigestOfMessage(command));
  *action.mutable_input_root_digest() = ToReapi(root.MerkleDigest());
  return DigestOfMessage(action);
}

}  // namespace

base::Digest ActionKey(const v1::CompileHeader& header, const v1::CompileSpec& spec) {
  Folder root;
  root.Add("spec.binpb", DigestOfMessage(spec));
  root.Add("model.onnx", *cache::FromProto(header.model().digest()));
  for (const auto& file : header.external_data()) {
    root.Add("data/" + file.path(), *cache::FromProto(file.digest()));
  }
  return DigestOfAction("sinter-compile", "artifact", root);
}

base::Digest KernelKey(absl::string_view text, const v1::CompileSpec& spec) {
  Folder root;
  root.Add("spec.binpb", DigestOfMessage(spec));
  root.Add("kernel.mlir", base::DigestOf(text));
  return DigestOfAction("sinter-compile-kernel", "kernel.o", root);
}

}  // namespace sinter::server
