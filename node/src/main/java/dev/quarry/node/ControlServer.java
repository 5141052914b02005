package dev.quarry.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.quarry.crypto.KeyServiceException;
import dev.quarry.volume.ControlException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control API: JSON over HTTP/1.1 for this machine's own programs.
///
/// A request is guarded, routed, read and answered, in this order; each can refuse it. Requests are
/// answered on virtual threads, at most [#MAX_REQUESTS] at a time.
final class ControlServer implements AutoCloseable {
  /// More are refused with 503: the API is for a few programs on this machine.
  static final int MAX_REQUESTS = 64;

  /// The largest request has 50 tags of 127 + 256 characters (EC2's limits), four bytes each.
  static final int MAX_BODY_BYTES = 128 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore slots = new Semaphore(MAX_REQUESTS);
  private final ApiGuard guard;
  private final List<Route> routes;

  private ControlServer(HttpServer server, String token, List<Route> routes) {
    this.server = server;
    this.guard = new ApiGuard(server.getAddress(), token);
    this.routes = routes;
  }

  /// Listens on `address` and answers by `routes` from now on.
  ///
  /// @throws IOException if the address cannot be listened on
  static ControlServer open(InetSocketAddress address, String token, List<Route> routes)
      throws IOException {
    ControlServer control = new ControlServer(HttpServer.create(address, 0), token, routes);
    control.server.createContext("/", control::serve);
    control.server.setExecutor(control.threads);
    control.server.start();
    return control;
  }

  HostPort address() {
    return HostPort.of(server.getAddress());
  }

  /// Stops listening, and waits up to a second for requests that are being answered.
  @Override
  public void close() {
    server.stop(1);
    threads.shutdown();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!slots.tryAcquire()) {
        send(exchange, ApiReply.error(503, "RequestLimitExceeded", "too many requests at a time"));
        return;
      }
      try {
        send(exchange, answer(exchange));
      } finally {
        slots.release();
      }
    }
  }

  private ApiReply answer(HttpExchange exchange) throws IOException {
    try {
      guard.check(exchange.getRequestHeaders());
      String path = exchange.getRequestURI().getRawPath();
      for (Route route : routes) {
        Optional<Map<String, String>> variables = route.match(path);
        if (variables.isPresent() && route.method().equals(exchange.getRequestMethod())) {
          return route
              .handler()
              .answer(new ApiRequest(variables.get(), query(exchange), body(exchange)));
        }
      }
      throw unrouted(exchange, path);
    } catch (ApiException e) {
      return ApiReply.error(e.status(), e.code(), e.getMessage());
    } catch (ControlException e) {
      return ApiReply.error(ControlErrors.status(e), e.code(), e.getMessage());
    } catch (KeyServiceException e) {
      return ApiReply.error(ControlErrors.status(e), e.code(), e.getMessage());
    } catch (RuntimeException | AssertionError e) {
      LOG.atError().setMessage("request failed").setCause(e).log();
      return ApiReply.error(500, "InternalError", "the node failed; its log says why");
    }
  }

  private ApiException unrouted(HttpExchange exchange, String path) {
    List<String> methods =
        routes.stream().filter(r -> r.match(path).isPresent()).map(Route::method).toList();
    if (methods.isEmpty()) {
      return new ApiException(404, "InvalidAction", "nothing is at this path path=" + path);
    }
    exchange.getResponseHeaders().set("Allow", String.join(", ", methods));
    return new ApiException(
        405, "InvalidAction", "the path takes other methods methods=" + String.join(",", methods));
  }

  private static String query(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw new ApiException(
          413, "RequestTooLarge", "the request's body is too large max_bytes=" + MAX_BODY_BYTES);
    }
    return body;
  }

  private void send(HttpExchange exchange, ApiReply reply) throws IOException {
    byte[] body = reply.body().bytes();
    if (reply.status() == 401) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(reply.status(), body.length);
    exchange.getResponseBody().write(body);
  }
}
