// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.app.RunningJar;
import dev.mobilebackend.testkit.client.MobileClient;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what happens. */
class ReadmeIT {

    private static final Path README = Path.of("..", "..", "README.md");
    private static final Path QUICKSTART = Path.of("src/test/java/dev/mobilebackend/samples/shop/Quickstart.java");
    private static final Pattern PASTED_AND_SHOWN =
            Pattern.compile("```sh\n(.*?)\n```\n```(?:json)?\n(.*?)\n```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    private record Line(String pasted, String shown) {}

    @Test
    void eachPastedLineGetsTheAnswerThatIsShown() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")) && Files.isExecutable(Path.of("/usr/bin/curl")));
        List<Line> lines = lines();
        assertFalse(lines.isEmpty());

        try (RunningJar shop = ShopProcess.start(folder, Map.of());
                var shell = new Shell()) {
            for (Line line : lines) {
                String pasted = line.pasted()
                        .replace("http://127.0.0.1:8080", shop.uri().toString());
                String answer = shell.run(pasted);
                while (line.pasted().contains("CODE=$(") && answer.isBlank()) {
                    answer = shell.run(pasted);
                }

                assertEquals(withoutChance(line.shown()), withoutChance(answer), line.pasted());
            }
        }
    }

    @Test
    void theExampleIsTheOneThatRuns() throws Exception {
        String source = Files.readString(QUICKSTART);
        String region = source.substring(
                source.indexOf("// README begins\n") + "// README begins\n".length(),
                source.indexOf("    // README ends"));

        assertTrue(Files.readString(README)
                .contains("```java\n" + region.stripTrailing().stripIndent() + "\n```"));
    }

    @Test
    void theExampleServesWhatItDeclares() {
        try (RunningApp app = RunningApp.javalin(Quickstart.app())) {
            MobileClient phone = MobileClient.builder(app.uri()).build();

            assertEquals(
                    "Hello, Ada",
                    phone.get("/v1/greetings/Ada").json().get("text").asString());
            assertEquals(404, phone.get("/v1/greetings").status());
        }
    }

    private static List<Line> lines() throws IOException {
        var lines = new ArrayList<Line>();
        Matcher blocks = PASTED_AND_SHOWN.matcher(Files.readString(README));
        while (blocks.find()) {
            lines.add(new Line(blocks.group(1), blocks.group(2)));
        }
        return lines;
    }

    /** What differs from run to run: ids, codes, times, and the signatures of cursors. */
    private static String withoutChance(String answer) {
        return answer.strip()
                .replaceAll("\"(id|requestId|nextCursor)\":\"[^\"]+\"", "\"$1\":\"*\"")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "(time)")
                .replaceAll("^[0-9A-Z]{8}$", "(code)");
    }

    /** One shell for all lines, since later ones use the variables of earlier ones. */
    private static final class Shell implements AutoCloseable {

        private static final String END = "-- end of answer --";

        private final Process process;
        private final BufferedWriter input;

        Shell() throws IOException {
            process = new ProcessBuilder("/bin/bash")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            input = process.outputWriter(StandardCharsets.UTF_8);
        }

        String run(String command) throws IOException {
            input.write(command + "\necho; echo '" + END + "'\n");
            input.flush();
            var answer = new StringBuilder();
            var output = process.inputReader(StandardCharsets.UTF_8);
            for (String line = output.readLine(); line != null && !line.equals(END); line = output.readLine()) {
                answer.append(line).append('\n');
            }
            return answer.toString();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
