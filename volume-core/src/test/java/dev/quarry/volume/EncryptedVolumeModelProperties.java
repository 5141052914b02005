package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.DeviceFixture;
import dev.quarry.block.DeviceModelProperties;
import dev.quarry.block.TestBytes;
import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.InsecureKeyAccess;
import dev.quarry.disk.Crash;
import java.io.IOException;
import java.util.Optional;

/// The cipher in front of the file-backed device under the model, with crashes in any step of the
/// disk and snapshots, which see what is stored: the ciphertext.
final class EncryptedVolumeModelProperties extends DeviceModelProperties {
  private final CipherScratch scratch = new CipherScratch(1);

  @Override
  protected DeviceFixture open(long sizeBytes, long seed) throws Exception {
    byte[] raw = new byte[DataKey.SIZE_BYTES];
    raw[0] = (byte) seed;
    DataKey key = DataKey.insecureOf(raw, InsecureKeyAccess.granted());
    return new EncryptedVolume(new SimulatedVolume(seed, sizeBytes), key, (int) sizeBytes);
  }

  @Override
  protected long sizeBytes() {
    return super.sizeBytes() / 512 * 512;
  }

  private final class EncryptedVolume implements DeviceFixture {
    private final SimulatedVolume stored;
    private final DataKey key;
    private final int sizeBytes;
    private BlockDevice device;

    EncryptedVolume(SimulatedVolume stored, DataKey key, int sizeBytes) {
      this.stored = stored;
      this.key = key;
      this.sizeBytes = sizeBytes;
      encrypt();
    }

    private void encrypt() {
      device = new EncryptedDevice(stored.device(), key.sectorCipher(), scratch);
    }

    @Override
    public BlockDevice device() {
      return device;
    }

    @Override
    public boolean reopen() throws IOException {
      stored.reopen();
      encrypt();
      return true;
    }

    @Override
    public boolean crashAfter(int steps, Crash crash) {
      return stored.crashAfter(steps, crash);
    }

    @Override
    public void recover() throws IOException {
      stored.recover();
      encrypt();
    }

    @Override
    public Optional<Frozen> freeze() throws IOException {
      byte[] ciphertext = TestBytes.read(stored.device(), 0, sizeBytes);
      return stored.freeze().map(view -> new View(view, ciphertext));
    }

    @Override
    public void check(byte[] contents) throws IOException {
      stored.check(TestBytes.read(stored.device(), 0, sizeBytes));
    }

    @Override
    public void close() throws IOException {
      stored.close();
      key.close();
    }
  }

  private record View(DeviceFixture.Frozen stored, byte[] ciphertext)
      implements DeviceFixture.Frozen {
    @Override
    public void check(byte[] contents) throws Exception {
      stored.check(ciphertext);
    }

    @Override
    public void close() throws IOException {
      stored.close();
    }
  }
}
