/// Block devices: the one interface that every volume, filter and server speaks.
///
/// The nouns: a [dev.quarry.block.BlockDevice] is a range of bytes with a fixed size that can be
/// read, written, zeroed, trimmed and flushed. A [dev.quarry.block.FilterBlockDevice] stands in
/// front of another device and changes one thing about it. An [dev.quarry.block.Extent] is a run of
/// bytes in one state. A [dev.quarry.block.VolumeException] is the answer of a device that cannot
/// do what was asked, one kind for each thing a caller would do differently.
///
/// Devices are safe for use by many threads at a time. Null never crosses this package.
package dev.quarry.block;
