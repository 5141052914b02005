package dev.quarry.volume;

import dev.quarry.block.DeviceFixture;
import dev.quarry.block.DeviceModelSuite;
import dev.quarry.block.DeviceStep;
import dev.quarry.disk.Disk;
import dev.quarry.disk.PosixDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;

/// The file-backed device under the model, on the disk of this machine.
final class RealVolumeModelProperties extends DeviceModelSuite {
  private final List<Path> folders = new ArrayList<>();

  @Override
  protected DeviceFixture open(long sizeBytes, long seed) throws Exception {
    Path folder = Files.createTempDirectory("quarry-model");
    folders.add(folder);
    return new RealVolume(PosixDisk.open(folder), sizeBytes);
  }

  @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
  void volume_anySequence_showsWhatAnArrayWould(
      @ForAll("sequences") List<DeviceStep> steps, @ForAll long seed) throws Exception {
    check(steps, seed);
  }

  @AfterProperty
  void removeFolders() throws IOException {
    for (Path folder : folders) {
      PosixDisk.open(folder.getParent()).deleteFolder(folder.getFileName().toString());
    }
  }

  private static final class RealVolume extends VolumeFixture {
    private final Disk disk;

    RealVolume(Disk disk, long sizeBytes) throws IOException {
      super(sizeBytes);
      this.disk = disk;
      open(false);
    }

    @Override
    Disk folder() {
      return disk;
    }

    @Override
    public void close() throws IOException {
      device().close();
    }
  }
}
