package dev.quarry.node;

import dev.quarry.crypto.KeyServiceException;
import dev.quarry.crypto.KeyServiceException.KeyStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where it is said what to do when a node's keys cannot be opened.
///
/// @param folder of the keys
/// @param choice the root key that was to open or to seal them
/// @param fresh whether it was to seal them for the first time
record KeyTroubles(Path folder, RootKeyChoice choice, boolean fresh) {

  NodeException of(KeyServiceException e) {
    return e instanceof KeyStoreException store
        ? of(store)
        : new NodeException(e.getMessage() + " keys=" + folder, seeToDisk(), e);
  }

  private NodeException of(KeyStoreException e) {
    String remedy =
        switch (e.trouble()) {
          case ABSENT -> "start the node on this data folder once: that makes its keys";
          case PRESENT, DISK -> seeToDisk();
          case IN_USE -> "stop the process that has the keys open, most likely the node";
          case OTHER_KIND -> otherKind();
          case NOT_AUTHENTIC -> notAuthentic();
          case ROOT_KEY -> unreadable();
          case EVIDENCE ->
              "if you know why, as after restoring a backup, start the node once with"
                  + " --accept-lost-evidence; the loss is then noted in the audit log";
          case VERSION -> "start it with the version of Quarry that wrote it";
        };
    return new NodeException(e.getMessage() + " keys=" + folder, remedy, e);
  }

  NodeException of(IOException e) {
    return new NodeException(
        "the keys cannot be opened keys=%s reason=%s".formatted(folder, e), seeToDisk(), e);
  }

  private String otherKind() {
    return switch (choice) {
      case RootKeyChoice.Passphrase _ ->
          "name its root key with --root-key-file or --root-key-env, or name none if it is in the"
              + " data folder";
      case RootKeyChoice.InDataFolder _, RootKeyChoice.KeyFile _, RootKeyChoice.Variable _ ->
          "give its passphrase with --passphrase-file FILE, or type it with --passphrase";
    };
  }

  private String notAuthentic() {
    String whole = "; if it is the right one, put the folder of keys back from a backup";
    return switch (choice) {
      case RootKeyChoice.Passphrase _ ->
          "give the passphrase that the keys were sealed under" + whole;
      case RootKeyChoice.InDataFolder _ ->
          "if the root key was changed or is kept elsewhere, name it with --root-key-file or"
              + " --root-key-env; if not, put the folder of keys back from a backup";
      case RootKeyChoice.KeyFile _, RootKeyChoice.Variable _ ->
          "name the root key that the keys were sealed under, or none if it is in the data folder"
              + whole;
    };
  }

  /// Never advises to write over a file that is there: it may be the only copy of the key.
  private String unreadable() {
    return switch (choice) {
      case RootKeyChoice.KeyFile(Path file) when fresh && !Files.exists(file) ->
          "a root key is made by: (umask 077; openssl rand -hex 32 > %s)".formatted(file);
      case RootKeyChoice.Variable(String name, _) when fresh ->
          "a root key is made by: export %s=$(openssl rand -hex 32)".formatted(name);
      case RootKeyChoice.KeyFile _ ->
          "see that the file with the root key is there, as it was, for its owner only to read";
      case RootKeyChoice.Variable _ -> "set it to the root key that the keys were sealed under";
      case RootKeyChoice.InDataFolder _ ->
          "name the root key with --root-key-file or --root-key-env if it is kept elsewhere; if"
              + " not, put the file back from a backup";
      case RootKeyChoice.Passphrase _ -> throw new AssertionError("a passphrase is not read there");
    };
  }

  private String seeToDisk() {
    return "see to the disk, and that this user may read and write the folder";
  }
}
