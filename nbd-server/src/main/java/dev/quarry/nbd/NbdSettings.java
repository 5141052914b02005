package dev.quarry.nbd;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How a server serves.
///
/// A connection takes up to 2 MiB of memory for what it receives and sends, and real memory only
/// for what it ever used of that; requests that wait take theirs from the buffer budget.
///
/// @param addresses where to listen, at least one
/// @param connectionLimit the most connections at a time; more are turned away
/// @param handshakeTimeout how long a client may take until it has chosen an export
/// @param bufferBytes the most memory for requests that wait, of all connections together; at least
///   the 32 MiB of the largest request
/// @param workers the most threads that carry out what may take time; half of them at most work for
///   one connection, so this is twice the queue depth that one connection can have at a disk
/// @param tls how clients of an address talk through TLS; no address in it, no TLS there
/// @param callers where clients of a TCP address may come from; others are turned away without a
///   word; no address in it, from anywhere
public record NbdSettings(
    List<ListenAddress> addresses,
    int connectionLimit,
    Duration handshakeTimeout,
    long bufferBytes,
    int workers,
    Map<ListenAddress, TlsPolicy> tls,
    Map<ListenAddress, List<AddressRange>> callers) {
  private static final int CONNECTION_LIMIT = 1024;
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10); // as qemu-nbd has it
  private static final long BUFFER_BYTES = 256L << 20;
  private static final int WORKERS = 64;

  public NbdSettings {
    addresses = List.copyOf(addresses);
    tls = Map.copyOf(tls);
    callers = Map.copyOf(callers);
    if (!addresses.containsAll(tls.keySet()) || !addresses.containsAll(callers.keySet())) {
      throw new IllegalArgumentException("a rule for an address that is not listened at");
    }
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("no address to listen at");
    }
    if (connectionLimit < 1 || workers < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1 connections=%d workers=%d"
              .formatted(connectionLimit, workers));
    }
    if (!handshakeTimeout.isPositive()) {
      throw new IllegalArgumentException("handshake timeout must be positive");
    }
    if (bufferBytes < Wire.PAYLOAD_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "buffers must hold the largest request bytes=%d needed=%d"
              .formatted(bufferBytes, Wire.PAYLOAD_LIMIT_BYTES));
    }
  }

  /// The usual settings.
  public static NbdSettings listeningAt(List<ListenAddress> addresses) {
    return new NbdSettings(
        addresses, CONNECTION_LIMIT, HANDSHAKE_TIMEOUT, BUFFER_BYTES, WORKERS, Map.of(), Map.of());
  }

  public NbdSettings withConnectionLimit(int limit) {
    return new NbdSettings(addresses, limit, handshakeTimeout, bufferBytes, workers, tls, callers);
  }

  public NbdSettings withHandshakeTimeout(Duration timeout) {
    return new NbdSettings(addresses, connectionLimit, timeout, bufferBytes, workers, tls, callers);
  }

  public NbdSettings withBufferBytes(long bytes) {
    return new NbdSettings(
        addresses, connectionLimit, handshakeTimeout, bytes, workers, tls, callers);
  }

  public NbdSettings withWorkers(int threads) {
    return new NbdSettings(
        addresses, connectionLimit, handshakeTimeout, bufferBytes, threads, tls, callers);
  }

  /// With TLS at one of its addresses.
  public NbdSettings withTls(ListenAddress address, TlsPolicy policy) {
    Map<ListenAddress, TlsPolicy> all = new HashMap<>(tls);
    all.put(address, policy);
    return new NbdSettings(
        addresses, connectionLimit, handshakeTimeout, bufferBytes, workers, all, callers);
  }

  /// With one of its addresses open to some callers only.
  public NbdSettings withCallers(ListenAddress address, List<AddressRange> ranges) {
    Map<ListenAddress, List<AddressRange>> all = new HashMap<>(callers);
    all.put(address, List.copyOf(ranges));
    return new NbdSettings(
        addresses, connectionLimit, handshakeTimeout, bufferBytes, workers, tls, all);
  }
}
