package dev.quarry.node;

import dev.quarry.objects.S3Settings;
import dev.quarry.volume.ControlException;
import java.nio.file.Path;
import java.util.Optional;

/// Reads where else objects are: what a snapshot is to be copied to. Pure.
final class CopyPlaces {
  private static final String SCHEME = "s3://";

  private CopyPlaces() {}

  /// @param parameter where it was named, for errors
  /// @param text an absolute path of a folder, or `s3://BUCKET` or `s3://BUCKET/PREFIX`
  /// @param own the node's own store, which tells the S3 server and the keys for it
  static StoreSettings.Place of(String parameter, String text, StoreSettings.Place own) {
    try {
      return text.startsWith(SCHEME)
          ? bucket(text.substring(SCHEME.length()), own)
          : folder(Path.of(text));
    } catch (IllegalArgumentException e) {
      throw new ControlException.Invalid(
          "InvalidParameterValue", parameter + " is no place: " + e.getMessage());
    }
  }

  private static StoreSettings.Place folder(Path path) {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("a folder needs its whole path path=" + path);
    }
    return new StoreSettings.Place.Folder(path);
  }

  private static StoreSettings.Place bucket(String named, StoreSettings.Place own) {
    if (!(own instanceof StoreSettings.Place.Bucket(S3Settings s3, Optional<String> _))) {
      throw new IllegalArgumentException(
          "a bucket can be named when the node's own store is in one, on the same server");
    }
    String[] parts = named.split("/", 2);
    Optional<String> prefix =
        parts.length < 2 || parts[1].isEmpty()
            ? Optional.empty()
            : Optional.of(parts[1].replaceAll("/+$", ""));
    return new StoreSettings.Place.Bucket(s3.withBucket(parts[0]), prefix);
  }
}
