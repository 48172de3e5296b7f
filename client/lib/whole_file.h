// Writes a file that appears under its name only when it is complete.
//
//   SINTER_ASSIGN_OR_RETURN(WholeFile file, WholeFile::Create("model.so", true));
//   SINTER_RETURN_IF_ERROR(file.Write(bytes));
//   SINTER_RETURN_IF_ERROR(file.Publish());
//
// Until Publish() the bytes are in a hidden file beside it, which is removed if the writer gives
// up.
#ifndef SINTER_CLIENT_LIB_WHOLE_FILE_H_
#define SINTER_CLIENT_LIB_WHOLE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sinter::client {

// Movable; not thread-safe.
class WholeFile {
 public:
  // ERRORS: as the system says, e.g. NOT_FOUND if the folder is missing. FAILED_PRECONDITION if
  // `path` is a folder.
  static absl::StatusOr<WholeFile> Create(const std::string& path, bool executable);

  WholeFile(WholeFile&& other) noexcept;
  WholeFile& operator=(WholeFile&&) = delete;
  ~WholeFile();

  // ERRORS: as the system says, e.g. RESOURCE_EXHAUSTED if the disk is full.
  absl::Status Write(absl::string_view bytes);

  // Gives the file its name; what had the name before is replaced. Nothing may follow.
  absl::Status Publish();

 private:
  WholeFile(int fd, std::string path, std::string hidden_path);

  int fd_;
  std::string path_;
  std::string hidden_path_;
};

}  // namespace sinter::client

#endif  // SINTER_CLIENT_LIB_WHOLE_FILE_H_
