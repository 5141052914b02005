package dev.quarry.objects;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests one [S3ProxyServer], started for the first that asks and stopped after the last test
/// of the run. Each class has a bucket of its own.
public final class SharedS3Proxy implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == S3ProxyServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(SharedS3Proxy.class))
        .getOrComputeIfAbsent(Running.class, _ -> new Running(), Running.class)
        .server;
  }

  private static final class Running implements AutoCloseable {
    private final Path folder;
    private final S3ProxyServer server;

    Running() {
      try {
        folder = Files.createTempDirectory("s3proxy");
        server = S3ProxyServer.start(folder);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException("S3Proxy cannot be started", e);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      try (var paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
