/// Snapshots of volumes on object stores.
package dev.quarry.snapshot;
