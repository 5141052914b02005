package dev.quarry.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The report in a real browser, opened from disk.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReportBrowserTest {
  private static final int LINES_ON_SCREEN = 4 * 6 + 3; // of six tiers, three with credits

  private Browser browser;
  private Path page;

  @BeforeAll
  void openReport(@TempDir Path folder) throws IOException {
    browser = Browser.start();
    page = folder.resolve("report.html");
    Files.writeString(
        page, HtmlReport.of(Samples.comparison("sample"), "./quarry bench tiers --for 60s"));
    browser.window(1100, 900);
    browser.media("light", "screen");
    browser.open(page);
  }

  @AfterAll
  void closeBrowser() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void page_opens_withoutAnErrorOrARequest() throws IOException {
    browser.log("performance");
    browser.open(page);
    assertEquals(List.of(), browser.log("browser"), "the console is silent");
    List<String> requested =
        browser.log("performance").stream()
            .filter(message -> message.contains("\"Network.requestWillBeSent\""))
            .map(message -> message.replaceAll("(?s).*\"url\":\"([^\"]*)\".*", "$1"))
            .filter(url -> !url.startsWith("data:"))
            .toList();
    assertEquals(List.of(page.toUri().toString()), requested, "nothing but itself was asked for");
  }

  @ParameterizedTest
  @CsvSource({
    "1100, light",
    "1100, dark",
    "820, light",
    "412, light",
    "412, dark",
    "360, light",
    "320, dark"
  })
  void page_atAnyWidthAndInAnyColors_isAccessible(int width, String colors) throws IOException {
    browser.window(width, 900);
    browser.media(colors, "screen");
    assertEquals("none", browser.script(resource("accessibility.js")));
    assertEquals("" + LINES_ON_SCREEN, linesShown(), "series shown");
  }

  @Test
  void accessibilityCheck_seesWhatIsWrong() throws IOException {
    browser.media("light", "screen");
    browser.window(1100, 900);
    browser.script(
        "document.querySelector('.about').style.color = '#bbb';"
            + "document.querySelector('caption').remove();"
            + "document.querySelector('desc').textContent = ''; return '';");
    String problems = browser.script(resource("accessibility.js"));
    browser.open(page);
    for (String problem : List.of("text contrast", "no caption", "no description")) {
      assertTrue(problems.contains(problem), problems);
    }
  }

  /// Fonts differ between machines, so that a stored image would not do: what is looked for is the
  /// lines of the plots, in their colors, where their points say.
  @ParameterizedTest
  @CsvSource({"1100, light", "1100, dark", "360, light", "360, dark"})
  void screenshot_showsEveryLineInItsColor(int width, String colors) throws IOException {
    browser.window(width, 900);
    browser.media(colors, "screen");
    browser.open(page);
    BufferedImage image = browser.screenshot();
    Color paper = new Color(image.getRGB(2, 2));
    assertTrue(colors.equals("dark") == paper.getRed() < 64, "paper is " + paper);
    for (String spot : browser.script(resource("spots.js")).split("\n")) {
      String[] fields = spot.split(";");
      int seen = 0;
      for (String at : fields[2].split(" ")) {
        String[] xy = at.split(",");
        if (near(image, Integer.parseInt(xy[0]), Integer.parseInt(xy[1]), color(fields[1]))) {
          seen++;
        }
      }
      assertTrue(seen >= 12, fields[0] + " is seen at " + seen + " of 60 spots");
    }
  }

  @Test
  void print_isOnLightPaper_andCompact() throws IOException {
    browser.media("dark", "print");
    browser.window(794, 1123);
    browser.open(page);
    assertEquals(
        "rgb(255, 255, 255)",
        browser.script("return getComputedStyle(document.body).backgroundColor"));
    assertEquals("" + LINES_ON_SCREEN, linesShown(), "series printed");
    browser.media("dark", "");
    byte[] pdf = browser.pdf();
    String text = new String(pdf, StandardCharsets.ISO_8859_1);
    int pages = text.split("/Type\\s*/Page[^s]", -1).length - 1;
    assertTrue(pages >= 2 && pages <= 4, pages + " pages");
  }

  private String linesShown() throws IOException {
    return browser.script(
        """
        return '' + [...document.querySelectorAll('polyline')].filter((line) => {
          const box = line.getBoundingClientRect();
          return box.width > 100 && line.points.length > 50;
        }).length;
        """);
  }

  private static boolean near(BufferedImage image, int x, int y, Color color) {
    for (int dx = -2; dx <= 2; dx++) {
      for (int dy = -2; dy <= 2; dy++) {
        if (x + dx < 0 || y + dy < 0 || x + dx >= image.getWidth() || y + dy >= image.getHeight()) {
          continue;
        }
        Color there = new Color(image.getRGB(x + dx, y + dy));
        int distance =
            Math.abs(there.getRed() - color.getRed())
                + Math.abs(there.getGreen() - color.getGreen())
                + Math.abs(there.getBlue() - color.getBlue());
        if (distance < 90) {
          return true;
        }
      }
    }
    return false;
  }

  private static Color color(String rgb) {
    String[] parts = rgb.replaceAll("[^0-9,]", "").split(",");
    return new Color(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  private static String resource(String name) throws IOException {
    try (var in = ReportBrowserTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
