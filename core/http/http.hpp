/// @file
/// What an HTTP request and its answer are, for servers and clients alike.
///
/// A handler is a plain function, called on a worker thread, that may block (on
/// the store, say).  It returns a Response; one that streams (a watch) returns at
/// once with `stream` set, and whoever feeds the stream keeps the StreamWriter:
/// no thread is held by an idle watch.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace berth::http {

/// Names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> items) : items_(items) {}

  /// The first value, or "" when absent.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  void set(std::string name, std::string value);  // replaces all of that name
  void add(std::string name, std::string value);
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
    return items_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

/// The decoded path and query of a request target.  BadRequest on a broken
/// percent-escape, a NUL, an encoded slash or a dot segment in the path.
struct Target {
  std::string path;                               // decoded, without the query
  std::multimap<std::string, std::string> query;  // decoded; "+" is a blank

  /// The first value, or "".
  [[nodiscard]] std::string param(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const { return query.contains(name); }
};
Result<Target> parseTarget(std::string_view target);
/// RFC 3986 percent-encoding of everything but unreserved characters.
std::string percentEncode(std::string_view text);

struct Request {
  std::string method = "GET";
  std::string target = "/";  // as on the wire
  Headers headers;
  std::string body;
  // Set by a server:
  std::string remoteAddress;
  std::string peerCommonName;  // of a verified client certificate, else ""
  std::vector<std::string> peerOrganizations;
  Time peerValidUntil = Time::max();  // the end of that certificate
};

/// The server's end of a body that goes on.  Thread-safe; no call blocks.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  /// Queues bytes (shared, never copied).  False when the peer is gone or reads
  /// too slowly (more than the server's limit is queued): give up then.
  virtual bool write(std::shared_ptr<const std::string> bytes) = 0;
  /// Ends the body cleanly after what is queued.
  virtual void close() = 0;
  /// Called once, when the peer is gone or the server stops; at once if it is so
  /// already.
  virtual void onClosed(std::function<void()> callback) = 0;
};
using StreamStart = std::function<void(std::shared_ptr<StreamWriter>)>;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Written after `body`, each without a copy: lists of objects are pieces that
  /// the cache shares.  `keep` holds what the views point into.
  std::vector<std::string_view> pieces = {};
  std::shared_ptr<const void> keep = nullptr;
  /// When set, the body is chunked and goes on until the writer is closed; called
  /// after the headers have been queued.
  StreamStart stream = nullptr;
};

using Handler = std::function<Response(const Request&)>;

}  // namespace berth::http
