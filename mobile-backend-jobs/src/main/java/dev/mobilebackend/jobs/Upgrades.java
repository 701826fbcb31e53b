// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads payloads of earlier versions of a job's record, step by step, up to the one that its handler takes. */
final class Upgrades {

    private final Map<Version, Step<?>> steps;

    /** A version of a kind. */
    private record Version(String kind, int number) {}

    private record Step<O extends Record>(Class<O> older, Function<O, ? extends Record> newer) {
        Record apply(String payload) {
            return newer.apply(Payload.read(payload, older));
        }
    }

    private Upgrades(Map<Version, Step<?>> steps) {
        this.steps = Map.copyOf(steps);
    }

    static final class Builder {
        private final Map<Version, Step<?>> steps = new HashMap<>();

        <O extends Record> void add(Class<O> older, Function<O, ? extends Record> newer) {
            var version = new Version(NewJob.kindOf(older), Payload.versionOf(older));
            if (steps.putIfAbsent(version, new Step<>(older, newer)) != null) {
                throw new IllegalArgumentException(
                        "version " + version.number + " of the kind " + version.kind + " has two upgrades");
            }
        }

        Upgrades build() {
            return new Upgrades(steps);
        }
    }

    /**
     * The record that a handler takes.
     *
     * @throws IllegalArgumentException if it can't be read, is of a later version, or of one that nothing upgrades
     */
    <J extends Record> J read(String kind, String payload, Class<J> type) {
        int wanted = Payload.versionOf(type);
        String at = payload;
        for (int version = Payload.version(at); version != wanted; version = Payload.version(at)) {
            if (version > wanted) {
                throw new IllegalArgumentException("the payload is of version " + version + " of the kind " + kind
                        + ", and this worker knows version " + wanted + ": a newer one will run it");
            }
            at = Payload.write(next(kind, version, at, wanted));
        }
        return Payload.read(at, type);
    }

    private Record next(String kind, int version, String payload, int wanted) {
        @Nullable Step<?> step = steps.get(new Version(kind, version));
        if (step == null) {
            throw new IllegalArgumentException("the payload is of version " + version + " of the kind " + kind
                    + ", the handler takes version " + wanted + ": say with Worker.Builder.upgrade how one becomes the"
                    + " other");
        }
        Record newer = step.apply(payload);
        if (!NewJob.kindOf(newer.getClass()).equals(kind) || Payload.versionOf(newer.getClass()) <= version) {
            throw new IllegalArgumentException("the upgrade of version " + version + " of the kind " + kind
                    + " must give a later version of the same kind, gave a "
                    + newer.getClass().getSimpleName());
        }
        return newer;
    }
}
