// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.validate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.problem.FieldError;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {

    enum Colour {
        RED,
        GREEN
    }

    record Line(String productId, int quantity) {

        Line {
            if (quantity < 1) {
                throw Problem.INVALID_INPUT
                        .error("#/quantity", "must be at least 1")
                        .exception();
            }
        }
    }

    record Order(
            List<Line> lines,
            boolean express,
            long customer,
            double weight,
            Instant due,
            Colour colour,
            @Nullable String note,
            @Nullable Integer floor) {}

    record Secret(String user, char[] password) {}

    record Text(String text) {}

    record Tags(List<@Nullable String> tags) {}

    private static final String ORDER =
            "{'lines':[{'productId':'p1','quantity':2}],'express':true,'customer':5000000000,"
                    + "'weight':1.5,'due':'2026-03-01T08:00:00Z','colour':'GREEN','note':'at the door','floor':3}";

    @Test
    void readsARecordOfEveryType() {
        Order order = read(ORDER, Order.class);

        assertEquals(
                new Order(
                        List.of(new Line("p1", 2)),
                        true,
                        5_000_000_000L,
                        1.5,
                        Instant.parse("2026-03-01T08:00:00Z"),
                        Colour.GREEN,
                        "at the door",
                        3),
                order);
    }

    @Test
    void aNullableComponentMayBeMissingOrNull() {
        String withoutNote = ORDER.replace(",'note':'at the door','floor':3", ",'note':null");

        Order order = read(withoutNote, Order.class);

        assertEquals(null, order.note());
        assertEquals(null, order.floor());
        assertEquals(
                Arrays.asList("a", null),
                read("{'tags':['a',null]}", Tags.class).tags());
    }

    private record Rename(Patch<String> name) {}

    @Test
    void aMergePatchTellsMissingFromNullFromAValue() {
        assertEquals(new Patch<>(false, null), read("{}", Rename.class).name());
        assertEquals(
                new Patch<>(true, null), read("{'name':null}", Rename.class).name());
        assertEquals(
                new Patch<>(true, "Ada"), read("{'name':'Ada'}", Rename.class).name());
    }

    @Test
    void aPasswordIsReadAsCharacters() {
        Secret secret = read("{'user':'ada','password':'p\\u00e4ss'}", Secret.class);

        assertArrayEquals(new char[] {'p', 'ä', 's', 's'}, secret.password());
    }

    @Test
    void everyFaultyFieldIsNamedAtOnce() {
        Problem problem = refused(
                "{'lines':[{'productId':7,'quantity':2.5,'colour':'RED'}],'express':'yes','express':true,"
                        + "'customer':99999999999999999999,'weight':[1,[2]],'due':'tomorrow','colour':'BLUE','floor':null}",
                Order.class);

        assertEquals(422, problem.status());
        assertEquals(
                List.of(
                        new FieldError("#/lines/0/productId", "must be a string, was the number 7"),
                        new FieldError(
                                "#/lines/0/quantity",
                                "must be a whole number from -2^31 to 2^31-1, was the number 2.5"),
                        new FieldError("#/lines/0/colour", "is not known here; known are productId, quantity"),
                        new FieldError("#/express", "must be true or false, was a string"),
                        new FieldError("#/express", "is given twice"),
                        new FieldError(
                                "#/customer",
                                "must be a whole number from -2^63 to 2^63-1, was the number 99999999999999999999"),
                        new FieldError("#/weight", "must be a number of double precision, was an array"),
                        new FieldError("#/due", "must be a time such as 2026-03-01T08:00:00Z"),
                        new FieldError("#/colour", "must be one of RED, GREEN")),
                problem.errors());
    }

    @Test
    void aMissingFieldAndANullOneAreNamed() {
        Problem problem = refused("{'quantity':null}", Line.class);

        assertEquals(
                List.of(
                        new FieldError("#/quantity", "must be a whole number from -2^31 to 2^31-1, was null"),
                        new FieldError("#/productId", "is required")),
                problem.errors());
    }

    @Test
    void aNullInAListIsNamedByItsIndex() {
        Problem problem = refused("{'lines':[{'productId':'a','quantity':1},null]}", Order.class);

        assertEquals(
                new FieldError("#/lines/1", "must be an object, was null"),
                problem.errors().get(0));
    }

    @Test
    void onlyAnObjectIsARecord() {
        assertEquals(
                List.of(new FieldError("#", "must be an object, was an array")),
                refused("[{}]", Text.class).errors());
        assertEquals(422, refused("'text'", Text.class).status());
    }

    @Test
    void aRecordRefusesAValueInItsConstructor() {
        Problem problem = refused("{'productId':'p1','quantity':0}", Line.class);

        assertEquals(List.of(new FieldError("#/quantity", "must be at least 1")), problem.errors());
    }

    @Test
    void noConstructorSeesAFaultyValueHoweverManyFaultsThereAre() {
        var many = new StringBuilder("{");
        for (int i = 0; i < 100; i++) {
            many.append("'x").append(i).append("':1,");
        }

        Problem problem = refused(many + "'lines':[{'productId':'p1'}]}", Order.class);

        assertEquals(20, problem.errors().size());
    }

    @Test
    void aFieldsNameIsEscapedAsAPointerInAFragment() {
        Problem problem = refused("{'text':'a','a/b~c d%':1}", Text.class);

        assertEquals("#/a~1b~0c%20d%25", problem.errors().get(0).pointer());
    }

    @Test
    void whatIsNotJsonIsRefusedWithItsPlace() {
        assertEquals("the body is not JSON at line 2, column 1", malformed("{'text':\n}"));
        assertEquals("the body is empty: send a JSON object", malformed(""));
        assertTrue(malformed("{'text':'a'} {}").startsWith("there is more after the end of the JSON"));
        for (String broken : new String[] {
            "{",
            "{'text':'a'",
            "{'text' 'a'}",
            "{'text':'a',}",
            "{text:'a'}",
            "{'text':'a\nb'}",
            "{'text':01}",
            "nul",
            "{'text':NaN}",
            "/* c */{'text':'a'}",
            "{'text':'a'}x"
        }) {
            assertEquals(400, refused(broken, Text.class).status(), broken);
        }
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] latin1 = "{\"text\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

        var refusal = assertThrows(ProblemException.class, () -> JsonBody.read(latin1, Text.class));

        assertEquals(400, refusal.problem().status());
    }

    @Test
    void otherEncodingsOfUnicodeAreRefused() {
        byte[] utf16 = "{\"name\":\"Ada\"}".getBytes(StandardCharsets.UTF_16);

        assertThrows(ProblemException.class, () -> JsonBody.read(utf16, Rename.class));
    }

    @Test
    void depthAndLengthsAreLimited() {
        String deep = "{'x':" + "[".repeat(60) + "]".repeat(60) + ",'text':'a'}";
        String wide = "{'text':" + "1".repeat(200) + "}";
        String named = "{'" + "n".repeat(300) + "':1}";

        String string = "{'text':'" + "s".repeat((1 << 20) + 1) + "'}";

        for (String text : new String[] {deep, wide, named, string}) {
            assertTrue(
                    malformed(text)
                            .matches("the JSON is nested deeper, or has a longer number, name or string, than is"
                                    + " accepted, at line 1, column \\d+"),
                    malformed(text));
        }
    }

    @Test
    void charactersThatADatabaseCannotKeepAreRefused() {
        assertEquals(
                List.of(new FieldError("#/text", "must not contain U+0000")),
                refused("{'text':'a\\u0000b'}", Text.class).errors());
        assertEquals(
                List.of(new FieldError("#/text", "must be well-formed Unicode, had half a surrogate pair")),
                refused("{'text':'a\\ud83d'}", Text.class).errors());
        assertEquals(
                "\ud83d\ude00", read("{'text':'\\ud83d\\ude00'}", Text.class).text());
    }

    @Test
    void numbersThatCannotBeHeldAreRefused() {
        for (String number : new String[] {"1e400", "-1e400", "1e999999999", "1E+308888", "9".repeat(90) + "e300"}) {
            Problem problem = refused(ORDER.replace("1.5", number), Order.class);

            assertEquals("#/weight", problem.errors().get(0).pointer(), number);
        }
    }

    @Test
    void readingEndsWithTheLastFaultThatIsListed() {
        Problem problem = refused("{" + "'x':1,".repeat(20) + "not JSON", Text.class);

        assertEquals(20, problem.errors().size());
    }

    @Property
    void whateverIsSentIsReadOrRefused(@ForAll byte[] bytes, @ForAll String text) {
        for (byte[] body : new byte[][] {bytes, text.getBytes(StandardCharsets.UTF_8)}) {
            try {
                JsonBody.read(body, Order.class);
            } catch (ProblemException refusal) {
                assertTrue(refusal.problem().status() < 500);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/merge-patch+json",
                "application/json;charset=utf-8",
                "application/json ; Charset=\"UTF-8\" ; x=y",
                "application/json;"
            })
    void jsonIsTakenInUtf8(String contentType) {
        assertTrue(JsonBody.isJsonInUtf8(contentType));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text/plain",
                "text/json",
                "application/jsonx",
                "application/xml",
                "application/json;charset=latin1",
                "application/json;charset=utf-8;charset=utf-16",
                "application/json;charset=",
                "application/json, text/plain"
            })
    void anotherMediaTypeOrCharsetIsNot(String contentType) {
        assertFalse(JsonBody.isJsonInUtf8(contentType));
    }

    @Property
    void whateverIsWrittenIsReadBack(@ForAll long customer, @ForAll boolean express, @ForAll int floor) {
        var order = new Order(
                List.of(new Line("\"ä\\\n", 1)), express, customer, 0.1, Instant.EPOCH, Colour.RED, null, floor);

        assertEquals(order, JsonBody.read(JsonBody.write(order), Order.class));
    }

    @Test
    void componentsAreWrittenInTheirOrder() {
        var map = new LinkedHashMap<String, Object>();
        map.put("items", List.of(new Line("p1", 2)));
        map.put("nextCursor", null);

        assertEquals(
                "{\"items\":[{\"productId\":\"p1\",\"quantity\":2}],\"nextCursor\":null}",
                new String(JsonBody.write(map), StandardCharsets.UTF_8));
    }

    @Test
    void aTypeThatIsNotJsonIsAMistakeOfOurs() {
        assertThrows(IllegalArgumentException.class, () -> JsonBody.write(new Object()));
        assertThrows(IllegalArgumentException.class, () -> JsonBody.write(Double.NaN));
    }

    private static <T extends Record> T read(String json, Class<T> type) {
        return JsonBody.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), type);
    }

    private static Problem refused(String json, Class<? extends Record> type) {
        return assertThrows(ProblemException.class, () -> read(json, type), json)
                .problem();
    }

    private static String malformed(String json) {
        Problem problem = refused(json, Text.class);
        assertEquals(400, problem.status());
        return problem.detail();
    }
}
