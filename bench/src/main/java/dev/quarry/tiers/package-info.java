/// The same work on volumes of several types, and which of them is the one to take.
///
/// The nouns: a [dev.quarry.tiers.Tier] is a volume as one would buy it; a
/// [dev.quarry.tiers.TierRun] puts some [dev.quarry.tiers.Work] on a [dev.quarry.tiers.TestVolume],
/// in virtual time or on the real data path, and yields a [dev.quarry.tiers.TierResult]; a
/// [dev.quarry.tiers.PriceTable] and a [dev.quarry.tiers.Verdict] make a recommendation of several.
/// Runs are used by one thread each.
package dev.quarry.tiers;
