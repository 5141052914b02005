package dev.quarry.snapshot;

/// A frame and the pack it is in.
record FrameRef(PackRef pack, Frame frame) {}
