#include "core/http/server_peers.hpp"

#include <utility>

#include "core/http/network.hpp"

namespace berth::http {

std::unique_ptr<Peers::Visit> Peers::enter(std::string_view address, bool trusted) {
  return peers_.with([&](Table& peers) -> std::unique_ptr<Visit> {
    const auto [peer, isNew] = peers.try_emplace(networkOf(address));
    if (peer->second.connections >= limits_.connections && !trusted) return nullptr;
    ++peer->second.connections;
    return std::make_unique<Visit>(*this, peer->first, peer->second);
  });
}

Peers::Visit::Visit(Peers& peers, std::string key, Peer& peer)
    : peers_(peers), key_(std::move(key)), peer_(peer) {}

Peers::Visit::~Visit() {
  release();
  peers_.peers_.with([&](Table& peers) {
    if (--peer_.connections == 0) peers.erase(key_);
  });
}

bool Peers::Visit::hold(std::size_t bytes) {
  held_ += bytes;
  const auto ofPeer = peer_.bodyBytes += bytes;
  const auto ofAll = peers_.bodyBytes_ += bytes;
  return ofPeer <= peers_.limits_.bodyBytesOfOne && ofAll <= peers_.limits_.bodyBytes;
}

void Peers::Visit::release() {
  peer_.bodyBytes -= held_;
  peers_.bodyBytes_ -= held_;
  held_ = 0;
}

}  // namespace berth::http
