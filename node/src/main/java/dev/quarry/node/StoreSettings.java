package dev.quarry.node;

import dev.quarry.objects.Limits;
import dev.quarry.objects.S3Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where a node keeps its snapshots.
///
/// @param place where
/// @param limits what the store may be burdened with
/// @param patience for how long a store that does not answer is asked again before somebody who
///   waits is told
public record StoreSettings(Place place, Limits limits, Duration patience) {
  /// Less than a command waits for an answer, and more than most servers take to come back.
  public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

  /// Where objects are.
  public sealed interface Place {
    /// In the data folder, beside the volumes.
    record InDataFolder() implements Place {}

    /// In a folder.
    record Folder(Path path) implements Place {
      public Folder {
        path = path.toAbsolutePath().normalize();
      }

      @Override
      public String toString() {
        return "folder " + path;
      }
    }

    /// In a bucket of an S3 server.
    ///
    /// @param prefix what the names of all objects begin with, without a slash at its end
    record Bucket(S3Settings s3, Optional<String> prefix) implements Place {
      private static final Pattern PREFIX =
          Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

      public Bucket {
        if (prefix.filter(names -> !PREFIX.matcher(names).matches()).isPresent()) {
          throw new IllegalArgumentException(
              "prefix is not names of A-Z a-z 0-9 . _ - with a slash between them prefix="
                  + prefix.get());
        }
      }

      @Override
      public String toString() {
        return "s3://"
            + s3.bucket()
            + prefix.map(names -> "/" + names).orElse("")
            + " at "
            + s3.endpoint();
      }
    }
  }

  /// In the data folder, without limits.
  public static StoreSettings standard() {
    return new StoreSettings(new Place.InDataFolder(), Limits.NONE, DEFAULT_PATIENCE);
  }

  /// The place, with the data folder known.
  ///
  /// @return a folder or a bucket
  Place in(Path dataFolder) {
    return place instanceof Place.InDataFolder
        ? new Place.Folder(dataFolder.resolve("snapshots"))
        : place;
  }
}
