package dev.quarry.objects;

/// What a store may be burdened with.
///
/// @param putBytesPerSecond bytes of objects put, at most [#UNLIMITED]
/// @param getBytesPerSecond bytes of objects read, at most [#UNLIMITED]
/// @param requestsPerSecond requests of any kind, at most [#UNLIMITED]
/// @param concurrentRequests requests at one time
public record Limits(
    long putBytesPerSecond,
    long getBytesPerSecond,
    long requestsPerSecond,
    int concurrentRequests) {

  /// A rate that is never reached: 1 TB or 10^12 requests a second.
  public static final long UNLIMITED = 1_000_000_000_000L;

  /// No limits.
  public static final Limits NONE = new Limits(UNLIMITED, UNLIMITED, UNLIMITED, Integer.MAX_VALUE);

  public Limits {
    check("putBytesPerSecond", putBytesPerSecond);
    check("getBytesPerSecond", getBytesPerSecond);
    check("requestsPerSecond", requestsPerSecond);
    check("concurrentRequests", concurrentRequests);
  }

  public Limits withPutBytesPerSecond(long rate) {
    return new Limits(rate, getBytesPerSecond, requestsPerSecond, concurrentRequests);
  }

  public Limits withGetBytesPerSecond(long rate) {
    return new Limits(putBytesPerSecond, rate, requestsPerSecond, concurrentRequests);
  }

  public Limits withRequestsPerSecond(long rate) {
    return new Limits(putBytesPerSecond, getBytesPerSecond, rate, concurrentRequests);
  }

  public Limits withConcurrentRequests(int count) {
    return new Limits(putBytesPerSecond, getBytesPerSecond, requestsPerSecond, count);
  }

  private static void check(String name, long limit) {
    if (limit < 1 || limit > UNLIMITED) {
      throw new IllegalArgumentException(
          "limit is not 1 to %d %s=%d".formatted(UNLIMITED, name, limit));
    }
  }
}
