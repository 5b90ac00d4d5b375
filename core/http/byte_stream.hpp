/// @file
/// ByteStream: two directions of bytes with somebody at the other end; Transport:
/// what makes one.
///
/// HTTP, and all that upgrades from it, runs over any of them: a unix socket,
/// TCP, TLS, the pipes of an ssh process.
///
/// Errors of a stream: Timeout when the context's deadline passed or its stop was
/// asked for, ServiceUnavailable when the other end is gone.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/context.hpp"
#include "core/base/result.hpp"

namespace berth::http {

/// One thread at a time may read, and one (another) write.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Waits for at least one byte; 0 when the other end has ended its direction.
  /// After a Timeout nothing is lost: the next call goes on.
  virtual Result<std::size_t> read(const Context& context, std::span<char> buffer) = 0;
  /// All of it.  After an Error nobody knows how much of it went.
  virtual Result<> write(const Context& context, std::string_view bytes) = 0;
  /// Ends our direction; the other goes on.  Nothing when it was ended already.
  virtual Result<> closeWrite(const Context& context) = 0;
  /// Whether the other end is still there and has sent nothing unread.  Does not
  /// wait.
  virtual bool isQuiet() = 0;
};

/// Thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  /// ServiceUnavailable when nobody answers there: nothing has happened.  Timeout
  /// is not among its errors.
  virtual Result<std::unique_ptr<ByteStream>> connect(const Context& context) = 0;
};

}  // namespace berth::http
