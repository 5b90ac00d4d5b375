#include "reconcilers/clientdeployment/snapshots.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "reconcilers/clientdeployment/tar_check.hpp"
#include "reconcilers/providers/docker/fault.hpp"

namespace berth::clientdeployment {

namespace {

namespace fs = std::filesystem;

Error systemError(const std::string& what) {
  const int code = errno;
  const auto message = what + ": " + std::strerror(code);
  if (code == ENOSPC || code == EDQUOT)
    return docker::makeFault(Reason::ServiceUnavailable, docker::fault::kDiskFull, message);
  return {Reason::ServiceUnavailable, message};
}

/// A file descriptor that is closed at the end.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<> writeAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return systemError("write the snapshot");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Ok{};
}

Result<> syncFolder(const fs::path& folder) {
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0) return systemError("sync " + folder.string());
  return Ok{};
}

/// What is on the disk, read again.
Result<> checkFile(const fs::path& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return systemError("read the snapshot");
  TarCheck check;
  std::string piece(std::size_t{1} << 16U, '\0');
  for (;;) {
    const auto count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return systemError("read the snapshot");
    if (count == 0) break;
    BERTH_CHECK(check.feed(std::string_view(piece).substr(0, static_cast<std::size_t>(count))));
  }
  BERTH_CHECK(check.finish());
  if (check.files() == 0) return Error{Reason::Invalid, "the archive is empty"};
  return Ok{};
}

Result<> fill(const fs::path& path, const TarSource& source) {
  const File file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() < 0) return systemError("open " + path.string());
  BERTH_CHECK(source([&](std::string_view bytes) { return writeAll(file.get(), bytes); }));
  if (::fsync(file.get()) != 0) return systemError("sync the snapshot");
  return Ok{};
}

}  // namespace

fs::path FileSnapshots::pathOf(const ObjectMeta& meta) const {
  return root_ / meta.namespaceName / meta.name / (meta.uid + ".tar");
}

Result<std::string> FileSnapshots::find(const ObjectMeta& meta) {
  std::error_code error;
  const auto path = pathOf(meta);
  const bool there = fs::exists(path, error);
  if (error) return Error{Reason::ServiceUnavailable, "look for the snapshot: " + error.message()};
  return there ? path.string() : std::string();
}

Result<std::string> FileSnapshots::write(const ObjectMeta& meta, const TarSource& source) {
  const auto path = pathOf(meta);
  auto unfinished = path;
  unfinished += ".part";
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error)
    return Error{Reason::ServiceUnavailable, "make the folder of snapshots: " + error.message()};

  auto written = fill(unfinished, source);
  if (written) written = checkFile(unfinished);
  if (!written) {
    fs::remove(unfinished, error);
    return std::move(written).error();
  }
  fs::rename(unfinished, path, error);
  if (error) return Error{Reason::ServiceUnavailable, "keep the snapshot: " + error.message()};
  BERTH_CHECK(syncFolder(path.parent_path()));
  return path.string();
}

Result<std::string> FakeSnapshots::find(const ObjectMeta& meta) {
  return archives_.with([&](const auto& archives) {
    return archives.contains(meta.uid) ? "fake:" + meta.uid : std::string();
  });
}

Result<std::string> FakeSnapshots::write(const ObjectMeta& meta, const TarSource& source) {
  std::string tar;
  BERTH_CHECK(source([&](std::string_view bytes) -> Result<> {
    tar += bytes;
    return Ok{};
  }));
  TarCheck check;
  BERTH_CHECK(check.feed(tar));
  BERTH_CHECK(check.finish());
  archives_.with([&](auto& archives) { archives[meta.uid] = std::move(tar); });
  return "fake:" + meta.uid;
}

std::map<Uid, std::string> FakeSnapshots::archives() const {
  return archives_.with([](const auto& archives) { return archives; });
}

}  // namespace berth::clientdeployment
