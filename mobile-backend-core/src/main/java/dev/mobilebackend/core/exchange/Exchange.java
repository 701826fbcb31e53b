// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.exchange;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemReader;
import dev.mobilebackend.core.problem.ProblemWriter;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as steps and handlers see them. The edge makes it at the door and it travels in a
 * request attribute, so it survives async handlers and thread changes. Used by one thread at a time.
 *
 * <pre>{@code
 * Caller caller = Exchange.of(request).caller();
 * }</pre>
 */
public final class Exchange {

    /** The request attribute that an exchange travels in. */
    public static final String ATTRIBUTE = "dev.mobilebackend.exchange";

    private static final String REPLAYED = "Idempotent-Replayed";

    private final HttpServletRequest request;
    private final @Nullable HttpServletRequest unvouched;
    private final HttpServletResponse response;
    private final RequestFacts facts;
    private final @Nullable PayloadDigest payload;
    private final LongSupplier ticks;
    private final long started;
    private @Nullable Endpoint endpoint;
    private String path;
    private @Nullable Caller caller;
    private @Nullable Priority priority;
    private @Nullable TraceContext trace;
    private boolean admitted;
    private boolean replayed;
    private int sent;
    private @Nullable Problem refusal;
    private @Nullable Kept kept;

    private record Kept(
            EdgeStep step, Object what, @Nullable Kept before) {}

    /** A request of which nothing was hidden; see the other constructor. */
    public Exchange(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestFacts facts,
            @Nullable PayloadDigest payload,
            LongSupplier ticks) {
        this(request, request, response, facts, payload, ticks);
    }

    /**
     * Made by the edge, which hands in a digest where the route needs one.
     *
     * @param unvouched the request before its forwarding fields were hidden; null where proxies that are trusted have
     *     said who sent it
     * @param ticks nanoseconds that never jump, by which the time since now is measured
     */
    public Exchange(
            HttpServletRequest request,
            @Nullable HttpServletRequest unvouched,
            HttpServletResponse response,
            RequestFacts facts,
            @Nullable PayloadDigest payload,
            LongSupplier ticks) {
        this.request = request;
        this.unvouched = unvouched;
        this.response = response;
        this.facts = facts;
        this.path = facts.path();
        this.payload = payload;
        this.ticks = ticks;
        this.started = ticks.getAsLong();
    }

    /**
     * The exchange that the edge attached to a request.
     *
     * @throws IllegalStateException if no edge stands in front of this handler
     */
    public static Exchange of(ServletRequest request) {
        return find(request)
                .orElseThrow(() -> new IllegalStateException(
                        "no exchange on this request: put the Edge filter in front of this handler, for every path"));
    }

    public static Optional<Exchange> find(ServletRequest request) {
        return Optional.ofNullable((Exchange) request.getAttribute(ATTRIBUTE));
    }

    public RequestFacts facts() {
        return facts;
    }

    /**
     * Whether a proxy that nobody trusts says that it passed this request on. Then the address it came from is the
     * proxy's, and where the client is remains unknown.
     */
    public boolean isForwarded() {
        return unvouched != null && ForwardingFields.areOn(unvouched);
    }

    /** How long this request has been with us. */
    public long elapsedNanos() {
        return ticks.getAsLong() - started;
    }

    /** How long the client will still wait; negative where it has given up, empty where it did not say. */
    public Optional<Duration> remaining() {
        return facts.deadline() == null ? Optional.empty() : Optional.of(Duration.ofNanos(remainingNanos()));
    }

    /** The same in nanoseconds; the greatest number where the client did not say. */
    public long remainingNanos() {
        Instant deadline = facts.deadline();
        return deadline == null
                ? Long.MAX_VALUE
                : ChronoUnit.NANOS.between(facts.receivedAt(), deadline) - elapsedNanos();
    }

    /** What the client says this request is for; read once, so that it is still known when the request is gone. */
    public Priority priority() {
        if (priority == null) {
            priority = Priority.parse(header("Priority"));
        }
        return priority;
    }

    /** Called by the edge once the route is known, where the path came without any encoding. */
    public void matched(Endpoint found) {
        endpoint = found;
    }

    /**
     * Called by the edge once the route is known.
     *
     * @param found the declared endpoint
     * @param decoded the path without its encoding, in which the values of the endpoint's variables stand
     */
    public void matched(Endpoint found, String decoded) {
        endpoint = found;
        path = decoded;
    }

    /** Whether the request is for a declared endpoint. */
    public boolean isMatched() {
        return endpoint != null;
    }

    /** The declared endpoint that this request is for. */
    public Endpoint endpoint() {
        if (endpoint == null) {
            throw new IllegalStateException("no route is known yet for " + facts.method() + " " + facts.path());
        }
        return endpoint;
    }

    /** Keeps what a step will need in its {@link EdgeStep#after}; called by that step, once. */
    public void keep(EdgeStep step, Object what) {
        kept = new Kept(step, what, kept);
    }

    /** What a step has kept for itself, null if it has kept nothing. */
    public @Nullable Object kept(EdgeStep step) {
        for (Kept one = kept; one != null; one = one.before) {
            if (one.step.equals(step)) {
                return one.what;
            }
        }
        return null;
    }

    /** Called by the edge once every step has let the request pass. */
    public void admitted() {
        admitted = true;
    }

    /** Whether the request came through the edge to its handler. */
    public boolean isAdmitted() {
        return admitted;
    }

    /** Called by the authentication step once the token has been verified. */
    public void authenticated(Caller verified) {
        caller = requireNonNull(verified, "the caller must not be null: where nobody is known, leave the call out");
    }

    public boolean isAuthenticated() {
        return caller != null;
    }

    public Optional<Caller> tryCaller() {
        return Optional.ofNullable(caller);
    }

    /** Who is calling; without a verified token this refuses with 401. */
    public Caller caller() {
        if (caller == null) {
            throw Problem.UNAUTHENTICATED
                    .detail("send an access token: Authorization: Bearer ...")
                    .exception();
        }
        return caller;
    }

    /** The declared path, such as {@code /v1/orders/{id}}. */
    public String template() {
        return endpoint().template();
    }

    /** The decoded value of a variable of the template. */
    public String pathParameter(String name) {
        return endpoint().value(name, path);
    }

    /** The rules of one kind that were declared for this route, in order of declaration. */
    public <R> List<R> declared(Class<R> kind) {
        return endpoint().declared(kind);
    }

    public @Nullable String header(String name) {
        return request.getHeader(name);
    }

    /** Every line of a field, in the order they came. */
    public List<String> headers(String name) {
        return Collections.list(request.getHeaders(name));
    }

    /**
     * The distributed trace this request belongs to: the one its {@code traceparent} names, or one that starts here.
     * Every call gives the same. Read from the request by the first call.
     */
    public TraceContext trace() {
        if (trace == null) {
            String parent = request.getHeader("traceparent");
            // Two of them contradict each other, and the state may come in several lines (section 3.3.1.1).
            boolean one = parent != null && headers("traceparent").size() == 1;
            String state =
                    one && request.getHeader("tracestate") != null ? String.join(",", headers("tracestate")) : null;
            trace = TraceContext.next(one ? parent : null, state, Ambient.quickRandom());
        }
        return trace;
    }

    /**
     * The first value of a query parameter. Taken from the query alone: the servlet's own parameters would read a
     * form's body as well.
     */
    public @Nullable String query(String name) {
        String query = request.getQueryString();
        if (query == null) {
            return null;
        }
        try {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String key = equals < 0 ? pair : pair.substring(0, equals);
                if (URLDecoder.decode(key, StandardCharsets.UTF_8).equals(name)) {
                    return equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                }
            }
            return null;
        } catch (IllegalArgumentException notEncoded) {
            throw Problem.MALFORMED_REQUEST
                    .detail("the query has a % that two hexadecimal digits do not follow")
                    .exception();
        }
    }

    /** The whole body; its size is bounded by the edge. Can be read once, and not beside the servlet's own stream. */
    public byte[] body() {
        try {
            return request.getInputStream().readAllBytes();
        } catch (IOException gone) {
            throw Problem.INCOMPLETE_BODY.exception();
        }
    }

    /** The protocol's name and version, such as {@code HTTP/1.1}. */
    public String protocol() {
        return request.getProtocol();
    }

    /** Whether the answer is one that was given before, to the same idempotent request. */
    public boolean isReplayed() {
        return replayed;
    }

    /** What the last sent answer refuses with, null where it is below 400 or nothing was sent. */
    public @Nullable Problem tryRefusal() {
        return refusal;
    }

    public void setHeader(String name, String value) {
        response.setHeader(name, value);
    }

    public void addHeader(String name, String value) {
        response.addHeader(name, value);
    }

    /**
     * SHA-256 over method, path, query, media type and body: two requests with one fingerprint ask for the same. What
     * the handler has left unread of the body is read now. Every call after the first gives the same bytes.
     *
     * @throws IllegalStateException on a route that was not declared idempotent
     */
    public byte[] fingerprint() {
        if (payload == null) {
            throw new IllegalStateException("declare the route " + template() + " idempotent() to fingerprint it");
        }
        if (!payload.isFinished()) {
            try {
                request.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException gone) {
                throw Problem.INCOMPLETE_BODY.exception();
            }
        }
        return payload.finish(
                facts.method(),
                facts.path(),
                Objects.requireNonNullElse(request.getQueryString(), ""),
                Objects.requireNonNullElse(request.getContentType(), ""));
    }

    /** Whether the fingerprint has been asked for, as it is by everything that makes a request idempotent. */
    public boolean isFingerprinted() {
        return payload != null && payload.isFinished();
    }

    /**
     * Sends a whole answer; nothing may be written after it. One of 400 and above is sent by the edge, as every other
     * refusal: as its problem if it is an {@link Answer#problem}, else as the problem that its status stands for.
     *
     * @throws IllegalStateException if an answer was sent before
     */
    public void send(Answer answer) {
        if (answer == null) {
            throw new NullPointerException("the handler of "
                    + (endpoint == null ? facts.method() + " " + facts.path() : endpoint)
                    + " answered null: return an answer, such as Answer.of(204)");
        }
        if (sent != 0) {
            throw new IllegalStateException("this exchange has an answer already, of status " + sent
                    + ": send one, or return it, but not both; was to be answered with " + answer.status() + " too");
        }
        sent = answer.status();
        replayed = answer.header(REPLAYED) != null;
        refusal = answer.status() < 400 ? null : refusal(answer);
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        byte[] body = answer.body();
        try {
            if (body.length > 0) {
                response.setContentLength(body.length);
                response.getOutputStream().write(body);
            }
        } catch (IOException gone) {
            throw new UncheckedIOException("the client went away before the answer was sent", gone);
        }
    }

    private static Problem refusal(Answer answer) {
        boolean problem = MediaType.of(answer.header("Content-Type")).equals(ProblemWriter.MEDIA_TYPE);
        Problem refusal =
                problem ? ProblemReader.read(answer.status(), answer.body()) : Problem.ofStatus(answer.status());
        for (Map.Entry<String, String> field : answer.headers().entrySet()) {
            // Its type, language and length are those of the body that is written for this client.
            boolean ofTheBody = field.getKey().regionMatches(true, 0, "Content-", 0, "Content-".length());
            if (field.getKey().equalsIgnoreCase(REPLAYED) || (problem && !ofTheBody)) {
                refusal = refusal.header(field.getKey(), field.getValue());
            }
        }
        return refusal;
    }
}
