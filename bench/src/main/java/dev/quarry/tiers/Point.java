package dev.quarry.tiers;

/// One point of a plot: what happened in a short time of a run.
///
/// @param fromSeconds when it begins
/// @param toSeconds when it ends
/// @param iops requests a second
/// @param mibps MiB a second
/// @param p50Millis half of the requests were answered within; 0 if there was none
/// @param p99Millis 99 of 100 were
/// @param balance of the credits at the end, in percent; below 0 if the type has none
/// @param heldShare in which share of the time requests were held up by the limits
public record Point(
    double fromSeconds,
    double toSeconds,
    double iops,
    double mibps,
    double p50Millis,
    double p99Millis,
    double balance,
    double heldShare) {}
