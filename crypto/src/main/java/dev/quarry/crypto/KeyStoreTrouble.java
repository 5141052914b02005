package dev.quarry.crypto;

/// Why a local key store cannot be opened: one for each thing that a person would do about it.
public enum KeyStoreTrouble {
  /// There is none. Make one.
  ABSENT,
  /// There is one where one was to be made. Open it.
  PRESENT,
  /// Another process, or another service of this one, has it open. Close that first.
  IN_USE,
  /// It is sealed under a root key of the other [RootKeyKind]. Give that.
  OTHER_KIND,
  /// The root key is wrong, or the key file was changed. Give the right one, or restore the file.
  NOT_AUTHENTIC,
  /// The root key itself cannot be read where it is said to be.
  ROOT_KEY,
  /// Audit log and key file do not fit together. Restore them, or accept it: [Evidence].
  EVIDENCE,
  /// Another version of Quarry wrote it. Use that one.
  VERSION,
  /// Its files cannot be read or written. See to the disk.
  DISK
}
