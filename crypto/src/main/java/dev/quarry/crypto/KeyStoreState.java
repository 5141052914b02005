package dev.quarry.crypto;

/// What the key file holds.
///
/// @param ring the keys
/// @param auditKey 256 bits that chain the audit log
/// @param auditHead where the audit log ended when this state was written
record KeyStoreState(KeyRing ring, SecretMemory auditKey, AuditHead auditHead) {}
