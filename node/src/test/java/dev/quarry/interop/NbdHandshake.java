package dev.quarry.interop;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The client's side of the fixed newstyle handshake (NBD project, doc/proto.md).
final class NbdHandshake {
  static final int OPTION_ABORT = 2;
  static final int OPTION_LIST = 3;
  static final int OPTION_GO = 7;

  static final int REPLY_ACK = 1;
  static final int REPLY_INFO = 3;

  private static final long NBDMAGIC = 0x4e42444d41474943L;
  private static final long IHAVEOPT = 0x49484156454f5054L;
  private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
  private static final int FIXED_NEWSTYLE = 1;
  private static final int NO_ZEROES = 1 << 1;
  private static final short INFO_EXPORT = 0;

  /// The server may say more than this in no reply to an option (doc/proto.md, "String values").
  private static final int MOST_REPLY_BYTES = 1 << 16;

  private final SocketChannel channel;

  /// What the server said about the export that was opened.
  record Export(long sizeBytes, int transmissionFlags) {}

  /// One reply to an option.
  record OptionReply(int type, byte[] data) {
    boolean isError() {
      return type < 0;
    }
  }

  private NbdHandshake(SocketChannel channel) {
    this.channel = channel;
  }

  /// Greets, on a connection on which nothing was said yet.
  static NbdHandshake begin(SocketChannel channel) throws IOException {
    ByteBuffer greeting = ByteBuffer.allocate(18);
    readFully(channel, greeting);
    long magic = greeting.getLong();
    long style = greeting.getLong();
    int flags = greeting.getShort();
    if (magic != NBDMAGIC || style != IHAVEOPT || (flags & FIXED_NEWSTYLE) == 0) {
      throw new AssertionError("not a newstyle greeting: " + greeting);
    }
    ByteBuffer answer = ByteBuffer.allocate(4).putInt(flags & (FIXED_NEWSTYLE | NO_ZEROES)).flip();
    channel.write(answer);
    return new NbdHandshake(channel);
  }

  /// Opens an export; what follows on the connection are requests.
  ///
  /// @throws NbdException if the server does not have it
  Export go(String name) throws IOException {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer data = ByteBuffer.allocate(4 + text.length + 2);
    data.putInt(text.length).put(text).putShort((short) 0);
    Optional<Export> export = Optional.empty();
    for (OptionReply reply : option(OPTION_GO, data.array())) {
      ByteBuffer info = ByteBuffer.wrap(reply.data());
      if (reply.isError()) {
        throw new NbdException(reply.type(), "to open the export " + name);
      }
      if (reply.type() == REPLY_INFO && info.getShort() == INFO_EXPORT) {
        export = Optional.of(new Export(info.getLong(), Short.toUnsignedInt(info.getShort())));
      }
    }
    return export.orElseThrow(() -> new AssertionError("acknowledged without its size"));
  }

  /// Sends an option and takes in all replies to it.
  List<OptionReply> option(int option, byte[] data) throws IOException {
    ByteBuffer request = ByteBuffer.allocate(16 + data.length);
    request.putLong(IHAVEOPT).putInt(option).putInt(data.length).put(data).flip();
    while (request.hasRemaining()) {
      channel.write(request);
    }
    List<OptionReply> replies = new ArrayList<>();
    OptionReply reply;
    do {
      reply = receive(option);
      replies.add(reply);
    } while (!reply.isError() && reply.type() != REPLY_ACK);
    return replies;
  }

  private OptionReply receive(int option) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(20);
    readFully(channel, header);
    long magic = header.getLong();
    int answered = header.getInt();
    int type = header.getInt();
    int length = header.getInt();
    if (magic != OPTION_REPLY_MAGIC || answered != option || length > MOST_REPLY_BYTES) {
      throw new AssertionError(
          "not a reply to us magic=%x option=%d length=%d".formatted(magic, answered, length));
    }
    ByteBuffer data = ByteBuffer.allocate(length);
    readFully(channel, data);
    return new OptionReply(type, data.array());
  }

  /// Fills `bytes` and flips it.
  ///
  /// @throws EOFException if the server closed the connection before
  static void readFully(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("the server closed the connection");
      }
    }
    bytes.flip();
  }
}
