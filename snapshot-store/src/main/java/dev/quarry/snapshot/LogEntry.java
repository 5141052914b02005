package dev.quarry.snapshot;

import java.util.UUID;

/// An entry of the lineage log, with what chains it to the one before.
///
/// @param volume whose log it is
/// @param number its place, from 1
/// @param writerEpoch of the process that wrote it
/// @param timeMillis when that process wrote it by its own clock, in milliseconds since 1970
/// @param writer the process
/// @param nonce random: by it a writer whose answer was lost knows its own entry
/// @param previous the MAC of the entry before
/// @param body what it says
record LogEntry(
    UUID volume,
    long number,
    long writerEpoch,
    long timeMillis,
    Bits128 writer,
    Bits128 nonce,
    Mac previous,
    LogBody body) {}
