package dev.quarry.crypto;

import java.util.Optional;

/// Whether a new volume or snapshot is encrypted, and under which key: the tables of EBS as pure
/// functions (EBS User Guide, "Amazon EBS encryption examples" and "Use encryption with the EBS
/// direct APIs"). Nothing here looks at keys; they are compared by their ARNs.
///
/// No request takes encryption away.
public final class EncryptionRules {
  private EncryptionRules() {}

  /// What a volume or a copy is made from.
  public sealed interface Source {}

  /// Nothing, or a snapshot that is not encrypted.
  public record Plain() implements Source {}

  /// A snapshot, or volume, of the owner's own.
  ///
  /// @param keyArn the customer key that wraps its data key
  public record OwnEncrypted(String keyArn) implements Source {}

  /// A snapshot that another owner shared.
  public record SharedEncrypted() implements Source {}

  /// What the request says.
  ///
  /// @param encrypted its flag, if it has one
  /// @param keyArn the key it names, if it names one
  public record Wish(Optional<Boolean> encrypted, Optional<String> keyArn) {}

  /// The settings of the node.
  ///
  /// @param encryptByDefault whether all that is new is encrypted
  /// @param defaultKeyArn the key where none is named
  public record Defaults(boolean encryptByDefault, String defaultKeyArn) {}

  /// What becomes of it.
  public sealed interface Outcome {}

  /// It is not encrypted.
  public record Unencrypted() implements Outcome {}

  /// It is encrypted.
  ///
  /// @param keyArn under this customer key
  /// @param dataKey with which data key
  public record Encrypted(String keyArn, DataKeyUse dataKey) implements Outcome {}

  /// The request contradicts itself or the rules.
  ///
  /// @param code of EBS
  /// @param message what to do
  public record Refused(String code, String message) implements Outcome {}

  /// Which data key it gets.
  public enum DataKeyUse {
    /// A new one: what is copied is encrypted anew, in full.
    NEW,
    /// The source's, wrapped for the new context: same lineage, incremental snapshots.
    SAME_AS_SOURCE
  }

  /// CreateVolume. Where the documents disagree (an own encrypted snapshot, no wish, encryption by
  /// default on), the snapshot's key is kept: the volume stays in its lineage.
  public static Outcome createVolume(Source source, Wish wish, Defaults defaults) {
    return switch (source) {
      case Plain _ -> ofPlain(wish, defaults);
      case OwnEncrypted own -> ofOwn(own, wish.keyArn().orElse(own.keyArn()));
      case SharedEncrypted _ -> anew(wish.keyArn().orElse(defaults.defaultKeyArn()));
    };
  }

  /// CopySnapshot: as CreateVolume, except that an encrypted source does not keep its key unless
  /// the request names it.
  public static Outcome copySnapshot(Source source, Wish wish, Defaults defaults) {
    return switch (source) {
      case Plain _ -> ofPlain(wish, defaults);
      case OwnEncrypted own -> ofOwn(own, wish.keyArn().orElse(defaults.defaultKeyArn()));
      case SharedEncrypted _ -> anew(wish.keyArn().orElse(defaults.defaultKeyArn()));
    };
  }

  /// StartSnapshot of the EBS direct APIs, without a parent.
  public static Outcome startSnapshot(Wish wish, Defaults defaults) {
    if (wish.encrypted().equals(Optional.of(false))) {
      if (wish.keyArn().isPresent()) {
        return invalid("a key can be named for an encrypted snapshot only");
      }
      return defaults.encryptByDefault()
          ? invalid("encryption by default is on, a snapshot cannot be unencrypted")
          : new Unencrypted();
    }
    boolean encrypt =
        wish.keyArn().isPresent() || wish.encrypted().isPresent() || defaults.encryptByDefault();
    return encrypt ? anew(wish.keyArn().orElse(defaults.defaultKeyArn())) : new Unencrypted();
  }

  /// StartSnapshot of the EBS direct APIs, with a parent: the parent decides.
  public static Outcome startSnapshotOf(Source parent, Wish wish, Defaults defaults) {
    if (wish.encrypted().isPresent() || wish.keyArn().isPresent()) {
      return invalid("encryption cannot be chosen with a parent snapshot");
    }
    return switch (parent) {
      case Plain _ ->
          defaults.encryptByDefault()
              ? invalid("encryption by default is on, the parent snapshot is unencrypted")
              : new Unencrypted();
      case OwnEncrypted own -> new Encrypted(own.keyArn(), DataKeyUse.SAME_AS_SOURCE);
      case SharedEncrypted _ -> invalid("a shared snapshot cannot be a parent");
    };
  }

  private static Outcome ofPlain(Wish wish, Defaults defaults) {
    boolean asked = wish.encrypted().orElse(false);
    if (wish.keyArn().isPresent() && !asked && !defaults.encryptByDefault()) {
      return new Refused(
          "InvalidParameterDependency", "the parameter KmsKeyId needs the parameter Encrypted");
    }
    return asked || defaults.encryptByDefault()
        ? anew(wish.keyArn().orElse(defaults.defaultKeyArn()))
        : new Unencrypted();
  }

  private static Outcome ofOwn(OwnEncrypted own, String keyArn) {
    return keyArn.equals(own.keyArn())
        ? new Encrypted(keyArn, DataKeyUse.SAME_AS_SOURCE)
        : anew(keyArn);
  }

  private static Outcome anew(String keyArn) {
    return new Encrypted(keyArn, DataKeyUse.NEW);
  }

  private static Outcome invalid(String message) {
    return new Refused("ValidationException", message);
  }
}
