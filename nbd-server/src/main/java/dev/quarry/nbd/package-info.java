/// An NBD server for block devices: anyone can serve their own [dev.quarry.block.BlockDevice] with
/// it.
///
/// The nouns: an [dev.quarry.nbd.NbdServer] listens at its [dev.quarry.nbd.ListenAddress]es. A
/// [dev.quarry.nbd.Client] asks for an *export*, a device under a name that
/// [dev.quarry.nbd.Exports] knows; what it is given for the time of its connection is an
/// [dev.quarry.nbd.Attachment]. A connection has two parts, the *handshake*, in which options are
/// haggled over, and the *transmission* of requests and replies.
///
/// Each part decodes, validates and acts in three places: `OptionDecoder`, `Handshake` and
/// `OptionReplies`; `Request`, `RequestRules` and `Operation`. A connection has a thread of its own
/// that carries out what can be done at once and hands the rest to `Workers`.
///
/// Sections named in comments are those of the protocol document of the NetworkBlockDevice project,
/// `doc/proto.md`. Public types are safe for use by many threads at a time. Null never crosses this
/// package.
package dev.quarry.nbd;
