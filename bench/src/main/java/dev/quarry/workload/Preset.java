package dev.quarry.workload;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Workloads that come with Quarry. Each is a text that gives its reasons beside its figures.
public enum Preset {
  DATABASE,
  LOG,
  BOOT_STORM,
  ANALYTICS_SCAN,
  BACKUP_WINDOW;

  /// The name on the command line.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The text, to be read by people or by [WorkloadText].
  public String text() {
    try (InputStream in = Preset.class.getResourceAsStream(label() + ".workload")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
