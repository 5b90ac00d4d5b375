#include "controller/backup_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "core/crypto/digest.hpp"
#include "core/crypto/private_file.hpp"
#include "core/json/json.hpp"

namespace berth {
namespace {

constexpr int kFormat = 1;
constexpr std::size_t kBuffer = 1 << 20;

std::string partial(const std::string& path) { return path + ".partial"; }

Error failed(const std::string& path) {
  return {
      Reason::ServiceUnavailable, "write " + path + ": " + std::system_category().message(errno)};
}

}  // namespace

void BackupDigest::add(std::string_view line) {
  digest_ = sha256(digest_.append(line));
  ++lines_;
}

std::string BackupDigest::lastLine() const {
  return dumpJson({{"lines", lines_}, {"sha256", sha256Hex(digest_)}});
}

Result<BackupWriter> BackupWriter::open(const std::string& path) {
  ::unlink(partial(path).c_str());
  const int file =
      ::open(partial(path).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return failed(partial(path));
  BackupWriter writer(path, file);
  writer.append(dumpJson({{"berthBackup", kFormat}}));
  return writer;
}

BackupWriter::BackupWriter(BackupWriter&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      buffer_(std::move(other.buffer_)),
      digest_(std::move(other.digest_)) {}

BackupWriter::~BackupWriter() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(partial(path_).c_str());
}

void BackupWriter::append(std::string_view line) { buffer_.append(line).push_back('\n'); }

Result<> BackupWriter::add(std::string_view line) {
  digest_.add(line);
  append(line);
  return buffer_.size() < kBuffer ? Result<>(Ok{}) : flush();
}

Result<> BackupWriter::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const auto count = ::write(file_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(partial(path_));
    rest.remove_prefix(std::size_t(count));
  }
  buffer_.clear();
  return Ok{};
}

Result<std::int64_t> BackupWriter::finish() {
  append(digest_.lastLine());
  BERTH_CHECK(flush());
  if (::fsync(file_) != 0) return failed(partial(path_));
  if (::rename(partial(path_).c_str(), path_.c_str()) != 0) return failed(path_);
  ::close(std::exchange(file_, -1));
  BERTH_CHECK(syncFolderOf(path_));
  return digest_.lines();
}

Result<BackupReader> BackupReader::open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Reason::NotFound, "read " + path + ": there is no such file"};
  std::string line;
  std::getline(file, line);
  const auto first = parseJson(line);
  const auto format = first ? integerAt(first->document, "berthBackup") : 0;
  if (format < 1) return Error{Reason::Invalid, path + " is no backup"};
  if (format > kFormat)
    return Error{
        Reason::Invalid,
        path + " is a backup of format " + std::to_string(format) + ", this program knows " +
            std::to_string(kFormat) + ": use a newer program"};
  return BackupReader(path, std::move(file));
}

Error BackupReader::damaged() const {
  return {
      Reason::Invalid,
      path_ + " is damaged: it is not what was written, behind line " +
          std::to_string(digest_.lines() + 1)};
}

Result<std::optional<std::string>> BackupReader::next() {
  std::string line;
  if (!std::getline(file_, line) || line.empty()) return damaged();
  if (line.front() == '{') {
    const bool whole = line == digest_.lastLine() && file_.peek() == EOF;
    return whole ? Result<std::optional<std::string>>(std::nullopt) : damaged();
  }
  digest_.add(line);
  return std::optional(std::move(line));
}

}  // namespace berth
