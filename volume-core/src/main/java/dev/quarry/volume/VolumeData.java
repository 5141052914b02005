package dev.quarry.volume;

import dev.quarry.block.BlockDevice;
import dev.quarry.block.VolumeException;
import dev.quarry.crypto.SectorCipher;
import dev.quarry.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The data of an open volume: the device that has the guest's bytes, and all that snapshots ask of
/// it.
///
/// **encrypted → chunked → file**
///
/// Below the cipher there is no plain text. Snapshots see what the guest sees on both ways: a view
/// is deciphered while it is read, and what comes from a snapshot is enciphered before it is
/// stored. They have seals of their own.
///
/// Safe for use by many threads. The key belongs to whoever opened the volume, and is closed after
/// it.
public final class VolumeData implements AutoCloseable {
  /// The epoch of a reader that has what the volume was made from, and no change since.
  public static final long ORIGIN_EPOCH = 0;

  private final ChunkedDevice chunked;
  private final BlockDevice device;
  private final Optional<StoredSectors> sectors;
  private final boolean startedEmpty;

  private VolumeData(
      ChunkedDevice chunked,
      BlockDevice device,
      Optional<StoredSectors> sectors,
      boolean startedEmpty) {
    this.chunked = chunked;
    this.device = device;
    this.sectors = sectors;
    this.startedEmpty = startedEmpty;
  }

  /// Opens a volume's files, making them, sparsely, if they are not there.
  ///
  /// @param origin what the volume began as; it is closed with the volume
  /// @param cipher enciphers the volume, if it is encrypted
  /// @param machineCrashed whether the machine went down while the volume was open, so that its
  ///   marks cannot be trusted
  public static VolumeData open(
      Disk folder,
      long sizeBytes,
      Origin origin,
      Optional<SectorCipher> cipher,
      boolean machineCrashed)
      throws IOException {
    return open(folder, sizeBytes, origin, cipher, new CipherScratch(4), machineCrashed);
  }

  /// As above, with buffers that are shared with other volumes.
  static VolumeData open(
      Disk folder,
      long sizeBytes,
      Origin origin,
      Optional<SectorCipher> cipher,
      CipherScratch scratch,
      boolean machineCrashed)
      throws IOException {
    Optional<StoredSectors> sectors = cipher.map(StoredSectors::new);
    Origin stored = sectors.map(s -> enciphered(origin, s)).orElse(origin);
    ChunkedDevice chunked = ChunkedDevice.open(folder, sizeBytes, stored, machineCrashed);
    BlockDevice device =
        cipher.<BlockDevice>map(c -> new EncryptedDevice(chunked, c, scratch)).orElse(chunked);
    return new VolumeData(chunked, device, sectors, origin instanceof Origin.Empty);
  }

  private static Origin enciphered(Origin origin, StoredSectors sectors) {
    return switch (origin) {
      case Origin.Empty _, Origin.Hydrated _ -> origin;
      case Origin.Cold(ChunkSource source) ->
          new Origin.Cold(new EncipheredSource(source, sectors));
    };
  }

  /// The device that has the guest's bytes, behind all limits.
  public BlockDevice device() {
    return device;
  }

  /// Opens a view of the volume as it is now. Takes as long as the changes in flight do, whatever
  /// the volume's size.
  ///
  /// @param parentEpoch the epoch up to which the reader has everything; nothing if it has nothing
  public FrozenView freeze(OptionalLong parentEpoch) throws IOException {
    return freezeTogether(List.of(new Freeze(this, parentEpoch))).getFirst();
  }

  /// A volume to freeze.
  ///
  /// @param parentEpoch the epoch up to which the reader has everything; nothing if it has nothing
  public record Freeze(VolumeData volume, OptionalLong parentEpoch) {
    /// Of a volume that began as zeros, what never changed need not be read.
    private ChunkedDevice.FreezeRequest request() {
      long nothing = volume.startedEmpty ? ORIGIN_EPOCH : ChunkedDevice.NOTHING;
      return new ChunkedDevice.FreezeRequest(volume.chunked, parentEpoch.orElse(nothing));
    }
  }

  /// Opens views of several volumes at one instant: no change to any of them lies between. Callers
  /// who may name the same volumes name them in the same order.
  public static List<FrozenView> freezeTogether(List<Freeze> freezes) throws IOException {
    List<FrozenView> stored =
        ChunkedDevice.freezeTogether(freezes.stream().map(Freeze::request).toList());
    List<FrozenView> views = new ArrayList<>();
    for (int i = 0; i < stored.size(); i++) {
      views.add(freezes.get(i).volume().deciphered(stored.get(i)));
    }
    return views;
  }

  private FrozenView deciphered(FrozenView stored) {
    return sectors.<FrozenView>map(s -> new DecipheredView(stored, s)).orElse(stored);
  }

  /// Says that a snapshot with everything up to `epoch` is committed and remembered as the parent
  /// of the next one: which blocks changed is counted from there on.
  public void rebase(long epoch) throws VolumeException {
    chunked.rebase(epoch);
  }

  /// What of a range changed since the last snapshot that the volume remembers, or since it was
  /// made if there is none: [MarkRun#CHANGED] and [MarkRun#IN_DOUBT].
  ///
  /// @param limit the most runs to return, at least 1; the answer may end before the range does
  public List<MarkRun> changed(long offset, long length, int limit) throws VolumeException {
    return chunked.changed(offset, length, limit);
  }

  /// What of a range is in the store only: [MarkRun#REMOTE].
  ///
  /// @param limit the most runs to return, at least 1; the answer may end before the range does
  public List<MarkRun> residency(long offset, long length, int limit) throws VolumeException {
    return chunked.residency(offset, length, limit);
  }

  /// Whether a chunk needs nothing from what the volume was made from; of a closed volume none
  /// does.
  public boolean isHere(long chunk) {
    return chunked.isHere(chunk);
  }

  /// How many of the first `chunkCount` chunks need nothing from what the volume was made from.
  /// Takes no time for regions where nothing was changed or fetched.
  public long hereChunks(long chunkCount) {
    return chunked.hereChunks(chunkCount);
  }

  /// Brings a chunk to the local disk if it is not there. What is brought is durable after the next
  /// flush.
  ///
  /// @return whether it had to be fetched
  public boolean hydrate(long chunk) throws VolumeException {
    return chunked.hydrate(chunk);
  }

  /// Flushes, and lets what the volume was made from go if nothing is left to fetch.
  ///
  /// @return whether the volume is wholly and durably on the local disk; from then on its origin is
  ///   [Origin.Hydrated]
  public boolean finishHydration() throws VolumeException {
    return chunked.finishHydration();
  }

  /// Whether a force failed, so that the volume refuses changes for good.
  public boolean failed() {
    return chunked.failed();
  }

  /// Grows the volume under its clients.
  public void grow(long newSizeBytes) throws IOException {
    chunked.grow(newSizeBytes);
  }

  /// Closes all after the requests in flight, with data and marks durable.
  public void closeDurably() throws VolumeException {
    chunked.closeDurably();
  }

  /// Closes all after the requests in flight; makes nothing durable.
  @Override
  public void close() throws VolumeException {
    device.close();
  }
}
