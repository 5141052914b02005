package dev.quarry.crypto;

import java.time.Instant;
import java.util.Optional;

/// What is known about a customer key (CMK), without any secret.
///
/// @param keyId a UUID
/// @param arn the id with its realm, the form that is stored with what is encrypted
/// @param description free text
/// @param createdAt when it was made
/// @param state whether it can be used
/// @param deletionDate when it will be deleted, if that is scheduled
/// @param materialNumber the number of the key material that encrypts, from 1; older material stays
///   for decryption
public record KeyMetadata(
    String keyId,
    String arn,
    String description,
    Instant createdAt,
    KeyState state,
    Optional<Instant> deletionDate,
    int materialNumber) {}
