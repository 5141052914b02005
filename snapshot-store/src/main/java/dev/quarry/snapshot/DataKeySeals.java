package dev.quarry.snapshot;

import dev.quarry.crypto.DataKey;
import dev.quarry.crypto.MacKey;
import dev.quarry.crypto.ObjectKey;
import dev.quarry.crypto.SealingKey;
import java.nio.charset.StandardCharsets;
import javax.crypto.AEADBadTagException;

/// Guards the objects of an encrypted volume's lineage with the keys that follow from its data key:
/// AES-256-GCM for what is sealed, HMAC-SHA256 for the log and for the identity of pages.
///
/// Good for as long as the data key is open; does not close it.
public final class DataKeySeals implements Seals {
  private static final byte[] PAGE = "quarry page v1".getBytes(StandardCharsets.US_ASCII);

  private final Bits128 keyId;
  private final SealingKey data;
  private final SealingKey pages;
  private final SealingKey root;
  private final MacKey log;
  private final MacKey digests;

  public DataKeySeals(DataKey key) {
    this.keyId = Bits128.of(key.checkValue());
    this.data = key.snapshotData();
    this.pages = key.snapshotPages();
    this.root = key.snapshotRoot();
    this.log = key.lineageLog();
    this.digests = key.chunkDigests();
  }

  @Override
  public Bits128 keyId() {
    return keyId;
  }

  @Override
  public int scheme() {
    return 1;
  }

  @Override
  public Sealer data(byte[] salt) {
    return new Gcm(data.objectKey(salt));
  }

  @Override
  public Sealer pages(byte[] salt) {
    return new Gcm(pages.objectKey(salt));
  }

  @Override
  public Sealer root(byte[] salt) {
    return new Gcm(root.objectKey(salt));
  }

  @Override
  public Mac mac(byte[] bytes, int length) {
    return Mac.of(log.mac(bytes, 0, length));
  }

  @Override
  public Bits128 pageHash(byte[] page) {
    return Bits128.of(digests.mac(PAGE, page));
  }

  private record Gcm(ObjectKey key) implements Sealer {
    @Override
    public void seal(
        long number,
        byte[] bound,
        byte[] from,
        int fromOffset,
        int length,
        byte[] to,
        int toOffset) {
      key.seal(number, bound, from, fromOffset, length, to, toOffset);
    }

    @Override
    public boolean open(
        long number,
        byte[] bound,
        byte[] from,
        int fromOffset,
        int length,
        byte[] to,
        int toOffset) {
      try {
        key.open(number, bound, from, fromOffset, length, to, toOffset);
        return true;
      } catch (AEADBadTagException e) {
        return false;
      }
    }

    @Override
    public void close() {
      key.close();
    }
  }
}
