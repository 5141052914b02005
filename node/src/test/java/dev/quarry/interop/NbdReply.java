package dev.quarry.interop;

/// A reply, and the request that it answers.
///
/// @param error 0, or one of the error numbers of [NbdException]
/// @param data what was read; nothing otherwise
record NbdReply(long cookie, NbdRequest request, int error, byte[] data) {}
