package dev.quarry.node;

/// What a client of the control API may take, for the JDK's HTTP server, which reads these once in
/// a process, from system properties (documentation of module jdk.httpserver).
public final class HttpLimits {
  private HttpLimits() {}

  /// Sets them; to be called before the first server is made.
  public static void apply() {
    System.setProperty("jdk.httpserver.maxConnections", "128");
    System.setProperty("sun.net.httpserver.maxReqTime", "30"); // seconds to send a request in
    System.setProperty("sun.net.httpserver.maxRspTime", "120"); // seconds to take the answer in
    System.setProperty("sun.net.httpserver.idleInterval", "30");
    System.setProperty("sun.net.httpserver.nodelay", "true"); // answers are two small writes
  }
}
