package dev.quarry.nbd;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.quarry.block.MemoryDevice;
import dev.quarry.block.TestBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/// Puts any bytes through a whole connection, and fails if the server does not come to an end with
/// them in order.
///
/// The first byte of an input says how far the connection is when the rest arrives: nothing yet,
/// greeted, or with the export in use in one of the three styles. So both parsers are met by bytes
/// that have not been through the other.
final class ConnectionFuzz implements AutoCloseable {
  /// Small, so that a few requests cannot ask for much.
  private static final int DEVICE_BYTES = 64 << 10;

  /// The longest input; 146 requests, and 9 MiB of replies at most.
  static final int INPUT_LIMIT = 4096;

  private static final long HANG_SECONDS = 20;

  private final Logger log = (Logger) LoggerFactory.getLogger("dev.quarry.nbd");
  private final ListAppender<ILoggingEvent> errors = new ListAppender<>();
  private final MemoryDevice device = MemoryDevice.create(DEVICE_BYTES);
  private final Served served;
  private final ByteBuffer received = ByteBuffer.allocateDirect(256 << 10);

  ConnectionFuzz() throws IOException {
    log.setLevel(Level.ERROR);
    errors.start();
    log.addAppender(errors);
    TestBytes.write(device, 0, TestBytes.pattern(1, DEVICE_BYTES / 2));
    served = Served.of(device);
  }

  /// Holds one connection.
  ///
  /// @return how many bytes the server sent
  long run(byte[] input) throws IOException {
    byte[] bytes = bytes(input);
    long count = exchange(bytes);
    served.awaitNoClient();
    if (served.attached() != 0) {
      throw new AssertionError("an attachment is left open");
    }
    if (served.server().bufferBytes() != 0) {
      throw new AssertionError("buffers are held bytes=" + served.server().bufferBytes());
    }
    if (!errors.list.isEmpty()) { // an exception that only ended the connection
      throw new AssertionError("the server logged " + errors.list);
    }
    return count;
  }

  private static byte[] bytes(byte[] input) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int mode = input.length == 0 ? 0 : Math.floorMod(input[0], 5);
    bytes.writeBytes(prelude(mode));
    int length = Math.min(input.length - 1, INPUT_LIMIT);
    if (length > 0) {
      bytes.write(input, 1, length);
    }
    return bytes.toByteArray();
  }

  private static byte[] prelude(int mode) {
    byte[] contexts = RawClient.contextQueries("vol", "base:allocation");
    return Bytes.of(out -> {
      if (mode > 0) {
        out.writeInt(Wire.FIXED_NEWSTYLE | Wire.NO_ZEROES);
      }
      if (mode > 2) {
        out.write(
            option(mode == 3 ? Wire.OPT_STRUCTURED_REPLY : Wire.OPT_EXTENDED_HEADERS, new byte[0]));
        out.write(option(Wire.OPT_SET_META_CONTEXT, contexts));
      }
      if (mode > 1) {
        out.write(option(Wire.OPT_GO, RawClient.about("vol")));
      }
    });
  }

  static byte[] option(int number, byte[] data) {
    return Bytes.of(out -> {
      out.writeLong(Wire.OPTION_MAGIC);
      out.writeInt(number);
      out.writeInt(data.length);
      out.write(data);
    });
  }

  /// Sends all, says that this was all, and takes what comes until the end.
  private long exchange(byte[] bytes) throws IOException {
    var path = ((ListenAddress.Unix) served.address()).path();
    ByteBuffer sending = ByteBuffer.wrap(bytes);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.connect(UnixDomainSocketAddress.of(path));
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
      long count = 0;
      while (true) {
        if (sending.hasRemaining() && write(channel, sending)) {
          key.interestOps(SelectionKey.OP_READ);
          channel.shutdownOutput();
        }
        int got = read(channel);
        if (got < 0) {
          return count;
        }
        count += got;
        if (System.nanoTime() > deadline) {
          throw new AssertionError("the server hangs");
        }
        if (got == 0) {
          selector.select(1000);
        }
      }
    }
  }

  /// @return whether all has been sent, or nobody takes any more
  private static boolean write(SocketChannel channel, ByteBuffer sending) throws IOException {
    try {
      channel.write(sending);
    } catch (IOException e) { // the server has closed
      sending.position(sending.limit());
    }
    return !sending.hasRemaining();
  }

  private int read(SocketChannel channel) {
    received.clear();
    try {
      return channel.read(received);
    } catch (IOException e) { // reset: what we sent last was not read
      return -1;
    }
  }

  @Override
  public void close() throws IOException {
    log.detachAppender(errors);
    log.setLevel(null);
    served.close();
  }
}
