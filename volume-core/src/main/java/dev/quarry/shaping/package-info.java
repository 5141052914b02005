/// Volume types and the arithmetic that holds a volume to them.
///
/// The nouns: a [dev.quarry.shaping.VolumeType] names how EBS would limit a volume; a
/// [dev.quarry.shaping.VolumeSpec] is a size with the figures provisioned for it;
/// [dev.quarry.shaping.Limits] is the table of what each type allows in one vintage of EBS. From
/// these follows a [dev.quarry.shaping.Performance], which a [dev.quarry.shaping.Throttle] enforces
/// on all connections of a volume, each through its own [dev.quarry.shaping.Throttle.Flow]. An
/// [dev.quarry.shaping.InstanceLimit] stands outside several throttles.
///
/// Arithmetic is pure: time comes in as a number, so that the same code runs against the clock and
/// in a [dev.quarry.shaping.Simulation]. What is shared between threads is a few longs, each
/// changed by compare-and-set; no lock is held anywhere. Sizes of volumes are GiB (2^30 bytes),
/// throughput is bytes a second or MiB (2^20 bytes) a second, time is nanoseconds unless a name
/// says otherwise. Null never crosses this package.
package dev.quarry.shaping;
