package dev.quarry.interop;

/// The same with encrypted volumes, a quarter as often: they are not other volumes below.
final class EncryptedKillTest extends KillTest {
  @Override
  boolean encrypted() {
    return true;
  }

  @Override
  int kills() {
    return Math.ceilDiv(KILLS, 4);
  }
}
