package dev.quarry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The build's own checks. [HouseRulesOnViolationsTest] shows that each can fail.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HouseRulesTest {
  private final SourceTree tree = SourceTree.here();
  private final HouseRules rules = new HouseRules("dev.quarry");
  private JavaClasses ours;

  @BeforeAll
  void readClasses() {
    ours =
        new ClassFileImporter()
            .withImportOption(place -> !place.contains("/jmh_generated/"))
            .importPaths(tree.classFolders());
  }

  @Test
  void sources_ofAllModules_areFormatted() {
    assertEquals(
        List.of(),
        SourceFormat.violations(tree.javaFiles()),
        "not formatted; `./quarry format` does it");
  }

  @Test
  void classes_ofAllModules_areSeenByTheseRules() {
    Set<String> seen = ours.stream().map(JavaClass::getName).collect(Collectors.toSet());
    Set<String> unseen = new TreeSet<>(tree.mainClasses());
    unseen.removeAll(seen);
    assertEquals(Set.of(), unseen, "defined by a source and not among the classes checked");
  }

  @ParameterizedTest
  @MethodSource
  void package_dependsOnlyOnThoseBelowIt(ArchRule layer) {
    layer.check(ours);
  }

  private List<ArchRule> package_dependsOnlyOnThoseBelowIt() {
    return rules.layers();
  }

  @Test
  void packages_allHaveAPlace() {
    rules.everyPackageIsPlaced().check(ours);
  }

  @Test
  void logging_isSlf4js() {
    rules.noJavaUtilLogging().check(ours);
  }

  @Test
  void standardOutputs_areTheCommandLines() {
    rules.onlyCommandsPrint().check(ours);
  }

  @Test
  void staticFields_areConstants() {
    rules.noStaticMutableState().check(ours);
  }

  @Test
  void names_saySomething() {
    rules.noEmptyNames().check(ours);
  }
}
