package dev.quarry.volume;

import dev.quarry.shaping.Achieved;
import dev.quarry.shaping.MetricsSnapshot;
import dev.quarry.shaping.ThrottleStatus;

/// How a volume does at one moment.
///
/// @param throttle its limits and credits
/// @param lastMinute what went through of late
/// @param metrics its counters since the catalogue was opened
public record VolumeStatus(ThrottleStatus throttle, Achieved lastMinute, MetricsSnapshot metrics) {}
