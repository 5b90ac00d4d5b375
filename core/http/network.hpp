/// @file
/// What an address says about who is behind it.
#pragma once

#include <string>
#include <string_view>

namespace berth::http {

/// What is counted as one peer: an IPv4 address itself, an IPv6 address's /64, which is
/// what a customer of a provider has.  As bytes, not for people.
std::string networkOf(std::string_view address);

}  // namespace berth::http
