/// @file
/// Docker: one container engine, by role.
///
/// A struct of references: whoever only looks takes a ContainerReader, whoever
/// moves bytes takes a ContainerIo.  HttpDocker is the real one (any byte stream
/// to an Engine API of 1.41 or later); FakeDocker is the world of tests and of the
/// simulator.  Both pass tests/contract/docker.
///
/// Rules that hold for every role:
///
///   - what has been done already is a success: starting what runs, stopping what
///     is stopped, removing what is gone;
///   - a thing is named by its id or its name; NotFound says it is not there, and
///     an answer that is half or garbled is an Error, never "not there";
///   - ServiceUnavailable: nothing has happened.  Timeout: it may or may not have
///     happened; look before acting again;
///   - what people can act on is told by a Cause (see `fault`), so that a condition
///     can name the next step; the message has the engine's own words.
///
/// Thread-safe.  Calls block until the context's deadline.
#pragma once

#include "reconcilers/providers/docker/container.hpp"
#include "reconcilers/providers/docker/container_io.hpp"
#include "reconcilers/providers/docker/engine.hpp"
#include "reconcilers/providers/docker/images.hpp"
#include "reconcilers/providers/docker/storage.hpp"

namespace berth::docker {

/// The roles of one engine.
struct Docker {
  Engine& engine;
  ContainerReader& reader;
  Containers& containers;
  ContainerSettings& settings;
  ContainerIo& io;
  Images& images;
  Volumes& volumes;
  Networks& networks;
};

}  // namespace berth::docker
