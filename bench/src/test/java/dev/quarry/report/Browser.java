package dev.quarry.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.node.JsonObject;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/// A headless Chromium, driven through chromedriver (W3C WebDriver, and the DevTools protocol for
/// what that does not have).
final class Browser implements AutoCloseable {
  private static final Pattern STARTED = Pattern.compile(".*started successfully on port (\\d+).*");
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--hide-scrollbars");

  private final Process driver;
  private final Path profile;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String session;

  private Browser(Process driver, int port, Path profile) throws IOException {
    this.driver = driver;
    this.profile = profile;
    List<String> flags = new ArrayList<>(FLAGS);
    flags.add("--user-data-dir=" + profile);
    JsonObject asked =
        new JsonObject()
            .put("browserName", "chrome")
            .put(
                "goog:chromeOptions",
                new JsonObject().put("binary", find("chromium")).put("args", flags))
            .put(
                "goog:loggingPrefs",
                new JsonObject().put("browser", "ALL").put("performance", "ALL"));
    JsonObject made =
        post(
                "http://127.0.0.1:" + port + "/session",
                new JsonObject().put("capabilities", new JsonObject().put("alwaysMatch", asked)))
            .object("value")
            .orElseThrow();
    session = "http://127.0.0.1:" + port + "/session/" + made.text("sessionId").orElseThrow() + "/";
  }

  /// Starts one, or skips the test where there is none.
  static Browser start() throws IOException {
    for (String program : List.of("chromium", "chromedriver")) {
      assumeTrue(!find(program).isEmpty(), program + " is not installed");
    }
    Path profile = Files.createTempDirectory("quarry-browser");
    Process driver =
        new ProcessBuilder(find("chromedriver"), "--port=0").redirectErrorStream(true).start();
    BufferedReader said = driver.inputReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.matches()) {
        Thread.ofPlatform().daemon().start(() -> said.lines().forEach(_ -> {}));
        return new Browser(driver, Integer.parseInt(started.group(1)), profile);
      }
    }
    throw new IOException("chromedriver ended before it listened");
  }

  private static String find(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse("");
  }

  void open(Path file) throws IOException {
    call("url", new JsonObject().put("url", file.toUri().toString()));
  }

  /// Runs a script's body.
  ///
  /// @return the text it returns
  String script(String body) throws IOException {
    return call("execute/sync", new JsonObject().put("script", body).put("args", List.of()))
        .text("value")
        .orElseThrow(() -> new IOException("the script returned no text: " + body));
  }

  /// The window as if it were of that size.
  void window(int width, int height) throws IOException {
    devTools(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", width < 600));
  }

  /// What the user prefers, `light` or `dark`; and the medium, `screen` or `print`.
  void media(String colors, String medium) throws IOException {
    devTools(
        "Emulation.setEmulatedMedia",
        new JsonObject()
            .put("media", medium)
            .put(
                "features",
                List.of(
                    new JsonObject().put("name", "prefers-color-scheme").put("value", colors))));
  }

  /// All of the page as an image.
  BufferedImage screenshot() throws IOException {
    JsonObject shot =
        devTools(
            "Page.captureScreenshot",
            new JsonObject().put("format", "png").put("captureBeyondViewport", true));
    byte[] png = Base64.getDecoder().decode(shot.text("data").orElseThrow());
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  /// The page as a PDF on paper of A4.
  byte[] pdf() throws IOException {
    JsonObject printed =
        devTools(
            "Page.printToPDF",
            new JsonObject()
                .put("paperWidth", 8.27)
                .put("paperHeight", 11.69)
                .put("printBackground", false)
                .put("preferCSSPageSize", true));
    return Base64.getDecoder().decode(printed.text("data").orElseThrow());
  }

  /// What a log has since it was asked for last: `browser` for the console, `performance` for the
  /// network.
  List<String> log(String type) throws IOException {
    return call("se/log", new JsonObject().put("type", type)).objects("value").stream()
        .map(entry -> entry.text("message").orElse(""))
        .toList();
  }

  private JsonObject devTools(String command, JsonObject parameters) throws IOException {
    JsonObject asked = new JsonObject().put("cmd", command).put("params", parameters);
    return call("goog/cdp/execute", asked).object("value").orElseGet(JsonObject::new);
  }

  private JsonObject call(String path, JsonObject body) throws IOException {
    return post(session + path, body);
  }

  private JsonObject post(String uri, JsonObject body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.bytes()))
            .build();
    try {
      HttpResponse<byte[]> reply = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      String text = new String(reply.body(), StandardCharsets.UTF_8);
      if (reply.statusCode() != 200) {
        throw new IOException("chromedriver: " + text);
      }
      return JsonObject.parse(reply.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      http.send(
          HttpRequest.newBuilder(URI.create(session.substring(0, session.length() - 1)))
              .DELETE()
              .build(),
          HttpResponse.BodyHandlers.discarding());
      driver.destroy();
      driver.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      driver.destroyForcibly();
      http.close();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
