package dev.quarry.nbd;

import java.util.Optional;

/// What one connection is doing and has done.
///
/// @param client who is connected
/// @param export the name of its export, once it has one
/// @param requests how many requests were answered
/// @param readBytes how many bytes of data were read
/// @param writtenBytes how many bytes of data were written
/// @param inFlight how many requests wait for a worker, a limit, or the client to take their reply
public record ConnectionStatus(
    Client client,
    Optional<String> export,
    long requests,
    long readBytes,
    long writtenBytes,
    int inFlight) {}
