package dev.quarry.volume;

import dev.quarry.block.VolumeException;
import dev.quarry.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is found under a data directory at start, after what the last run left half-done was done
/// with: creations are taken back, deletions completed. What cannot be read is left as it is.
///
/// @param records the volumes
/// @param damaged why the others cannot be used
record CatalogueScan(List<VolumeRecord> records, Map<VolumeId, String> damaged) {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogueScan.class);

  static CatalogueScan of(Disk volumes) throws IOException {
    CatalogueScan scan = new CatalogueScan(new ArrayList<>(), new HashMap<>());
    for (String name : volumes.folders()) {
      if (VolumeId.isId(name)) {
        scan.add(new VolumeFolder(volumes, VolumeId.parse(name)));
      } else {
        LOG.atWarn().setMessage("not a volume").addKeyValue("folder", name).log();
      }
    }
    return scan;
  }

  /// Looks for encrypted volumes, and leaves everything as it is.
  static List<VolumeId> encrypted(Disk volumes) throws IOException {
    List<VolumeId> found = new ArrayList<>();
    for (String name : volumes.folders()) {
      if (VolumeId.isId(name)) {
        VolumeFolder folder = new VolumeFolder(volumes, VolumeId.parse(name));
        try {
          folder.read().flatMap(VolumeRecord::encryption).ifPresent(_ -> found.add(folder.id()));
        } catch (VolumeException e) {
          LOG.atDebug().setMessage("not looked at").addKeyValue("folder", folder).log();
        }
      }
    }
    return found;
  }

  private void add(VolumeFolder folder) {
    try {
      Optional<VolumeRecord> record = folder.read();
      if (record.isPresent() && isWhole(record.get())) {
        records.add(record.get());
      } else {
        LOG.atInfo()
            .setMessage("removing a volume half-made or half-deleted")
            .addKeyValue("folder", folder)
            .log();
        folder.delete();
      }
    } catch (IOException e) {
      LOG.atError().setMessage("volume is damaged").addKeyValue("folder", folder).setCause(e).log();
      damaged.put(folder.id(), e.getMessage());
    }
  }

  private static boolean isWhole(VolumeRecord record) {
    return switch (record.state()) {
      case AVAILABLE, ERROR -> true;
      case CREATING, DELETING -> false;
      case IN_USE -> throw new AssertionError("in-use is not stored");
    };
  }
}
