/// Volumes.
package dev.quarry.volume;
