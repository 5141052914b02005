/// The local disk as the engine sees it: a folder with files in it.
///
/// A [dev.quarry.disk.Disk] is one folder. Small files are read and replaced whole; the large ones
/// are opened as a [dev.quarry.disk.DiskFile], for positional I/O, or a
/// [dev.quarry.disk.MappedFile], for words in memory. All of it can be a real folder, or a
/// simulated one that loses power: this seam is where crash safety is tested. Null never crosses
/// this package.
package dev.quarry.disk;
