/// @file
/// BackupWriter, BackupReader: the file that holds a whole state.
///
/// It is text.  The first line is {"berthBackup":1}, the number of the format; then come
/// the lines of the archive (controller/store/archive.hpp); the last one has their number
/// and a digest: SHA-256 of the digest before and the line, line by line.  The file gets
/// its name when it is whole and on the disk.
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth {

/// What the last line must be.
class BackupDigest {
 public:
  void add(std::string_view line);
  [[nodiscard]] std::string lastLine() const;
  [[nodiscard]] std::int64_t lines() const { return lines_; }

 private:
  std::string digest_;
  std::int64_t lines_ = 0;
};

class BackupWriter {
 public:
  /// Makes PATH.partial, mode 0600.
  static Result<BackupWriter> open(const std::string& path);
  ~BackupWriter();
  BackupWriter(BackupWriter&& other) noexcept;
  BackupWriter& operator=(BackupWriter&&) = delete;

  Result<> add(std::string_view line);
  /// Puts the file in its place; gives the number of lines.
  Result<std::int64_t> finish();

 private:
  BackupWriter(std::string path, int file) : path_(std::move(path)), file_(file) {}
  Result<> flush();
  void append(std::string_view line);

  std::string path_;
  int file_;
  std::string buffer_;
  BackupDigest digest_;
};

class BackupReader {
 public:
  /// NotFound; Invalid when it is no backup, or one of a newer program.
  static Result<BackupReader> open(const std::string& path);

  /// The next line of the archive; nullopt behind the last.  Invalid when the file is
  /// not what was written.
  Result<std::optional<std::string>> next();

 private:
  BackupReader(std::string path, std::ifstream file)
      : path_(std::move(path)), file_(std::move(file)) {}
  [[nodiscard]] Error damaged() const;

  std::string path_;
  std::ifstream file_;
  BackupDigest digest_;
};

}  // namespace berth
