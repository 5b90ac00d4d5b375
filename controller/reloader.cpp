#include "controller/reloader.hpp"

#include <sys/stat.h>

namespace berth {
namespace {

constexpr Duration kLookEvery = std::chrono::seconds(5);
constexpr Duration kDay = std::chrono::hours(24);

}  // namespace

Reloader::Reloader(std::vector<std::string> paths, std::function<void()> reload)
    : paths_(std::move(paths)), reload_(std::move(reload)), seen_(look()) {}

/// Who and when each file is; a file that is not there is nobody.
std::string Reloader::look() const {
  std::string seen;
  for (const auto& path : paths_) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0)
      seen += std::to_string(status.st_ino) + " " + std::to_string(status.st_size) + " " +
              std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
    seen += "\n";
  }
  return seen;
}

void Reloader::setWaker(Waker waker) {
  waker_.with([&](Waker& held) { held = std::move(waker); });
}

void Reloader::now() {
  asked_ = true;
  const auto waker = waker_.with([](const Waker& held) { return held; });
  if (waker) waker();
}

Time Reloader::turn(const Context&, Time now) {
  if (daily_ == Time::min()) daily_ = now + kDay;
  auto seen = look();
  const bool asked = asked_.exchange(false);
  if (asked || seen != seen_ || now >= daily_) {
    daily_ = now + kDay;
    seen_ = std::move(seen);
    reload_();
  }
  return paths_.empty() ? daily_ : now + kLookEvery;
}

}  // namespace berth
