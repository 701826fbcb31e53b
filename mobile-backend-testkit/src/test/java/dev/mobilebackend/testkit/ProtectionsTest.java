// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of protections in {@code docs/protections.md} names tests that there are. */
class ProtectionsTest {

    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Pattern ANNOTATION = Pattern.compile("@(?:Test|ParameterizedTest|Property)\\b");

    @Test
    void everyProtectionNamesATestThatThereIs() throws IOException {
        Map<String, List<Path>> classes = testClasses();
        var missing = new ArrayList<String>();
        for (List<String> row : protections()) {
            var tests = TEST.matcher(row.get(2));
            assertTrue(tests.find(), "no test of the form `Class#method` for: " + row.get(0));
            do {
                if (!hasTest(classes.getOrDefault(tests.group(1), List.of()), tests.group(2))) {
                    missing.add(tests.group());
                }
            } while (tests.find());
        }

        assertTrue(missing.isEmpty(), "docs/protections.md names tests that are not there: " + missing);
    }

    @Test
    void noProtectionStandsTwice() throws IOException {
        List<List<String>> rows = protections();
        var names = new HashSet<String>();
        rows.forEach(row -> names.add(row.get(0)));

        assertTrue(rows.size() > 100, "read " + rows.size() + " rows");
        assertEquals(rows.size(), names.size());
    }

    /** The cells of each row below a head: protection, what turns it off, tests. */
    private static List<List<String>> protections() throws IOException {
        var rows = new ArrayList<List<String>>();
        for (String line : Files.readAllLines(REPOSITORY.resolve("docs/protections.md"))) {
            String[] cells = line.split("\\|", -1);
            boolean head = line.startsWith("| ---") || line.startsWith("| protection");
            if (line.startsWith("|") && !head) {
                assertEquals(5, cells.length, line);
                rows.add(List.of(cells[1].strip(), cells[2].strip(), cells[3].strip()));
            }
        }
        return rows;
    }

    /**
     * Those of tests and of the contracts that they run, by their simple names, which two modules may have in common.
     */
    private static Map<String, List<Path>> testClasses() throws IOException {
        var classes = new HashMap<String, List<Path>>();
        for (String sources : List.of(
                "mobile-backend-core/src/test",
                "mobile-backend-auth/src/test",
                "mobile-backend-jobs/src/test",
                "mobile-backend-testkit/src/test",
                "mobile-backend-testkit/src/main",
                "conformance/mariadb/src/test",
                "samples/shop/src/test")) {
            try (Stream<Path> files = Files.walk(REPOSITORY.resolve(sources))) {
                files.filter(ProtectionsTest::isOfTests).forEach(file -> {
                    String name = file.getFileName().toString().replace(".java", "");
                    classes.computeIfAbsent(name, absent -> new ArrayList<>()).add(file);
                });
            }
        }
        return classes;
    }

    private static boolean isOfTests(Path file) {
        return file.toString().matches(".*(?:Test|IT|Contract)\\.java");
    }

    /** With other annotations between it and its own, whose values may go over several lines. */
    private static boolean hasTest(List<Path> files, String method) throws IOException {
        for (Path file : files) {
            String source = Files.readString(file);
            int at = source.indexOf("void " + method + "(");
            int end = Math.max(source.lastIndexOf("\n    }\n", at), source.lastIndexOf("\n        }\n", at));
            if (at >= 0
                    && ANNOTATION.matcher(source).region(Math.max(0, end), at).find()) {
                return true;
            }
        }
        return false;
    }
}
