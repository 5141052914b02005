package dev.quarry.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class HtmlReportTest {
  private final String page =
      HtmlReport.of(Samples.comparison("<b>&\"evil\"</b>"), "./quarry bench tiers '<i>'");

  @Test
  void page_isCompleteInItself() {
    assertFalse(page.contains("<script"), "no script");
    assertFalse(Pattern.compile("(src|href)=\"(?!data:,)").matcher(page).find(), "nothing fetched");
    assertFalse(page.contains("url("), "nothing fetched by its style");
    assertTrue(page.contains("default-src &#39;none&#39;"), "and its policy says so");
  }

  @Test
  void textOfUsers_staysText() {
    assertFalse(page.contains("<b>") || page.contains("<i>"));
    assertTrue(page.contains("&lt;b&gt;&amp;&quot;evil&quot;&lt;/b&gt;"));
    assertTrue(page.contains("./quarry bench tiers &#39;&lt;i&gt;&#39;"));
  }

  @Test
  void everyTier_hasARowAndALineInEachPlot() {
    for (String tier : Samples.TIERS) {
      String lines = "data-series=\"" + tier + "\"";
      int balance = tier.matches("(gp2|st1|sc1).*") ? 1 : 0;
      assertEquals(2 * (4 + balance), count(lines), tier + " in wide and narrow plots");
      assertTrue(page.contains("<span class=\"name\">" + tier.replace(",", ",<wbr>") + "<"), tier);
    }
  }

  @Test
  void plots_stayInsideTheirFrames() {
    Matcher points = Pattern.compile("points=\"([^\"]*)\"").matcher(page);
    int seen = 0;
    while (points.find()) {
      for (String point : points.group(1).strip().split(" ")) {
        List<Double> xy = List.of(point.split(",")).stream().map(Double::valueOf).toList();
        assertTrue(xy.get(0) >= 14 && xy.get(0) <= 866.1, point);
        assertTrue(xy.get(1) >= 11.9 && xy.get(1) <= 300.1, point);
        seen++;
      }
    }
    assertTrue(seen > 1_000, seen + " points");
  }

  private int count(String text) {
    return page.split(Pattern.quote(text), -1).length - 1;
  }
}
