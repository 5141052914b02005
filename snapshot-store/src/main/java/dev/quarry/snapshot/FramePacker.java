package dev.quarry.snapshot;

import java.util.Optional;

/// Puts frames into packs, one after the other, and begins a new pack when one is full. One thread
/// at a time.
final class FramePacker {
  private final PackUploads uploads;
  private final PackKind kind;
  private final FrameEncoder encoder = new FrameEncoder();
  private Optional<PackBuilder> current = Optional.empty();
  private long plainBytes;

  FramePacker(PackUploads uploads, PackKind kind) {
    this.uploads = uploads;
    this.kind = kind;
  }

  FrameRef add(FrameKind frameKind, int level, long position, byte[] plain, int length) {
    FrameEncoder.Encoded encoded = encoder.encode(plain, length);
    if (current.isPresent() && !current.get().fits(encoded.length())) {
      flush();
    }
    if (current.isEmpty()) {
      current = Optional.of(uploads.begin(kind));
    }
    plainBytes += length;
    PackBuilder pack = current.get();
    return new FrameRef(
        PackRef.of(pack.id()), pack.add(frameKind, level, position, length, encoded));
  }

  /// Lets go of the pack that is being filled.
  void flush() {
    if (current.isPresent()) {
      PackBuilder pack = current.get();
      current = Optional.empty();
      uploads.end(pack);
    }
  }

  /// Drops the pack that is being filled.
  void drop() {
    current.ifPresent(uploads::drop);
    current = Optional.empty();
  }

  /// Bytes of frames before compression.
  long plainBytes() {
    return plainBytes;
  }
}
