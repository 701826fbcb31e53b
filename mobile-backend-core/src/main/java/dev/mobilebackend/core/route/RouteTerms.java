// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.route;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.load.LoadStep;
import dev.mobilebackend.core.load.PriorityRule;
import dev.mobilebackend.core.ratelimit.RateLimit;
import dev.mobilebackend.core.ratelimit.RateLimitStep;
import dev.mobilebackend.core.ratelimit.RequestCost;
import dev.mobilebackend.core.transport.BodyPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What can be said of a route beside its method and path: more conditions for reaching it, and rules that steps read
 * by their type. Terms that cannot be meant together fail when the table is built.
 *
 * @param <S> what goes on being refined
 */
public interface RouteTerms<S> {

    /** One more rule, of a kind that some step asks an exchange for by {@code declared}. */
    S with(Object rule);

    /** One more condition, of the application's own or made by {@link Access}. */
    default S access(Access condition) {
        return with(condition);
    }

    /** Only somebody who has the role too. */
    default S role(String role) {
        return with(Access.role(role));
    }

    /** Only with a token that may be used for this. */
    default S scope(String scope) {
        return with(Access.scope(scope));
    }

    /** Only the owner of what the last path variable names; see {@link Access#owner(Function)}. */
    default S owner(Function<String, Optional<String>> ownerOf) {
        return with(Access.owner(ownerOf));
    }

    /** Only the owner of what a path variable names. */
    default S owner(String variable, Function<String, Optional<String>> ownerOf) {
        return with(Access.owner(variable, ownerOf));
    }

    /**
     * Only from inside the operator's own network. This goes before everything else, wherever it is declared: outside
     * it looks as if nothing were declared here.
     */
    default S privateNetwork() {
        return with(Access.privateNetwork());
    }

    /** How large and how slow a body may be here, instead of what the edge's transport policy says. */
    default S body(BodyPolicy policy) {
        return with(policy);
    }

    /** One more limit for this endpoint, which counts by itself. */
    default S limit(RateLimit limit) {
        return with(limit);
    }

    /** What a request costs of each limit that counts requests; one permit where nothing is said. */
    default S cost(int permits) {
        return with(RequestCost.of(permits));
    }

    default S cost(RequestCost cost) {
        return with(cost);
    }

    /** No limit applies, neither of rates nor of load, not even those for all routes: for health checks. */
    default S unlimited() {
        return with(RateLimitStep.Exemption.UNLIMITED);
    }

    /** Requests are not counted as load: for those that wait rather than work, such as streams of events. */
    default S uncounted() {
        return with(LoadStep.Exemption.UNCOUNTED);
    }

    /** What the priority that a client states is worth here, such as {@code atMost(BACKGROUND)} for a sync. */
    default S priority(PriorityRule rule) {
        return with(rule);
    }

    /** Takes an {@code Idempotency-Key} and answers a retry with the first answer. */
    default S idempotent() {
        return with(IdempotencyPolicy.standard());
    }

    default S idempotent(IdempotencyPolicy policy) {
        return with(policy);
    }

    /** Says in documents that the body is this record, as JSON. */
    default S accepts(Class<? extends Record> type) {
        return with(new Contract.Accepts(type));
    }

    /** Says in documents that it answers without a body. */
    default S answers(int status) {
        return with(new Contract.Answers(status, List.of()));
    }

    /**
     * Says in documents that it answers with this record, as JSON.
     *
     * @param arguments what its type parameters stand for, as in {@code answers(200, Page.class, Order.class)}
     */
    default S answers(int status, Class<? extends Record> type, Class<?>... arguments) {
        requireNonNull(type, "type must not be null: an answer without a body is answers(status)");
        requireNonNull(arguments, "arguments must not be null");
        var types = new ArrayList<Class<?>>(List.of(arguments));
        types.add(0, type);
        return with(new Contract.Answers(status, types));
    }

    /**
     * Says in documents that it looks at a query parameter: a string, a whole number, a number, a boolean or an enum.
     */
    default S query(String name, Class<?> type) {
        return with(new Contract.Query(name, type));
    }

    /** Says in documents, in one sentence, what it is for. */
    default S summary(String text) {
        return with(new Contract.Summary(text));
    }

    /** Lists it in documents under a word. */
    default S tag(String name) {
        return with(new Contract.Tag(name));
    }
}
