#include "core/crypto/private_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace berth {

namespace {

/// Closes on the way out.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

Error failed(const char* verb, const std::string& path) {
  const auto reason = errno == ENOENT ? Reason::NotFound : Reason::InternalError;
  return {reason, std::string(verb) + " " + path + ": " + std::strerror(errno)};
}

Result<> writeAll(int fd, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("write", path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(fd) != 0) return failed("write", path);
  return Ok{};
}

Result<> writeFresh(const std::string& path, std::string_view text) {
  ::unlink(path.c_str());
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.fd() < 0) return failed("write", path);
  return writeAll(file.fd(), path, text);
}

}  // namespace

Result<> syncFolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string(".") : path.substr(0, slash + 1);
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.fd() < 0 || ::fsync(opened.fd()) != 0) return failed("write", folder);
  return Ok{};
}

Result<> writePrivateFile(const std::string& path, std::string_view text) {
  const auto fresh = path + ".new";
  auto written = writeFresh(fresh, text);
  if (written && ::rename(fresh.c_str(), path.c_str()) != 0) written = failed("write", path);
  if (!written) {
    ::unlink(fresh.c_str());
    return written;
  }
  return syncFolderOf(path);
}

Result<> createPrivateFile(const std::string& path, std::string_view text) {
  const auto fresh = path + "." + std::to_string(::getpid()) + ".new";
  auto written = writeFresh(fresh, text);
  if (written && ::link(fresh.c_str(), path.c_str()) != 0) {
    const bool present = errno == EEXIST;
    written = failed("write", path);
    if (present) written = Error{Reason::AlreadyExists, path + " is there already"};
  }
  ::unlink(fresh.c_str());
  if (!written) return written;
  return syncFolderOf(path);
}

Result<std::string> readFile(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return failed("read", path);
  std::string text;
  std::array<char, 16 * 1024> buffer;
  while (true) {
    const auto count = ::read(file.fd(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace berth
