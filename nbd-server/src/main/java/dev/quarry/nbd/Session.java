package dev.quarry.nbd;

import java.util.List;

/// What a handshake ends with.
///
/// @param export what the client was told
/// @param attachment its device; whoever has the session closes it
/// @param style how requests and replies look
/// @param contexts the metadata contexts that the client chose, in the order of their numbers
record Session(
    ExportInfo export, Attachment attachment, ReplyStyle style, List<MetadataContext> contexts) {}
