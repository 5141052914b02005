package dev.quarry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Each rule of [HouseRules] fails on a class that breaks it, and names the class.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HouseRulesOnViolationsTest {
  private final JavaClasses miniature = new ClassFileImporter().importPackages("miniature");
  private final HouseRules rules = new HouseRules("miniature");

  @Test
  void layers_onPackagesThatReachUp_allFail() {
    List<ArchRule> layers = rules.layers();
    for (int i = 0; i < layers.size(); i++) {
      String guilty = "miniature." + HouseRules.packages().get(i) + ".ReachesUp";
      assertTrue(violations(layers.get(i)).contains(guilty), guilty);
    }
  }

  @Test
  void placement_ofAStrayPackage_fails() {
    assertTrue(violations(rules.everyPackageIsPlaced()).contains("miniature.elsewhere.Stray"));
  }

  @Test
  void logging_byJavaUtilLogging_fails() {
    assertTrue(violations(rules.noJavaUtilLogging()).contains("miniature.node.LogsByJul"));
  }

  @Test
  void printing_outsideTheCommandLine_fails() {
    String found = violations(rules.onlyCommandsPrint());
    for (String method : List.of("toOut", "toErr", "trace")) {
      assertTrue(found.contains("miniature.node.Prints." + method), found);
    }
    assertFalse(found.contains("MayPrint"), found);
  }

  @Test
  void staticState_thatCanChange_fails() {
    String found = violations(rules.noStaticMutableState());
    for (String field : List.of("LIST", "MAP", "COUNTER", "changing")) {
      assertTrue(found.contains("miniature.node.KeepsState." + field), found);
    }
    assertFalse(found.contains("CONSTANT"), found);
  }

  @Test
  void names_thatSayNothing_fail() {
    assertTrue(violations(rules.noEmptyNames()).contains("miniature.node.WiringManager"));
  }

  @Test
  void format_ofAnUnformattedFile_fails(@TempDir Path folder) throws Exception {
    Path bad = Files.writeString(folder.resolve("Bad.java"), "class Bad { int  x; }\n");
    Path good = Files.writeString(folder.resolve("Good.java"), "class Good {}\n");
    assertEquals(List.of(bad.toString()), SourceFormat.violations(List.of(bad, good)));
  }

  @Test
  void format_ofAFileThatDoesNotParse_fails(@TempDir Path folder) throws Exception {
    Path broken = Files.writeString(folder.resolve("Broken.java"), "class {\n");
    assertFalse(SourceFormat.violations(List.of(broken)).isEmpty());
  }

  private String violations(ArchRule rule) {
    return String.join("\n", rule.evaluate(miniature).getFailureReport().getDetails());
  }
}
