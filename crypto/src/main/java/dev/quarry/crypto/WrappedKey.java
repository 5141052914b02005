package dev.quarry.crypto;

/// A data key wrapped under a customer key.
///
/// @param blob what to store
/// @param keyArn the customer key that wraps it
public record WrappedKey(CiphertextBlob blob, String keyArn) {}
