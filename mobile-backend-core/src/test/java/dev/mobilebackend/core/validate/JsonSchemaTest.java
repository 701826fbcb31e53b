// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.mobilebackend.core.page.Page;
import dev.mobilebackend.core.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {

    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private enum Size {
        SMALL,
        LARGE
    }

    private record Line(String product, int count) {}

    private record Everything(
            String text,
            @Nullable String note,
            int small,
            long large,
            double real,
            boolean flag,
            Instant at,
            LocalDate day,
            Duration span,
            UUID key,
            Size size,
            @Nullable Size otherSize,
            List<Line> lines,
            @Nullable Line extra) {}

    private record Change(Patch<String> name, Patch<Line> line) {}

    private record Tree(String name, List<Tree> children) {}

    private record Report(Map<String, Long> counts) {}

    private static final String WHOLE = """
            {"text":"a","note":null,"small":1,"large":2,"real":1.5,"flag":true,"at":"2026-03-01T08:00:00Z",
            "day":"2026-03-01","span":"PT15M","key":"3f1c9c1e-6f0a-4d36-9a63-0d7c2a0f6f11","size":"SMALL",
            "otherSize":null,"lines":[{"product":"p","count":2}],"extra":{"product":"q","count":1}}""";

    @Test
    void describesWhatIsReadSoThatItsOwnWritingIsValid() {
        Everything everything = JsonBody.read(WHOLE.getBytes(StandardCharsets.UTF_8), Everything.class);

        assertTrue(isValid(Everything.class, WHOLE));
        assertTrue(isValid(Everything.class, new String(JsonBody.write(everything), StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"name\":null}", "{\"name\":\"a\",\"line\":{\"product\":\"p\",\"count\":1}}"})
    void letsAPatchNameWhatItChanges(String json) {
        assertTrue(isValid(Change.class, json));
        JsonBody.read(json.getBytes(StandardCharsets.UTF_8), Change.class);
    }

    /**
     * Formats are notes in JSON Schema, and a whole number may be too large for its type: there reading is stricter.
     */
    @Property(tries = 300)
    void acceptsNoLessThanTheReader(@ForAll("nearlyWhole") String json) {
        boolean read;
        try {
            JsonBody.read(json.getBytes(StandardCharsets.UTF_8), Everything.class);
            read = true;
        } catch (ProblemException refused) {
            read = false;
        }

        boolean valid = isValid(Everything.class, json);

        assertEquals(read, valid, json);
    }

    @Provide
    Arbitrary<String> nearlyWhole() {
        Arbitrary<String> value = Arbitraries.of(
                "null",
                "1",
                "1.5",
                "true",
                "\"SMALL\"",
                "\"x y\"",
                "[]",
                "{}",
                "[{\"product\":\"p\",\"count\":1}]",
                "{\"product\":\"p\",\"count\":1}",
                "{\"product\":\"p\",\"count\":1,\"more\":1}",
                "{\"count\":1}",
                "[null]");
        return Arbitraries.of("text", "note", "small", "large", "flag", "size", "otherSize", "lines", "extra", "more")
                .flatMap(name -> value.map(text -> with(name, text)));
    }

    private static String with(String name, String value) {
        String without = WHOLE.replaceFirst("\"" + name + "\":(\"[^\"]*\"|\\[.*]|\\{[^}]*}|[^,}]*),?", "");
        return without.replaceFirst("\\{", "{\"" + name + "\":" + value + ",")
                .replace(",}}", "}}")
                .replaceFirst(",}$", "}");
    }

    @Test
    void definesARecordOnceByItsName() {
        var schemas = new JsonSchema("#/definitions/");

        schemas.written(Page.class, List.of(Line.class));
        schemas.read(Tree.class);

        assertEquals(
                "[JsonSchemaTestLine, JsonSchemaTestLinePage, JsonSchemaTestTree]",
                schemas.definitions().keySet().toString());
        assertEquals(
                "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"$ref\":"
                        + "\"#/definitions/JsonSchemaTestLine\"}},\"nextCursor\":{\"type\":[\"string\",\"null\"]}},"
                        + "\"required\":[\"items\"]}",
                text(schemas.definitions().get("JsonSchemaTestLinePage")));
        assertEquals(
                "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"children\":{\"type\":\"array\","
                        + "\"items\":{\"$ref\":\"#/definitions/JsonSchemaTestTree\"}}},"
                        + "\"required\":[\"name\",\"children\"],\"additionalProperties\":false}",
                text(schemas.definitions().get("JsonSchemaTestTree")));
    }

    @Test
    void closesARecordThatIsReadAnywhere() {
        var schemas = new JsonSchema("#/definitions/");

        schemas.written(Line.class, List.of());
        assertTrue(!text(schemas.definitions()).contains("additionalProperties"));
        schemas.read(Everything.class);

        assertTrue(text(schemas.definitions().get("JsonSchemaTestLine")).contains("\"additionalProperties\":false"));
    }

    @Test
    void describesMapsThatAreWritten() {
        var schemas = new JsonSchema("#/definitions/");

        schemas.written(Report.class, List.of());

        assertTrue(text(schemas.definitions())
                .contains("\"counts\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\""));
        assertThrows(IllegalArgumentException.class, () -> schemas.read(Report.class));
    }

    @Test
    void refusesTypesThatHaveNoJson() {
        var schemas = new JsonSchema("#/definitions/");

        assertThrows(IllegalArgumentException.class, () -> schemas.written(Object.class, List.of()));
        assertThrows(IllegalArgumentException.class, () -> schemas.written(Page.class, List.of()));
    }

    private static boolean isValid(Class<? extends Record> type, String json) {
        var schemas = new JsonSchema("#/$defs/");
        var whole = new LinkedHashMap<String, Object>(schemas.read(type));
        whole.put("$defs", schemas.definitions());
        Schema schema = SCHEMAS.getSchema(text(whole), InputFormat.JSON);
        return schema.validate(json, InputFormat.JSON).isEmpty();
    }

    private static String text(@Nullable Object json) {
        return new String(JsonBody.write(java.util.Objects.requireNonNull(json)), StandardCharsets.UTF_8);
    }
}
