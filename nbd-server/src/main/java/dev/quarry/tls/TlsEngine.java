package dev.quarry.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The TLS of one connection: takes what came from the client, and gives what is to go to it. It
/// never waits. For one thread.
///
/// Whoever uses it offers received bytes while [#read] has none, and sends what [#take] gives after
/// every call, also after one that failed: the client is to learn why.
public interface TlsEngine {
  /// The most bytes to offer at a time.
  int OFFER_LIMIT_BYTES = 32 << 10;

  /// Takes encrypted bytes, all of them; at most [#OFFER_LIMIT_BYTES], and only when [#read] gave
  /// none.
  ///
  /// @throws IOException if TLS has failed; the connection is at its end
  void offer(ByteBuffer encrypted) throws IOException;

  /// Gives decrypted bytes, as many as there are and fit.
  ///
  /// @return how many; 0 if more has to be offered first
  int read(ByteBuffer into) throws IOException;

  /// Whether [#read] has something without another [#offer].
  boolean readable();

  /// Encrypts bytes, all of them.
  void write(ByteBuffer plain) throws IOException;

  /// Gives encrypted bytes to be sent, as many as there are and fit.
  int take(ByteBuffer into);

  /// Whether [#take] has something.
  boolean hasOutput();

  /// Whether the handshake is done, so that [#write] may be called.
  boolean established();

  /// Whether the client has said that it sends no more.
  boolean ended();

  /// Who the client proved to be: the common name of its certificate or the name of its key.
  Optional<String> peer();

  /// Says goodbye: what there is to be sent then is the last.
  void close() throws IOException;
}
