package dev.quarry.nbd;

import dev.quarry.block.BlockDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// The first part of a connection: the client asks what there is and chooses an export ("Fixed
/// newstyle negotiation").
///
/// ```
/// S  8 NBDMAGIC | 8 IHAVEOPT | 2 flags
/// C  4 flags
/// C  8 IHAVEOPT | 4 option | 4 length | data      until an option begins or ends it
/// S  replies                                      see OptionReplies
/// ```
final class Handshake {
  /// More options than any client has reason to send.
  private static final int OPTION_LIMIT = 1024;

  /// Data of an option up to this length is skipped even if it is too long to look at.
  private static final long SKIP_LIMIT = 1 << 20;

  /// The zeros after the answer to EXPORT_NAME, for clients that did not decline them.
  private static final int ZEROES = 124;

  private final HandshakeStream stream;
  private final Exports exports;
  private final TlsPolicy tls;
  private final BooleanSupplier closing;
  private final Terms terms = new Terms();
  private Client client;
  private boolean withoutZeroes;
  private boolean secured; // TLS is up

  /// @param closing whether the server is going down
  Handshake(
      HandshakeStream stream,
      Exports exports,
      TlsPolicy tls,
      Client client,
      BooleanSupplier closing) {
    this.stream = stream;
    this.exports = exports;
    this.tls = tls;
    this.client = client;
    this.closing = closing;
  }

  /// The client, as it is known by now.
  Client client() {
    return client;
  }

  /// Talks until the client has an export.
  ///
  /// @return nothing if the client ended it in good order
  Optional<Session> run() throws ClientGone, ProtocolBreach {
    greet();
    for (int count = 0; count < OPTION_LIMIT; count++) {
      if (stream.takeLong() != Wire.OPTION_MAGIC) {
        throw new ProtocolBreach("what should be an option has no magic number");
      }
      int number = stream.takeInt();
      Option option;
      try {
        option = decode(number, Integer.toUnsignedLong(stream.takeInt()));
        switch (option) {
          case Option.ExportName(String name) -> {
            return Optional.of(exportName(name));
          }
          case Option.Abort _ -> {
            ack(number);
            return Optional.empty();
          }
          case Option.ListExports _ -> list(number);
          case Option.Describe describe -> {
            ExportInfo export = find(describe.name());
            if (describe.go()) {
              return Optional.of(go(number, describe, export));
            }
            int flags = flags(describe.name(), export);
            stream.send(
                new OptionReplies(number).describe(export, flags, describe.wanted()).ack().bytes());
          }
          case Option.StartTls _ -> startTls(number);
          case Option.StructuredReplies _ -> structuredReplies(number);
          case Option.ExtendedHeaders _ -> {
            terms.style(ReplyStyle.EXTENDED);
            ack(number);
          }
          case Option.Contexts chosen when chosen.choose() -> chooseContexts(number, chosen);
          case Option.Contexts listed -> listContexts(number, listed);
          case Option.Unsupported _ ->
              throw new OptionRefusal(
                  Wire.REP_ERR_UNSUP,
                  "option not supported option=" + Integer.toUnsignedString(number));
        }
      } catch (OptionRefusal e) {
        if (number == Wire.OPT_EXPORT_NAME) { // it knows no error replies
          throw new ProtocolBreach(e.getMessage());
        }
        stream.send(new OptionReplies(number).error(e.reply(), e.getMessage()).bytes());
      }
    }
    throw new ProtocolBreach("too many options");
  }

  private void greet() throws ClientGone, ProtocolBreach {
    stream.send(
        Bytes.of(out -> {
          out.writeLong(Wire.GREETING_MAGIC);
          out.writeLong(Wire.OPTION_MAGIC);
          out.writeShort(Wire.FIXED_NEWSTYLE | Wire.NO_ZEROES);
        }));
    int flags = stream.takeInt();
    if ((flags & ~(Wire.FIXED_NEWSTYLE | Wire.NO_ZEROES)) != 0) {
      throw new ProtocolBreach("unknown client flags " + Integer.toHexString(flags));
    }
    withoutZeroes = (flags & Wire.NO_ZEROES) != 0;
  }

  /// Takes an option's data off the stream, all of it, whatever is wrong with it.
  private Option decode(int number, long length) throws ClientGone, ProtocolBreach, OptionRefusal {
    if (length > SKIP_LIMIT) {
      throw new ProtocolBreach("option is too long bytes=" + length);
    }
    boolean tooEarly = tls.mode() == TlsMode.REQUIRED && !secured;
    if (tooEarly && number != Wire.OPT_STARTTLS && number != Wire.OPT_ABORT) {
      stream.drop(length);
      throw new OptionRefusal(Wire.REP_ERR_TLS_REQD, "the server wants TLS first");
    }
    if (!OptionDecoder.knows(number)) {
      stream.drop(length);
      return new Option.Unsupported(number);
    }
    if (length > OptionDecoder.DATA_LIMIT) {
      stream.drop(length);
      throw new OptionRefusal(Wire.REP_ERR_TOO_BIG, "option is too long bytes=" + length);
    }
    byte[] data = stream.take((int) length);
    if (closing.getAsBoolean() && number != Wire.OPT_ABORT) {
      throw new OptionRefusal(Wire.REP_ERR_SHUTDOWN, "server is shutting down");
    }
    return OptionDecoder.decode(number, data);
  }

  private void list(int number) throws ClientGone {
    OptionReplies replies = new OptionReplies(number);
    exports.list().stream()
        .filter(export -> level(export) != ExportAccess.Level.NONE)
        .forEach(replies::server);
    stream.send(replies.ack().bytes());
  }

  private void structuredReplies(int number) throws ClientGone, OptionRefusal {
    if (terms.style() == ReplyStyle.EXTENDED) {
      throw new OptionRefusal(
          Wire.REP_ERR_EXT_HEADER_REQD, "extended headers were chosen, and replies are theirs");
    }
    terms.style(ReplyStyle.STRUCTURED);
    ack(number);
  }

  private void listContexts(int number, Option.Contexts option) throws ClientGone, OptionRefusal {
    OptionReplies replies = new OptionReplies(number);
    for (String name : ContextNames.listed(contextsOf(option.name()), option.queries())) {
      replies.context(0, name);
    }
    stream.send(replies.ack().bytes());
  }

  private void chooseContexts(int number, Option.Contexts option) throws ClientGone, OptionRefusal {
    terms.forgetContexts(); // the earlier choice does not hold, even if this one fails
    if (terms.style() == ReplyStyle.SIMPLE) {
      throw new OptionRefusal(
          Wire.REP_ERR_INVALID, "contexts need structured replies or extended headers");
    }
    List<String> names = ContextNames.chosen(contextsOf(option.name()), option.queries());
    if (names.size() > BlockStatus.CONTEXT_LIMIT) {
      throw new OptionRefusal(
          Wire.REP_ERR_TOO_BIG, "more than %d contexts".formatted(BlockStatus.CONTEXT_LIMIT));
    }
    OptionReplies replies = new OptionReplies(number);
    for (int i = 0; i < names.size(); i++) {
      replies.context(i + 1, names.get(i));
    }
    terms.choose(option.name(), names);
    stream.send(replies.ack().bytes());
  }

  /// The metadata contexts of an export.
  private List<String> contextsOf(String export) throws OptionRefusal {
    find(export);
    return ContextNames.all(exports.contexts(export));
  }

  private void ack(int number) throws ClientGone {
    stream.send(new OptionReplies(number).ack().bytes());
  }

  private int flags(String name, ExportInfo export) {
    return TransmissionFlags.of(export, terms.style(), !terms.contexts(name).isEmpty());
  }

  /// Finds an export. One that the client may not use is answered as one that does not exist, and
  /// where TLS could change that, both are answered by asking for it.
  private ExportInfo find(String name) throws OptionRefusal {
    Optional<ExportInfo> found = Optional.empty();
    try {
      found = exports.find(name);
    } catch (ExportException e) {
      if (!tls.access().restricts()) {
        throw refusal(e);
      }
    }
    return found.flatMap(this::visible).orElseThrow(() -> unknown(name));
  }

  /// An export as the client may see it, if it may.
  private Optional<ExportInfo> visible(ExportInfo export) {
    return switch (level(export)) {
      case NONE -> Optional.empty();
      case READ ->
          Optional.of(
              new ExportInfo(export.name(), export.description(), export.sizeBytes(), true));
      case WRITE -> Optional.of(export);
    };
  }

  private ExportAccess.Level level(ExportInfo export) {
    return tls.access().level(client, export.name());
  }

  private OptionRefusal unknown(String name) {
    if (tls.mode() == TlsMode.ON && !secured && tls.access().knowsNames()) {
      return new OptionRefusal(Wire.REP_ERR_TLS_REQD, "exports are for those who come by TLS");
    }
    return new OptionRefusal(
        Wire.REP_ERR_UNKNOWN,
        name.isEmpty() ? "there is no default export" : "no such export name=" + name);
  }

  /// Goes on through TLS, and forgets all that was agreed on before.
  private void startTls(int number) throws ClientGone, ProtocolBreach, OptionRefusal {
    if (secured) {
      throw new OptionRefusal(Wire.REP_ERR_INVALID, "TLS is on already");
    }
    if (tls.server().isEmpty()) {
      throw new OptionRefusal(Wire.REP_ERR_POLICY, "TLS is not offered here");
    }
    if (stream.hasInput()) { // it may be somebody else's, to be taken for the client's
      throw new ProtocolBreach("bytes in clear behind the request for TLS");
    }
    ack(number);
    client = client.identified(stream.secure(tls.server().get().begin()));
    secured = true;
    terms.reset();
  }

  private Session go(int number, Option.Describe option, ExportInfo export)
      throws ClientGone, OptionRefusal {
    return begin(
        option.name(),
        export,
        open ->
            new OptionReplies(number)
                .describe(open, flags(option.name(), open), option.wanted())
                .ack()
                .bytes());
  }

  /// Answers EXPORT_NAME: `8 size | 2 flags | zeros`.
  private Session exportName(String name) throws ClientGone, OptionRefusal {
    if (terms.style() == ReplyStyle.EXTENDED) {
      throw new OptionRefusal(
          Wire.REP_ERR_INVALID, "extended headers were chosen, which need another option");
    }
    return begin(
        name,
        find(name),
        open ->
            Bytes.of(out -> {
              out.writeLong(open.sizeBytes());
              out.writeShort(flags(name, open));
              out.write(new byte[withoutZeroes ? 0 : ZEROES]);
            }));
  }

  /// Attaches an export and tells the client of it as it is now that it is open.
  private Session begin(String name, ExportInfo export, Function<ExportInfo, byte[]> reply)
      throws ClientGone, OptionRefusal {
    Attachment opened = attach(name);
    Attachment attachment =
        level(export) == ExportAccess.Level.READ ? new ReadOnlyAttachment(opened) : opened;
    try {
      BlockDevice device = attachment.device();
      ExportInfo open =
          new ExportInfo(
              export.name(), export.description(), device.sizeBytes(), device.readOnly());
      List<MetadataContext> contexts = contexts(name, attachment);
      stream.send(reply.apply(open));
      return new Session(open, attachment, terms.style(), contexts);
    } catch (ClientGone | OptionRefusal | RuntimeException | Error e) {
      attachment.close();
      throw e;
    }
  }

  private List<MetadataContext> contexts(String name, Attachment attachment) throws OptionRefusal {
    Map<String, MetadataContext> more = attachment.contexts();
    List<MetadataContext> contexts = new ArrayList<>();
    for (String context : terms.contexts(name)) {
      if (context.equals(AllocationContext.NAME)) {
        contexts.add(new AllocationContext(attachment.device().admitted()));
      } else if (more.containsKey(context)) {
        contexts.add(more.get(context));
      } else {
        throw new OptionRefusal(
            Wire.REP_ERR_INVALID, "the context is gone, choose again context=" + context);
      }
    }
    return contexts;
  }

  private Attachment attach(String name) throws OptionRefusal {
    try {
      return exports.attach(name, client);
    } catch (ExportException e) {
      throw refusal(e);
    }
  }

  private static OptionRefusal refusal(ExportException e) {
    return new OptionRefusal(
        switch (e) {
          case ExportException.Unknown _ -> Wire.REP_ERR_UNKNOWN;
          case ExportException.Refused _ -> Wire.REP_ERR_POLICY;
        },
        e.getMessage());
  }
}
