package dev.quarry;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.PrintStream;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What holds for every class of Quarry, as rules that a test evaluates.
///
/// @param root the package above all of ours: `dev.quarry`, or that of a miniature which breaks
///   every rule
record HouseRules(String root) {

  /// Who may use whom: each package, and those of our other packages that its classes may use.
  /// Modules follow from it: what is not named here cannot be reached even if it is on the class
  /// path. A new package is added here, or the build fails.
  private static final Map<String, List<String>> MAY_USE = mayUse();

  private static Map<String, List<String>> mayUse() {
    Map<String, List<String>> uses = new LinkedHashMap<>();
    uses.put("crypto", List.of());
    // volume-core
    uses.put("block", List.of());
    uses.put("posix", List.of());
    uses.put("disk", List.of("block", "posix"));
    uses.put("shaping", List.of("block"));
    uses.put("volume", List.of("block", "posix", "disk", "shaping", "crypto"));
    // snapshot-store
    uses.put("objects", List.of("posix"));
    uses.put(
        "snapshot", List.of("block", "posix", "disk", "shaping", "volume", "crypto", "objects"));
    // nbd-server: anyone can serve their own device with it
    uses.put("tls", List.of());
    uses.put("nbd", List.of("block", "posix", "tls"));
    // node
    List<String> engine = List.copyOf(uses.keySet());
    uses.put("node", engine);
    uses.put("cli", Stream.concat(engine.stream(), Stream.of("node")).toList());
    // bench
    uses.put("workload", List.of("block", "cli"));
    uses.put("tiers", List.of("block", "posix", "shaping", "volume", "cli", "workload"));
    uses.put("report", List.of("node", "cli", "workload", "tiers"));
    uses.put("load", List.of("block", "posix", "nbd", "workload", "tiers"));
    uses.put("bench", List.copyOf(uses.keySet()));
    return uses;
  }

  /// The packages that are placed, relative to the root.
  static List<String> packages() {
    return List.copyOf(MAY_USE.keySet());
  }

  /// One rule for each package.
  List<ArchRule> layers() {
    List<ArchRule> rules = new ArrayList<>();
    MAY_USE.forEach((name, uses) -> rules.add(layer(name, uses)));
    return rules;
  }

  private ArchRule layer(String name, List<String> uses) {
    List<String> allowed = new ArrayList<>(uses);
    allowed.add(name);
    DescribedPredicate<JavaClass> ours = resideInAnyPackage(root + "..");
    return noClasses()
        .that()
        .resideInAPackage(in(name))
        .should()
        .dependOnClassesThat(ours.and(DescribedPredicate.not(resideInAnyPackage(in(allowed)))))
        .as("%s uses, of our packages, only %s".formatted(name, uses))
        .allowEmptyShould(true);
  }

  ArchRule everyPackageIsPlaced() {
    return classes()
        .should()
        .resideInAnyPackage(in(packages()))
        .as("every package of ours has its place in HouseRules.MAY_USE");
  }

  ArchRule noJavaUtilLogging() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .as("logs go through slf4j");
  }

  ArchRule onlyCommandsPrint() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(in("cli"))
        .and(describe("are no programs", c -> c.tryGetMethod("main", String[].class).isEmpty()))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethodWhere(target(name("printStackTrace")))
        .as("only the command line, and programs, write to the standard outputs");
  }

  ArchRule noStaticMutableState() {
    return fields()
        .that()
        .areStatic()
        .and(
            describe(
                "are written by people", f -> !f.getModifiers().contains(JavaModifier.SYNTHETIC)))
        .should(beConstant())
        .as("no static field can change, nor can what it holds");
  }

  private static ArchCondition<JavaField> beConstant() {
    return new ArchCondition<>("be final and of a type that is not made to change") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        boolean constant =
            field.getModifiers().contains(JavaModifier.FINAL) && !changes(field.getRawType());
        events.add(
            new SimpleConditionEvent(
                field,
                constant,
                field.getDescription() + (constant ? " is" : " is not") + " constant"));
      }
    };
  }

  private static boolean changes(JavaClass type) {
    return type.getPackageName().startsWith("java.util.concurrent.atomic")
        || type.isAssignableTo(AbstractCollection.class)
        || type.isAssignableTo(AbstractMap.class)
        || type.isAssignableTo(StringBuilder.class)
        || type.isAssignableTo(PrintStream.class);
  }

  /// Names that say nothing about what a class is for.
  ArchRule noEmptyNames() {
    return noClasses()
        .should()
        .haveNameMatching(".*(Manager|Impl|Utils?|Helper|Common|Base)(\\$.*)?")
        .as("no class is called Manager, Impl, Util, Helper, Common or Base");
  }

  private String in(String name) {
    return root + "." + name + "..";
  }

  private String[] in(List<String> names) {
    return names.stream().map(this::in).toArray(String[]::new);
  }
}
