package dev.quarry.disk;

import java.io.Serial;

/// The simulated machine stopped in the middle of a call. An error, so that no code under test
/// takes it for something it could handle; every later call on the machine throws it too.
public final class SimulatedCrash extends Error {
  @Serial private static final long serialVersionUID = 1;

  SimulatedCrash(String message) {
    super(message);
  }
}
