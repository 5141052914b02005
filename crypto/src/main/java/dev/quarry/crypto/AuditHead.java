package dev.quarry.crypto;

/// Where the audit log ends.
///
/// @param sequence the number of its last entry, 0 if it has none
/// @param mac that entry's chained MAC
record AuditHead(long sequence, byte[] mac) {}
