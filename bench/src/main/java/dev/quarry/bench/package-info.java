/// Benchmarks of the engine and of the storage tiers it offers.
package dev.quarry.bench;
