package dev.quarry.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  private static final Caller OWNER = Caller.owner();
  private static final EncryptionContext VOL = EncryptionContext.ofEbs("vol-1");
  private static final AuditHead NO_ANCHOR = new AuditHead(0, new byte[0]);
  private static final byte[] KEY = new byte[32];

  @TempDir private Path temp;
  private final Stores stores = new Stores();
  private Path folder;

  @BeforeEach
  void name() {
    folder = temp.resolve("keys");
  }

  @Test
  void entries_tellEveryCallWithItsResult() {
    String keyId;
    List<AuditEntry> entries;
    try (LocalKeyService service = stores.create(folder)) {
      KeyMetadata key = service.createKey(OWNER, "");
      keyId = key.keyId();
      service.createAlias(OWNER, "alias/web", keyId);
      CiphertextBlob blob = service.generateDataKeyWithoutPlaintext(OWNER, "alias/web", VOL).blob();
      service.decrypt(OWNER, blob, VOL, Optional.empty()).close();
      assertThrows(
          KeyServiceException.class,
          () -> service.decrypt(OWNER, blob, EncryptionContext.empty(), Optional.empty()));
      assertThrows(
          KeyServiceException.class, () -> service.describeKey(Caller.of("app"), "alias/no"));
      service.disableKey(OWNER, keyId);
      assertThrows(KeyServiceException.class, () -> service.generateDataKey(OWNER, keyId, VOL));
      entries = service.auditEntries(1, 100);
      assertEquals(entries.subList(2, 5), service.auditEntries(3, 3));
    }
    List<String> told =
        entries.stream()
            .map(e ->
                String.join(
                    " ",
                    e.principal(),
                    e.operation(),
                    e.key().replace(keyId, "KEY"),
                    e.context(),
                    e.result(),
                    Long.toString(e.generation()),
                    e.detail()))
            .toList();
    assertEquals(
        List.of(
            "owner CreateKey KEY - ok 2 -",
            "owner CreateAlias KEY - ok 3 alias/web",
            "owner GenerateDataKeyWithoutPlaintext KEY aws:ebs:id=vol-1 ok 3 -",
            "owner Decrypt KEY aws:ebs:id=vol-1 ok 3 -",
            "owner Decrypt KEY - InvalidCiphertextException 3 -",
            "app DescribeKey alias/no - NotFoundException 3 -",
            "owner DisableKey KEY - ok 4 -",
            "owner GenerateDataKey KEY aws:ebs:id=vol-1 DisabledException 4 -"),
        told);
    for (int i = 0; i < entries.size(); i++) {
      assertEquals(i + 1, entries.get(i).sequence());
      assertEquals(stores.clock.instant(), entries.get(i).at());
    }
  }

  @Test
  void scan_everyByteChanged_namesTheEntry() throws IOException {
    byte[] log = sample();
    assertEquals(new AuditScan.Clean(), scan(log).tail());
    int line = 0;
    for (int i = 0; i < log.length; i++) {
      byte[] changed = log.clone();
      changed[i] ^= 0x01;
      AuditScan scan = scan(changed);
      boolean lastNewline = i == log.length - 1;
      if (lastNewline) {
        assertTrue(scan.tail() instanceof AuditScan.Torn, "byte " + i);
      } else if (line == 0) {
        assertEquals(new AuditScan.Bad("not an audit log"), scan.tail(), "byte " + i);
      } else {
        assertEquals(
            new AuditScan.Bad("entry " + line + " is not authentic"), scan.tail(), "byte " + i);
        assertEquals(line - 1, scan.head().sequence());
      }
      if (log[i] == '\n') {
        line++;
      }
    }
  }

  @Test
  void scan_cutAnywhere_isTornOrShorter() throws IOException {
    byte[] log = sample();
    for (int length = 0; length < log.length; length++) {
      AuditScan scan = scan(Arrays.copyOf(log, length));
      boolean whole = length > 0 && log[length - 1] == '\n';
      assertEquals(whole, scan.tail() instanceof AuditScan.Clean, "length " + length);
      assertEquals(!whole, scan.tail() instanceof AuditScan.Torn, "length " + length);
    }
  }

  @Test
  void scan_linesDroppedSwappedOrRepeated_areNamed() throws IOException {
    List<String> lines = new String(sample(), StandardCharsets.UTF_8).lines().toList();
    assertBad(1, without(lines, 1));
    assertBad(2, without(lines, 2));
    assertBad(2, swapped(lines, 2, 3));
    List<String> repeated = new ArrayList<>(lines);
    repeated.add(3, lines.get(2));
    assertBad(3, repeated);
    List<String> longLine = new ArrayList<>(lines);
    longLine.set(2, "x".repeat(1 << 20));
    assertBad(2, longLine);
  }

  @Test
  void scan_underAnotherKey_refusesTheFirstEntry() throws IOException {
    byte[] other = new byte[32];
    other[0] = 1;
    AuditScan scan =
        AuditScan.of(new ByteArrayInputStream(sample()), other, NO_ANCHOR, entry -> {});
    assertEquals(new AuditScan.Bad("entry 1 is not authentic"), scan.tail());
  }

  @Test
  void open_afterATornEntry_dropsAndNotesIt() throws IOException {
    stores.create(folder).close();
    Path log = folder.resolve("audit.log");
    try (LocalKeyService service = stores.open(folder)) {
      service.createKey(OWNER, "");
      service.listKeys(OWNER);
    }
    byte[] whole = Files.readAllBytes(log);
    int lastLine = whole.length - 1;
    while (whole[lastLine - 1] != '\n') {
      lastLine--;
    }
    for (int cut : new int[] {whole.length - 1, lastLine + 10, lastLine + 1}) {
      Files.write(log, Arrays.copyOf(whole, cut));
      try (LocalKeyService service = stores.open(folder)) {
        int dropped = cut - lastLine;
        assertEquals(
            List.of("audit log ended in an interrupted entry dropped=" + dropped),
            service.openingNotes());
        AuditEntry noted = service.auditEntries(2, 1).getFirst();
        assertEquals("Recover", noted.operation());
        assertTrue(noted.detail().contains("interrupted"), noted.detail());
        assertTrue(service.verifyAudit().intact());
      }
      try (LocalKeyService service = stores.open(folder)) {
        assertEquals(List.of(), service.openingNotes());
      }
      Files.write(log, whole);
    }
  }

  @Test
  void verify_whileOpen_findsAChangedEntry() throws IOException {
    try (LocalKeyService service = stores.create(folder)) {
      service.createKey(OWNER, "");
      service.listKeys(OWNER);
      assertEquals(new AuditVerification(2, Optional.empty()), service.verifyAudit());
      Path log = folder.resolve("audit.log");
      Files.writeString(log, Files.readString(log).replace("ListKeys", "CopyKeys"));
      AuditVerification found = service.verifyAudit();
      assertEquals(new AuditVerification(1, Optional.of("entry 2 is not authentic")), found);
    }
  }

  @Test
  void append_fromManyThreads_keepsOneChain() throws Exception {
    Path path = temp.resolve("audit.log");
    SecretMemory key = SecretMemory.adopt(KEY.clone());
    try (AuditLog log = AuditLog.create(path, key);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<? extends Future<?>> done =
          IntStream.range(0, 4)
              .mapToObj(n ->
                  threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                      String who = "p" + n;
                      log.append(sequence -> entry(sequence, who));
                    }
                    return null;
                  }))
              .toList();
      for (Future<?> one : done) {
        one.get();
      }
      AuditScan scan = log.scan(entry -> {});
      assertEquals(new AuditScan.Clean(), scan.tail());
      assertEquals(200, scan.head().sequence());
    }
    key.close();
  }

  @Test
  void texts_withTabsNewlinesAndTheLike_stayInTheirField() throws IOException {
    String nasty = "a\tb\nc\\d=e,f\u0000\u007f\ud800g€";
    try (LocalKeyService service = stores.create(folder)) {
      assertThrows(KeyServiceException.class, () -> service.describeKey(Caller.of(nasty), nasty));
      EncryptionContext context = EncryptionContext.of(Map.of("a=,\n", "\t", "b", ""));
      assertThrows(KeyServiceException.class, () -> service.generateDataKey(OWNER, nasty, context));
      assertThrows(KeyServiceException.class, () -> service.describeKey(OWNER, "x".repeat(5000)));
      AuditEntry first = service.auditEntries(1, 1).getFirst();
      String escaped = "a\\u0009b\\u000ac\\u005cd\\u003de\\u002cf\\u0000\\u007f\\ud800g€";
      assertEquals(escaped, first.principal());
      assertEquals(escaped, first.key());
      assertEquals(
          "a\\u003d\\u002c\\u000a=\\u0009,b=", service.auditEntries(2, 1).getFirst().context());
      assertEquals("x".repeat(512) + "...", service.auditEntries(3, 1).getFirst().key());
      assertTrue(service.verifyAudit().intact());
    }
  }

  @Test
  void grants_areTold_withoutTheirTokens() throws IOException {
    try (LocalKeyService service = stores.create(folder)) {
      KeyMetadata key = service.createKey(OWNER, "");
      Grant.Created created =
          service.createGrant(
              OWNER, key.keyId(), GrantRequest.of("app", Set.of(KeyOperation.DECRYPT)));
      service.retireGrant(OWNER, created.token());
      String detail = service.auditEntries(2, 1).getFirst().detail();
      assertEquals("grant " + created.grant().grantId() + " to app", detail);
      String log = Files.readString(folder.resolve("audit.log"));
      assertTrue(!log.contains(created.token()));
    }
  }

  private byte[] sample() throws IOException {
    Path path = temp.resolve("sample.log");
    Files.deleteIfExists(path);
    SecretMemory key = SecretMemory.adopt(KEY.clone());
    try (AuditLog log = AuditLog.create(path, key)) {
      for (int i = 0; i < 4; i++) {
        log.append(sequence -> entry(sequence, "owner"));
      }
    }
    key.close();
    return Files.readAllBytes(path);
  }

  private AuditEntry entry(long sequence, String principal) {
    return new AuditEntry(
        sequence, stores.clock.instant(), principal, "ListKeys", "-", "-", "ok", 1, "-");
  }

  private static AuditScan scan(byte[] log) throws IOException {
    return AuditScan.of(new ByteArrayInputStream(log), KEY, NO_ANCHOR, entry -> {});
  }

  private static void assertBad(int entry, List<String> lines) throws IOException {
    byte[] log = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    assertEquals(new AuditScan.Bad("entry " + entry + " is not authentic"), scan(log).tail());
  }

  private static List<String> without(List<String> lines, int index) {
    List<String> fewer = new ArrayList<>(lines);
    fewer.remove(index);
    return fewer;
  }

  private static List<String> swapped(List<String> lines, int one, int other) {
    List<String> changed = new ArrayList<>(lines);
    changed.set(one, lines.get(other));
    changed.set(other, lines.get(one));
    return changed;
  }
}
