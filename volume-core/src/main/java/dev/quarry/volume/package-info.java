/// Volumes: devices that remember on disk what was written and when it changed.
package dev.quarry.volume;
