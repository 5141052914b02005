package dev.quarry.nbd;

import java.util.List;

/// What client and server have agreed on so far, beside an export. For the handshake's thread only.
final class Terms {
  private ReplyStyle style = ReplyStyle.SIMPLE;
  private String contextExport = "";
  private List<String> contexts = List.of();

  /// Forgets everything: what was agreed on in clear does not hold behind encryption.
  void reset() {
    style = ReplyStyle.SIMPLE;
    forgetContexts();
  }

  ReplyStyle style() {
    return style;
  }

  void style(ReplyStyle agreed) {
    style = agreed;
  }

  /// Chooses metadata contexts for an export; only they hold from now on.
  void choose(String export, List<String> names) {
    contextExport = export;
    contexts = List.copyOf(names);
  }

  void forgetContexts() {
    choose("", List.of());
  }

  /// The contexts that hold if the client begins to use an export by that name.
  List<String> contexts(String export) {
    return export.equals(contextExport) ? contexts : List.of();
  }
}
