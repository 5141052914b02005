package dev.quarry.crypto;

import dev.quarry.crypto.KeyServiceException.InvalidAliasNameException;
import dev.quarry.crypto.KeyServiceException.InvalidArnException;
import dev.quarry.crypto.KeyServiceException.NotFoundException;
import java.util.UUID;
import java.util.regex.Pattern;

/// What a caller names a key by: an id, an alias, or the ARN of one of them.
sealed interface KeyReference {
  /// Reserved for keys that the service makes by itself (KMS API reference, CreateAlias).
  String RESERVED_PREFIX = "alias/aws/";

  Pattern UUID_FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  Pattern ALIAS_FORM = Pattern.compile("alias/[a-zA-Z0-9/_-]{1,250}");

  record ById(UUID id) implements KeyReference {}

  record ByAlias(String name) implements KeyReference {}

  static KeyReference parse(String text, KeyRealm realm) {
    String resource = text;
    if (text.startsWith("arn:")) {
      String prefix = realm.arn("");
      if (text.split(":", -1).length != 6) {
        throw new InvalidArnException("not an ARN of a key or alias arn=" + text);
      }
      if (!text.startsWith(prefix)) {
        throw new NotFoundException("key is not of this node arn=" + text);
      }
      resource = text.substring(prefix.length());
      if (resource.startsWith("key/")) {
        resource = resource.substring("key/".length());
      } else if (!resource.startsWith("alias/")) {
        throw new InvalidArnException("not an ARN of a key or alias arn=" + text);
      }
    }
    if (UUID_FORM.matcher(resource).matches()) {
      return new ById(UUID.fromString(resource));
    }
    if (ALIAS_FORM.matcher(resource).matches()) {
      return new ByAlias(resource);
    }
    throw new NotFoundException("not the id, alias or ARN of a key key=" + text);
  }

  /// Checks a name that is to become an alias.
  static void checkNewAlias(String name) {
    if (!ALIAS_FORM.matcher(name).matches()) {
      throw new InvalidAliasNameException(
          "alias must be alias/ and letters, digits, / _ or - alias=" + name);
    }
    if (name.startsWith(RESERVED_PREFIX)) {
      throw new InvalidAliasNameException("alias is reserved alias=" + name);
    }
  }
}
