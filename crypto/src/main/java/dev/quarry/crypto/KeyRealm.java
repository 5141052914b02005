package dev.quarry.crypto;

/// The part of ARNs that is the same for all keys of a node.
///
/// @param partition such as `aws`
/// @param region such as `us-east-1`
/// @param account 12 digits
public record KeyRealm(String partition, String region, String account) {

  public KeyRealm {
    if (!partition.matches("[a-z-]+")
        || !region.matches("[a-z0-9-]+")
        || !account.matches("[0-9]{12}")) {
      throw new KeyServiceException.ValidationException(
          "bad realm partition=%s region=%s account=%s".formatted(partition, region, account));
    }
  }

  /// A realm that AWS clients accept and no real account has.
  public static KeyRealm standard() {
    return new KeyRealm("aws", "us-east-1", "000000000000");
  }

  /// The ARN of `key/UUID` or `alias/NAME`.
  String arn(String resource) {
    return "arn:%s:kms:%s:%s:%s".formatted(partition, region, account, resource);
  }
}
