package dev.quarry.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.shaping.ModifyRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MultiAttachTest {
  private static final NewVolume SHARED =
      NewVolume.ofGib(4).ofType("io2").withIops(100).sharedByClients();

  @TempDir Path directory;
  private VolumeCatalogue catalogue;

  @BeforeEach
  void open() throws Exception {
    catalogue = VolumeCatalogue.open(directory);
  }

  @AfterEach
  void close() throws Exception {
    catalogue.close();
  }

  private Attachment attach(VolumeId volume, String client) {
    return catalogue.attach(volume, new Attacher(client, Optional.empty()));
  }

  @Test
  void attach_plainVolume_oneClientAsOftenAsItLikes() throws Exception {
    VolumeId volume = catalogue.create(NewVolume.ofGib(1)).id();
    Attachment first = attach(volume, "a");
    Attachment second = attach(volume, "a");
    ControlException e = assertThrows(ControlException.Conflict.class, () -> attach(volume, "b"));
    assertEquals("VolumeInUse", e.code());
    first.close();
    assertThrows(ControlException.Conflict.class, () -> attach(volume, "b"));
    second.close();
    attach(volume, "b").close();
  }

  @Test
  void attach_sharedVolume_sixteenClients() throws Exception {
    VolumeId volume = catalogue.create(SHARED).id();
    List<Attachment> attachments = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      attachments.add(attach(volume, "client " + i));
    }
    attachments.add(attach(volume, "client 3")); // once more is no client more
    ControlException e =
        assertThrows(ControlException.LimitExceeded.class, () -> attach(volume, "late"));
    assertEquals("AttachmentLimitExceeded", e.code());
    attachments.getFirst().close();
    attachments.add(attach(volume, "late"));
    for (Attachment attachment : attachments) {
      attachment.close();
    }
  }

  @Test
  void create_shared_onlyOfTypesThatCanBe() {
    ControlException e =
        assertThrows(
            ControlException.Invalid.class,
            () -> catalogue.create(NewVolume.ofGib(1).sharedByClients()));
    assertEquals("InvalidParameterCombination", e.code());
  }

  @Test
  void shared_reopenedAndModified_isRemembered() throws Exception {
    VolumeId volume = catalogue.create(SHARED).id();
    catalogue.close();
    open();
    assertTrue(catalogue.describe(volume.text()).multiAttach());
    catalogue.modify(volume, ModifyRequest.none().withMultiAttach(false));
    assertFalse(catalogue.describe(volume.text()).multiAttach());
    catalogue.close();
    open();
    assertFalse(catalogue.describe(volume.text()).multiAttach());
    assertTrue(
        catalogue
            .describe(volume.text())
            .lastModification()
            .orElseThrow()
            .original()
            .multiAttach());
  }
}
