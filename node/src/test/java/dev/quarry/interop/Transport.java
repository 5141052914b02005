package dev.quarry.interop;

/// The two ways that a client of this machine reaches the server.
enum Transport {
  TCP,
  UNIX
}
