#include "core/base/file_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace berth {

Result<FileLock> FileLock::take(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return Error{
        Reason::ServiceUnavailable, "open " + path + ": " + std::system_category().message(errno)};
  FileLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0)
    return Error{Reason::ServiceUnavailable, path + " is locked by another process"};
  return lock;
}

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace berth
