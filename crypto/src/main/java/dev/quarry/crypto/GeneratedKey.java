package dev.quarry.crypto;

/// A new data key, ready for use and wrapped. Whoever asked for it closes the handle.
///
/// @param dataKey the plaintext handle
/// @param wrapped what to store
public record GeneratedKey(DataKey dataKey, WrappedKey wrapped) {}
