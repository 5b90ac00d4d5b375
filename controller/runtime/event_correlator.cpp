#include "controller/runtime/event_correlator.hpp"

#include <array>
#include <cstdio>

namespace berth::runtime {

namespace {

constexpr double kNotesPerSecond = 1.0 / 300;
constexpr double kNotesAtOnce = 25;
constexpr std::size_t kMostKindred = 10;
constexpr Duration kKindredFor = std::chrono::minutes(10);
constexpr std::size_t kMostRemembered = 4'096;
constexpr Duration kRememberFor = std::chrono::hours(1);
constexpr std::size_t kLongestName = 253;

/// FNV-1a: the same in every build, which std::hash is not.
std::string hexHash(const std::string& text) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
  return digits.data();
}

std::string kindOf(const EventNote& note) {
  return note.type.resource() + "|" + note.key.text() + "|" + note.uid + "|" + note.reason +
         (note.warning ? "|Warning" : "|Normal");
}

}  // namespace

std::optional<EventCorrelator::Verdict> EventCorrelator::judge(const EventNote& note, Time now) {
  if (isSpam(note, now)) return std::nullopt;
  const bool combined = isCombined(note, now);
  const std::string suffix = "." + hexHash(kindOf(note) + (combined ? "" : "|" + note.message));
  std::string prefix = note.key.name.substr(0, kLongestName - suffix.size());
  while (!prefix.empty() && (prefix.back() == '.' || prefix.back() == '-')) prefix.pop_back();
  return Verdict{
      prefix + suffix, combined ? "(combined from similar events): " + note.message : note.message};
}

bool EventCorrelator::isSpam(const EventNote& note, Time now) {
  forgetOld(now);
  const auto [found, isNew] = budgets_.try_emplace(
      note.uid + note.key.text(), TokenBucket(kNotesPerSecond, kNotesAtOnce), now);
  found->second.second = now;
  return !found->second.first.take(now);
}

bool EventCorrelator::isCombined(const EventNote& note, Time now) {
  auto& kindred = kindred_[kindOf(note)];
  if (now - kindred.since > kKindredFor) kindred = {now, {}};
  if (kindred.messages.contains(note.message)) return false;
  if (kindred.messages.size() >= kMostKindred) return true;
  kindred.messages.insert(note.message);
  return false;
}

void EventCorrelator::forgetOld(Time now) {
  if (kindred_.size() >= kMostRemembered)
    std::erase_if(
        kindred_, [&](const auto& entry) { return now - entry.second.since > kKindredFor; });
  if (budgets_.size() >= kMostRemembered)
    std::erase_if(
        budgets_, [&](const auto& entry) { return now - entry.second.second > kRememberFor; });
}

}  // namespace berth::runtime
