// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.access;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.route.Access;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Only somebody who has shown lately, or by certain methods, who they are. Others get 401 {@code step-up-required},
 * which tells the app what to ask for (RFC 9470): {@code maxAge} in seconds, and {@code methods}, one of which will do.
 * The app asks, sends it to {@code POST /v1/auth/step-up}, and comes back with the token it got. That takes the
 * password, which is the method {@code pwd}, and codes: {@code otp} by mail and {@code sms} to a phone. Staff in
 * somebody's place get 403.
 *
 * <pre>{@code
 * routes.signedIn(DELETE, "/v1/me").access(StepUp.within(Duration.ofMinutes(5)))
 *         .signedIn(POST, "/v1/payouts").access(StepUp.within(Duration.ofMinutes(5)).by("otp", "hwk"));
 * }</pre>
 *
 * @param maxAge how long ago at most; null for any time since the sign-in
 * @param methods one of which was used then (RFC 8176 section 2); empty for any
 */
public record StepUp(@Nullable Duration maxAge, Set<String> methods) implements Access {

    /** The answer to a caller who has to show again who they are. */
    public static final Problem STEP_UP_REQUIRED =
            Problem.of(401, "step-up-required", "Who is at the device has to show again who they are.");

    /** Whoever acts in the place of another can't show that they are that other. */
    private static final InPerson IN_PERSON = new InPerson();

    public StepUp {
        if (maxAge != null && (maxAge.isNegative() || maxAge.toSeconds() < 1)) {
            throw new IllegalArgumentException("maxAge must be at least a second, was " + maxAge);
        }
        requireNonNull(methods, "methods must not be null: Set.of() takes any");
        methods.forEach(method -> requireNonNull(method, "a method must not be null: such as otp"));
        methods = Set.copyOf(methods);
        if (maxAge == null && methods.isEmpty()) {
            throw new IllegalArgumentException("a step-up asks for a time or for a method, this one for neither: "
                    + "use Access.signedIn() if any sign-in will do");
        }
    }

    /** Shown within this time before the request. */
    public static StepUp within(Duration maxAge) {
        requireNonNull(maxAge, "maxAge must not be null: StepUp.method(...) asks for no time");
        return new StepUp(maxAge, Set.of());
    }

    /** Shown by one of these methods, such as {@code otp}, whenever that was. */
    public static StepUp method(String... alternatives) {
        return new StepUp(null, distinct(alternatives));
    }

    /** The same time, and by one of these methods. */
    public StepUp by(String... alternatives) {
        return new StepUp(maxAge, distinct(alternatives));
    }

    @Override
    public void check(Exchange exchange) {
        IN_PERSON.check(exchange);
        Authentication shown = exchange.caller().authentication();
        boolean recent = maxAge == null
                || !shown.at().plus(maxAge).isBefore(exchange.facts().receivedAt());
        // Whoever has shown nothing, such as a guest, has not shown it lately either.
        boolean byMethod = methods.isEmpty()
                ? !shown.methods().isEmpty()
                : methods.stream().anyMatch(shown.methods()::contains);
        if (!recent || !byMethod) {
            throw refusal().exception();
        }
    }

    @Override
    public boolean needsCaller() {
        return true;
    }

    private static Set<String> distinct(String[] alternatives) {
        requireNonNull(alternatives, "methods must not be null: without any each will do");
        return new HashSet<>(Arrays.asList(alternatives));
    }

    /** RFC 9470 section 3; {@code methods} stand where OpenID providers would put {@code acr_values}. */
    private Problem refusal() {
        List<String> wanted = List.copyOf(new TreeSet<>(methods));
        var challenge = new StringBuilder("Bearer error=\"insufficient_user_authentication\"");
        Problem refusal = STEP_UP_REQUIRED.detail("ask who is at the device, send it to step-up, and try again");
        if (!wanted.isEmpty()) {
            challenge.append(", acr_values=\"").append(String.join(" ", wanted)).append('"');
            refusal = refusal.with("methods", wanted);
        }
        if (maxAge != null) {
            challenge.append(", max_age=\"").append(maxAge.toSeconds()).append('"');
            refusal = refusal.with("maxAge", maxAge.toSeconds());
        }
        return refusal.header("WWW-Authenticate", challenge.toString());
    }
}
