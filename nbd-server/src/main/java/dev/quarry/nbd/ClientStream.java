package dev.quarry.nbd;

/// The bytes of one client, in and out, in clear or through TLS. For the thread of its connection.
interface ClientStream extends AutoCloseable {
  /// What [#receiveNow] answers when nothing is there.
  long NOTHING = -1;

  /// The descriptor of its socket, for polling only.
  int descriptor();

  /// Waits for bytes.
  ///
  /// @return their count, 0 at the end of the stream
  long receive(long address, long room) throws ClientGone;

  /// Takes the bytes that are there.
  ///
  /// @return their count, 0 at the end of the stream, or [#NOTHING]
  long receiveNow(long address, long room) throws ClientGone;

  /// Whether there are bytes to take that polling the socket would not show.
  boolean readable();

  /// Takes what can be sent soon.
  ///
  /// @return the count of bytes taken, 0 if the client has to take others first
  long sendNow(long address, long length) throws ClientGone;

  /// Sends what was taken and is not out yet.
  ///
  /// @return whether that was everything
  boolean flushNow() throws ClientGone;

  /// Whether something was taken that is not out yet.
  boolean pending();

  /// Gives back what it holds beside the socket.
  @Override
  void close();
}
