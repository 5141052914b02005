package dev.quarry.nbd;

/// What one connection has done. Its own thread counts, any thread reads.
final class Counters {
  private long requests;
  private long readBytes;
  private long writtenBytes;
  private volatile long publishedRequests;
  private volatile long publishedReadBytes;
  private volatile long publishedWrittenBytes;
  private volatile int inFlight;

  /// Counts a request that was answered.
  void answered(Request request, int error) {
    requests++;
    if (error == WireError.NONE) {
      switch (request.command()) {
        case READ -> readBytes += request.length();
        case WRITE -> writtenBytes += request.length();
        case DISCONNECT, FLUSH, TRIM, CACHE, WRITE_ZEROES, BLOCK_STATUS, UNKNOWN -> {}
      }
    }
  }

  /// Makes the counts visible to other threads: once for many requests.
  void publish(int waiting) {
    if (requests != publishedRequests) {
      publishedRequests = requests;
      publishedReadBytes = readBytes;
      publishedWrittenBytes = writtenBytes;
    }
    if (inFlight != waiting) {
      inFlight = waiting;
    }
  }

  long requests() {
    return publishedRequests;
  }

  long readBytes() {
    return publishedReadBytes;
  }

  long writtenBytes() {
    return publishedWrittenBytes;
  }

  int inFlight() {
    return inFlight;
  }
}
