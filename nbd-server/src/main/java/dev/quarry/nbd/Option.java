package dev.quarry.nbd;

import java.util.List;
import java.util.Set;

/// What a client asks for in the handshake, decoded ("Option types").
sealed interface Option {

  /// Begin the transmission, the old way: there is no answer but success.
  record ExportName(String name) implements Option {}

  /// End the handshake.
  record Abort() implements Option {}

  /// Name the exports.
  record ListExports() implements Option {}

  /// Describe an export, and begin the transmission if `go`.
  ///
  /// @param wanted the pieces of information asked for, by number; unknown ones are ignored
  record Describe(boolean go, String name, Set<Integer> wanted) implements Option {}

  /// Go on through TLS.
  record StartTls() implements Option {}

  /// Answer in chunks from now on.
  record StructuredReplies() implements Option {}

  /// Use headers with lengths of 64 bits.
  record ExtendedHeaders() implements Option {}

  /// Name the metadata contexts of an export that match the queries, or choose those.
  record Contexts(boolean choose, String name, List<String> queries) implements Option {}

  /// Something this server does not know or does not offer.
  record Unsupported(int number) implements Option {}
}
