package dev.quarry.crypto;

import java.time.Instant;

/// One call in the audit log. Texts are escaped as [AuditCodec] says; `-` stands for nothing.
///
/// @param sequence from 1, without gaps
/// @param at when
/// @param principal who
/// @param operation by its name in the KMS API
/// @param key the key's id, or what the caller named if that is no key
/// @param context the encryption context as `key=value`, joined by commas
/// @param result `ok`, or the error's code
/// @param generation the key file's generation after the call
/// @param detail what else tells this call from others, such as a grant's id
public record AuditEntry(
    long sequence,
    Instant at,
    String principal,
    String operation,
    String key,
    String context,
    String result,
    long generation,
    String detail) {}
