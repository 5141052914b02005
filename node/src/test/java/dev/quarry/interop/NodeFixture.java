package dev.quarry.interop;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A node for all tests of a class, whose test instance must live as long as the class.
final class NodeFixture implements BeforeAllCallback, AfterAllCallback {
  private final Path folder;
  private final boolean encrypted;
  private final String[] options;
  private NodeUnderTest node; // set before the first test

  /// @param name of the class's folder for data and log
  /// @param options of the node
  NodeFixture(String name, String... options) {
    this(name, false, options);
  }

  /// @param encrypted whether its volumes are
  NodeFixture(String name, boolean encrypted, String... options) {
    this.folder = Path.of("target/interop", name).toAbsolutePath();
    this.encrypted = encrypted;
    this.options = options;
  }

  NodeUnderTest node() {
    return node;
  }

  /// A folder for the tests' own files, which goes with the node.
  Path folder() {
    return folder;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
    node = NodeUnderTest.start(folder, options);
    if (encrypted) {
      node.encryptByDefault();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (node != null) {
      node.close();
    }
    Folders.delete(folder);
  }
}
