/// @file
/// ProbeConnection: one tenant's keep-alive connection, and the question and answer
/// on it.  Nothing waits: it is told when its socket is ready.  One thread.
#pragma once

#include <string>

#include "reconcilers/providers/hosts/prober.hpp"

namespace berth::hosts {

class ProbeConnection {
 public:
  enum class Progress { Waiting, Done };

  explicit ProbeConnection(const ProbeSpec& spec);
  ~ProbeConnection();
  ProbeConnection(const ProbeConnection&) = delete;
  ProbeConnection& operator=(const ProbeConnection&) = delete;

  /// Asks, on the connection there is or on a new one.
  Progress ask();
  /// The socket is readable, writable or broken.  Done: result() has the answer.
  Progress onReady();
  /// No answer in time.
  void giveUp();

  /// The answer to the latest question; `at` is left to the caller.
  [[nodiscard]] const ProbeResult& result() const { return result_; }
  /// To be watched for reading, and for writing while wantsWrite(); -1: none.
  [[nodiscard]] int fd() const { return fd_; }
  /// How many sockets there have been: a new one may have an old one's number.
  [[nodiscard]] int sockets() const { return sockets_; }
  [[nodiscard]] bool wantsWrite() const { return fd_ >= 0 && !request_.empty(); }

 private:
  Progress connectAndAsk();
  Progress fail(ProbeOutcome outcome, std::string message);
  Progress retryOrFail(std::string message);
  Progress send();
  Progress receive();
  Progress parse();
  void disconnect();

  ProbeSpec spec_;
  int fd_ = -1;
  int sockets_ = 0;
  std::string request_;  // what of it is not sent yet
  std::string answer_;   // what has come
  bool asking_ = false;
  bool reused_ = false;  // the connection served before: it may have been closed meanwhile
  ProbeResult result_;
};

}  // namespace berth::hosts
