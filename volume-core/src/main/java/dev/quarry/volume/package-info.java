/// Volumes: made, kept, attached, frozen and deleted, under one data directory.
///
/// ```java
/// try (VolumeCatalogue catalogue = VolumeCatalogue.open(Path.of("/var/lib/quarry"))) {
///   VolumeRecord volume = catalogue.create(NewVolume.ofGib(20).named("db"));
///   try (Attachment attachment = catalogue.attach(volume.id())) {
///     attachment.device().write(0, buffer, 0, 4096, Durability.FORCED);
///   }
/// }
/// ```
///
/// The nouns: a [dev.quarry.volume.VolumeCatalogue] holds all volumes of a data directory, which no
/// other process can open meanwhile. A [dev.quarry.volume.VolumeRecord] says what is known about a
/// volume besides its data. An [dev.quarry.volume.Attachment] is one use of it; its device is a
/// [dev.quarry.block.BlockDevice]. A [dev.quarry.volume.FrozenView] is a volume at one instant, and
/// a [dev.quarry.volume.ChunkSource] where the chunks come from that a volume does not hold yet.
///
/// A volume remembers on disk in which epoch each of its chunks of 512 KiB last changed, so that a
/// snapshot reads only what changed since the one before.
///
/// Requests to manage volumes fail with a [dev.quarry.volume.ControlException], which carries the
/// error code of EBS; requests to a device with a [dev.quarry.block.VolumeException]. Everything
/// here may be used by many threads. Null never crosses this package.
package dev.quarry.volume;
