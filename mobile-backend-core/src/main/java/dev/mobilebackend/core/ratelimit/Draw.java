// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.ratelimit;

import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.ProblemException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one request draws from its limits. A limit has one band, or two that follow each other where the site of its
 * subject is counted as well; clients see one limit, by the band that has less left.
 */
final class Draw {

    private final Bands bands;
    private final Band[] drawn;
    private final long[] permits;
    private @Nullable Draw next;

    Draw(int most) {
        bands = new Bands(most);
        drawn = new Band[most];
        permits = new long[most];
    }

    void addOwn(Band band, long subject, long permits) {
        add(band, band.own(), subject, permits);
    }

    /** Follows the subject's own band. */
    void addSite(Band band, long site, long permits) {
        add(band, band.site(), site, permits);
    }

    private void add(Band band, Rate rate, long key, long asked) {
        drawn[bands.count()] = band;
        permits[bands.count()] = asked;
        bands.add(band.limit().key() ^ key, rate.cost(asked), rate.window());
    }

    Bands bands() {
        return bands;
    }

    /** Another draw of the same request that took what it asked for, to be settled with this one. */
    void follow(Draw other) {
        other.next = next;
        next = other;
    }

    /**
     * What this and the draws that follow have to be charged still, or less than nothing where something goes back: to
     * the subjects they drew from and at the rates that held then, whatever holds by now.
     *
     * @param inTheEnd the permits that a band should have given
     */
    Bands settlement(ToLongFunction<Band> inTheEnd) {
        var rest = new Bands(bands.count());
        for (Draw draw = this; draw != null; draw = draw.next) {
            draw.settleInto(rest, inTheEnd);
        }
        return rest;
    }

    private void settleInto(Bands rest, ToLongFunction<Band> inTheEnd) {
        for (int i = 0; i < bands.count(); i = next(i)) {
            Band band = drawn[i];
            long charge = inTheEnd.applyAsLong(band) - permits[i];
            if (charge != 0) {
                rest.add(bands.key(i), band.own().cost(charge), bands.window(i));
                if (hasSite(i)) {
                    rest.add(bands.key(i + 1), band.site().cost(charge), bands.window(i + 1));
                }
            }
        }
    }

    /** Says what is left, after everything was taken. */
    void allow(Exchange exchange) {
        for (int i = 0; i < bands.count(); i = next(i)) {
            Band band = drawn[i];
            long remaining = band.own().remaining(bands.outcome(i), 0);
            long wait = band.own().untilMore(bands.outcome(i));
            if (hasSite(i)) {
                long outcome = bands.outcome(i + 1);
                long ofSite = band.site().remaining(outcome, 0);
                wait = ofSite < remaining ? band.site().untilMore(outcome) : wait;
                remaining = Math.min(ofSite, remaining);
            }
            band.allow(exchange, remaining, wait);
        }
    }

    /**
     * Says what is left, after nothing was taken, and makes the answer. Only limits that refused say a time, and what
     * an earlier step said is replaced, since {@code Retry-After} must not be earlier than any time.
     */
    ProblemException refuse(Exchange exchange) {
        var violated = new ArrayList<String>(1);
        Refusal refusal = Refusal.QUOTA_EXCEEDED;
        long longest = 0;
        for (int i = 0; i < bands.count(); i = next(i)) {
            Band band = drawn[i];
            boolean hasSite = hasSite(i);
            long ofOwn = -bands.outcome(i);
            long ofSite = hasSite ? -bands.outcome(i + 1) : 0;
            long wait = Math.max(ofOwn, ofSite);
            long remaining = remaining(band.own(), i);
            remaining = hasSite ? Math.min(remaining(band.site(), i + 1), remaining) : remaining;
            exchange.addHeader("RateLimit-Policy", band.policyField());
            String field = wait > 0 ? band.field(remaining, Band.seconds(wait)) : band.field(remaining);
            if (i == 0) {
                exchange.setHeader("RateLimit", field);
            } else {
                exchange.addHeader("RateLimit", field);
            }
            if (wait > 0) {
                band.limit().countRefused();
                violated.add(band.policy().name());
            }
            if (wait > longest) {
                longest = wait;
                refusal = ofOwn > 0 ? band.policy().refusal() : Refusal.ABNORMAL_USAGE;
            }
        }
        return refusal.problem()
                .with("violated-policies", violated)
                .retryAfter(Duration.of(longest, ChronoUnit.MICROS))
                .exception();
    }

    private long remaining(Rate rate, int band) {
        return rate.remaining(bands.outcome(band), bands.cost(band) / rate.interval());
    }

    private boolean hasSite(int own) {
        return own + 1 < bands.count() && drawn[own + 1] == drawn[own];
    }

    private int next(int own) {
        return own + (hasSite(own) ? 2 : 1);
    }
}
