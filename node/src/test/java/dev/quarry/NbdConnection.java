package dev.quarry;

import dev.quarry.node.HostPort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// The least of an NBD client: enough to have a volume in use, to write to it and to read.
public final class NbdConnection implements AutoCloseable {
  private static final long OPTION_MAGIC = 0x49484156454F5054L;
  private static final int OPTION_EXPORT_NAME = 1;
  private static final int REQUEST_MAGIC = 0x25609513;
  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int FLUSH = 3;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final long sizeBytes;

  /// Connects and takes an export into use.
  ///
  /// @throws java.io.EOFException if the server does not let us have it
  public NbdConnection(HostPort server, String export) throws IOException {
    socket = new Socket(server.host(), server.port());
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    in.skipNBytes(18);
    byte[] name = export.getBytes(StandardCharsets.UTF_8);
    out.writeInt(3); // fixed newstyle, no zeroes
    out.writeLong(OPTION_MAGIC);
    out.writeInt(OPTION_EXPORT_NAME);
    out.writeInt(name.length);
    out.write(name);
    sizeBytes = in.readLong();
    in.readShort();
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  /// Writes and waits for the answer.
  ///
  /// @return the server's error number, 0 for none
  public int write(long offset, byte[] bytes) throws IOException {
    request(WRITE, offset, bytes.length);
    out.write(bytes);
    return answer();
  }

  /// Reads and waits for the answer.
  ///
  /// @throws IOException if the server answers with an error
  public byte[] read(long offset, int length) throws IOException {
    request(READ, offset, length);
    int error = answer();
    if (error != 0) {
      throw new IOException("read failed error=" + error);
    }
    return in.readNBytes(length);
  }

  /// Flushes and waits for the answer.
  ///
  /// @return the server's error number, 0 for none
  public int flush() throws IOException {
    request(FLUSH, 0, 0);
    return answer();
  }

  private void request(int command, long offset, int length) throws IOException {
    out.writeInt(REQUEST_MAGIC);
    out.writeShort(0);
    out.writeShort(command);
    out.writeLong(1);
    out.writeLong(offset);
    out.writeInt(length);
  }

  private int answer() throws IOException {
    in.readInt();
    int error = in.readInt();
    in.readLong();
    return error;
  }

  /// Waits until the server has closed the connection.
  public void awaitEnd() throws IOException {
    in.transferTo(DataOutputStream.nullOutputStream());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
