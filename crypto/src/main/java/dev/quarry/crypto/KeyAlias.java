package dev.quarry.crypto;

/// A name for a key.
///
/// @param name with its prefix, such as `alias/web`
/// @param arn the name with its realm
/// @param targetKeyId the key's id
public record KeyAlias(String name, String arn, String targetKeyId) {}
