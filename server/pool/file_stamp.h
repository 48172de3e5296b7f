// Tells whether a file is still the one that it was.
#ifndef SINTER_SERVER_POOL_FILE_STAMP_H_
#define SINTER_SERVER_POOL_FILE_STAMP_H_

#include <string>

namespace sinter::server {

// RETURNS: a text that differs after the file at `path` was replaced or written to; "" if there is
// no such file.
std::string FileStamp(const std::string& path);

}  // namespace sinter::server

#endif  // SINTER_SERVER_POOL_FILE_STAMP_H_
