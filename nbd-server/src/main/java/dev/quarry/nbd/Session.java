package dev.quarry.nbd;

/// What a handshake ends with.
///
/// @param export what the client was told
/// @param attachment its device; whoever has the session closes it
record Session(ExportInfo export, Attachment attachment) {}
