/// Keys: customer keys that wrap data keys, and the ciphers made from those.
///
/// The nouns: a **customer key** (CMK) never leaves the [dev.quarry.crypto.KeyService] that keeps
/// it; it wraps **data keys** (DEK). A [dev.quarry.crypto.DataKey] is the handle of an unwrapped
/// one and gives a [dev.quarry.crypto.SectorCipher] for the volume and keys that seal snapshots.
/// Wrapped it is a [dev.quarry.crypto.CiphertextBlob], bound to an
/// [dev.quarry.crypto.EncryptionContext]. A **grant** lets a principal other than the owner use a
/// customer key.
///
/// Begin with [dev.quarry.crypto.LocalKeyService#create]. Everything public is safe for use by many
/// threads. No public method answers key bytes, except those whose name begins with `insecure`.
/// Null never crosses this package.
package dev.quarry.crypto;
