// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.dashboard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A page in a real browser without a window, spoken to by the Chrome DevTools Protocol. */
final class Chromium implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private String session = "";

    /** The browser that stands on the path, if any does. */
    static Optional<Path> find() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    Chromium(Path program) {
        try {
            profile = Files.createTempDirectory("chromium");
            process = new ProcessBuilder(
                            program.toString(),
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--disable-dev-shm-usage",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--hide-scrollbars",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile,
                            "about:blank")
                    .start();
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create(address(process.errorReader(StandardCharsets.UTF_8))), new Ears())
                    .join();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        String target = call("Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .asString();
        session = call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asString();
        List.of("Page.enable", "Runtime.enable", "Log.enable").forEach(domain -> call(domain, Map.of()));
    }

    /** Loads an address and waits until the page is there. */
    void open(String address) {
        call("Page.navigate", Map.of("url", address));
        awaitTrue(
                "location.href.startsWith(" + JSON.writeValueAsString(address) + ")&&document.readyState=='complete'");
    }

    /** A screen of that width; below 500 it is a phone's. */
    void screen(int width, int height, boolean dark) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    void scripts(boolean on) {
        call("Emulation.setScriptExecutionDisabled", Map.of("value", !on));
    }

    /** What an expression of the page comes to; it runs also where the page's own scripts do not. */
    JsonNode evaluate(String expression) {
        return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
                .get("result")
                .path("value");
    }

    /** Asks again and again, between which the browser goes on. */
    void awaitTrue(String expression) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!evaluateOrFalse(expression)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("never became true in the page: " + expression + "; it complained of "
                        + complaints + " and showed " + evaluate("document.body.innerText"));
            }
        }
    }

    /** Presses the first element that a CSS selector finds and whose text is this, with the mouse. */
    void press(String selector, String text) {
        String element = "[...document.querySelectorAll(" + JSON.writeValueAsString(selector)
                + ")].find(e=>e.textContent.trim()==" + JSON.writeValueAsString(text) + ")";
        awaitTrue("!!" + element);
        JsonNode place = evaluate("(()=>{const e=" + element + ";e.scrollIntoView({block:'center'});"
                + "const r=e.getBoundingClientRect();return [r.x+r.width/2,r.y+r.height/2]})()");
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            place.get(0).asDouble(),
                            "y",
                            place.get(1).asDouble(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }

    /** The whole page as a PNG. */
    byte[] screenshot() {
        String png = call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
                .get("data")
                .asString();
        return Base64.getDecoder().decode(png);
    }

    /** What the page and the browser found wrong: failed scripts, and what the page's policy kept away. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    public void close() {
        socket.abort();
        // Its other processes write to the profile as long as they live.
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(ended ->
                ended.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
        try {
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }

    private boolean evaluateOrFalse(String expression) {
        try {
            return evaluate(expression).asBoolean(false);
        } catch (IllegalStateException betweenTwoPages) {
            return false;
        }
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        asked.put(id, answer);
        ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
        request.set("params", JSON.valueToTree(parameters));
        if (!session.isEmpty()) {
            request.put("sessionId", session);
        }
        socket.sendText(request.toString(), true).join();
        JsonNode answered =
                answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        if (answered.has("error")) {
            throw new IllegalStateException(method + ": " + answered.get("error"));
        }
        return answered.get("result");
    }

    private static String address(BufferedReader said) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                return listening.group(1);
            }
        }
        throw new IllegalStateException("the browser ended before it could be spoken to");
    }

    /** Hears answers and events, which may come in parts. */
    private final class Ears implements WebSocket.Listener {

        private final StringBuilder heard = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            heard.append(data);
            if (last) {
                hear(JSON.readTree(heard.toString()));
                heard.setLength(0);
            }
            from.request(1);
            return null;
        }

        private void hear(JsonNode message) {
            CompletableFuture<JsonNode> answer = asked.remove(message.path("id").asInt(-1));
            if (answer != null) {
                answer.complete(message);
                return;
            }
            switch (message.path("method").asString("")) {
                case "Log.entryAdded" ->
                    complaints.add(
                            message.get("params").get("entry").get("text").asString());
                case "Runtime.exceptionThrown" ->
                    complaints.add(message.get("params").toString());
                default -> {
                    // Of no interest here.
                }
            }
        }
    }
}
