// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request, what the application does with it, and the answer that every container must give. */
final class Case {

    /** Who may reach the route of a case. */
    enum Rule {
        OPEN,
        SIGNED_IN,
        IDEMPOTENT
    }

    /** How a client goes about it, where it does not just send the request and take the answer. */
    @FunctionalInterface
    interface Conversation {
        Reply hold(Wire wire, Request request) throws Exception;
    }

    /** The request of a case with the id of this run. */
    record Request(Case asked, String id) {

        /** The request line and the header, with the empty line that ends it. */
        String head() {
            return asked.head(id, "");
        }

        String headWith(String fields) {
            return asked.head(id, fields);
        }
    }

    /** A status and a body. */
    record Answer(int status, String text) {}

    /** A status and the problem's code that goes with it. */
    record Refusal(int status, String code) {}

    final String name;
    final String path;
    final @Nullable Behaviour behaviour;
    Rule rule = Rule.OPEN;
    String method = "GET";
    private @Nullable String declaredMethod;
    String query = "";
    String target = "";
    boolean declared = true;
    boolean sendsId = true;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private byte @Nullable [] body;
    private boolean chunked;
    Conversation conversation = Case::ask;

    int status;

    @Nullable
    String answer;

    byte @Nullable [] answerBytes;

    @Nullable
    String prefix;

    @Nullable
    String detail;

    final List<Refusal> refusals = new ArrayList<>();

    @Nullable
    Ending ending = Ending.ANSWERED;

    boolean endsWhole;

    boolean nothing;
    boolean mayBeNothing;

    @Nullable
    Answer alternative;

    int admissions = 1;
    boolean beforeTheEdge;
    String remark = "";
    final Map<String, String> expectedFields = new LinkedHashMap<>();
    final List<String> notes = new ArrayList<>();

    Case(String name, String path, @Nullable Behaviour behaviour) {
        this.name = name;
        this.path = path;
        this.behaviour = behaviour;
    }

    /** A case whose path is made of its name. */
    static Case named(String name, String folder, @Nullable Behaviour behaviour) {
        String words = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return new Case(name, folder + words.replaceAll("^-|-$", ""), behaviour);
    }

    /** Sends the request and takes the answer. */
    static Reply ask(Wire wire, Request request) throws IOException {
        wire.send(request.asked().wireBytes(request.id()));
        return wire.answer(request.asked().method.equals("HEAD"));
    }

    // The request

    Case method(String name) {
        method = name;
        return this;
    }

    Case post(String content, String type) {
        method = "POST";
        body = content.getBytes(StandardCharsets.UTF_8);
        return with("Content-Type", type);
    }

    Case post(byte[] content) {
        method = "POST";
        body = content;
        return this;
    }

    Case chunked() {
        chunked = true;
        return this;
    }

    Case query(String text) {
        query = "?" + text;
        return this;
    }

    /** Asks for this request target instead of the route that is declared. */
    Case target(String text) {
        target = text;
        return this;
    }

    /** The route is not declared, whatever stands behind it. */
    Case undeclared() {
        declared = false;
        return this;
    }

    Case with(String field, String value) {
        fields.put(field, value);
        return this;
    }

    /** Asks by another method than the route is declared for. */
    Case asking(String other) {
        declaredMethod = method;
        method = other;
        return this;
    }

    /** Sends no id, so that the edge makes one. */
    Case withoutId() {
        sendsId = false;
        return admittedOften();
    }

    Case signedIn() {
        rule = Rule.SIGNED_IN;
        return this;
    }

    Case idempotent() {
        rule = Rule.IDEMPOTENT;
        return with("Test-Caller", "ann").with("Idempotency-Key", "key-1");
    }

    Case as(String caller) {
        return with("Test-Caller", caller);
    }

    Case talk(Conversation how) {
        conversation = how;
        return this;
    }

    // The answer

    Case answers(int expected, String text) {
        status = expected;
        answer = text;
        return this;
    }

    Case answers(int expected, byte[] bytes) {
        status = expected;
        answerBytes = bytes;
        return this;
    }

    /** Where the body depends on the case's own path. */
    Case answersWith(Function<Case, String> text) {
        return answers(200, text.apply(this));
    }

    /** This will do in place of a refusal, and {@link #since} says why. */
    Case orAnswers(int expected, String text) {
        alternative = new Answer(expected, text);
        return this;
    }

    /** A connection that is closed without a word will do, and {@link #since} says why. */
    Case orNothing() {
        mayBeNothing = true;
        return this;
    }

    /** More than one request is let in. */
    Case admittedOften() {
        admissions = -1;
        return this;
    }

    /** A problem; called twice, either will do, and {@link #since} says why. */
    Case refused(int expected, String code) {
        refusals.add(new Refusal(expected, code));
        return this;
    }

    Case detailed(String text) {
        detail = text;
        return this;
    }

    /**
     * The answer breaks off visibly after it began so. Asked over a connection that would be kept, unless the case says
     * otherwise: where it closes, containers would end a body of unknown length by that alone (RFC 9112 section 6.3).
     */
    Case cutOff(String beginning) {
        with("Connection", "keep-alive");
        status = 200;
        prefix = beginning;
        ending = Ending.CUT_OFF;
        return this;
    }

    /** Nobody is left to be answered. */
    Case clientGone() {
        nothing = true;
        ending = Ending.CLIENT_GONE;
        return this;
    }

    /** The conversation looks at the answer itself. */
    Case streamed() {
        nothing = true;
        return this;
    }

    /** Containers may differ in how it ended, or end it before the edge has let it in. */
    Case endsAnyhow() {
        ending = null;
        return this;
    }

    /** Answered, or the client is gone; an operator is not told that anything of ours was cut off. */
    Case endsWhole() {
        endsWhole = true;
        return endsAnyhow();
    }

    /** The container refuses it before any filter: the fields that the edge sets are not all there. */
    Case beforeTheEdge() {
        beforeTheEdge = true;
        return endsAnyhow();
    }

    Case field(String field, String value) {
        expectedFields.put(field, value);
        return this;
    }

    Case without(String... absent) {
        for (String field : absent) {
            field(field, "(no " + field + ")");
        }
        return this;
    }

    /** What the application saw, in this order. */
    Case notes(String... seen) {
        notes.addAll(List.of(seen));
        return this;
    }

    /** Why containers may differ here. */
    Case since(String reason) {
        remark = reason;
        return this;
    }

    HttpMethod routeMethod() {
        String routes = declaredMethod == null ? method : declaredMethod;
        return routes.equals("HEAD") ? HttpMethod.GET : HttpMethod.valueOf(routes);
    }

    private String head(String id, String more) {
        var head = new StringBuilder(method)
                .append(' ')
                .append(target.isEmpty() ? path : target)
                .append(query)
                .append(" HTTP/1.1\r\nHost: localhost\r\n");
        if (sendsId && !fields.containsKey("X-Request-Id")) {
            head.append("X-Request-Id: ").append(id).append("\r\n");
        }
        if (!fields.containsKey("Connection")) {
            head.append("Connection: close\r\n");
        }
        fields.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append(more).append("\r\n").toString();
    }

    byte[] wireBytes(String id) {
        var all = new ByteArrayOutputStream();
        byte[] content = body;
        if (content == null) {
            all.writeBytes(head(id, "").getBytes(StandardCharsets.UTF_8));
        } else if (chunked) {
            all.writeBytes(head(id, "Transfer-Encoding: chunked\r\n").getBytes(StandardCharsets.UTF_8));
            int half = content.length / 2;
            writeChunk(all, content, 0, half);
            writeChunk(all, content, half, content.length - half);
            all.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        } else {
            all.writeBytes(
                    head(id, "Content-Length: " + content.length + "\r\n").getBytes(StandardCharsets.UTF_8));
            all.writeBytes(content);
        }
        return all.toByteArray();
    }

    private static void writeChunk(ByteArrayOutputStream all, byte[] content, int offset, int length) {
        if (length > 0) {
            all.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.UTF_8));
            all.write(content, offset, length);
            all.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
