/// The node: one process that owns a data directory, serves its volumes and answers the control
/// API.
package dev.quarry.node;
