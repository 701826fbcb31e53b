// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Codes in this process's memory, for tests and prototypes: nothing survives a restart. */
public final class InMemoryCodeStore implements CodeStore {

    private static final Duration HOUR = Duration.ofHours(1);

    private record Key(Purpose purpose, String subject, String origin) {

        static Key of(PendingCode code) {
            return new Key(code.purpose(), code.subject(), code.origin());
        }
    }

    private record Hour(Instant ends, int sent) {

        static Hour next(@Nullable Hour current, Instant at) {
            return current == null || !at.isBefore(current.ends)
                    ? new Hour(at.plus(HOUR), 1)
                    : new Hour(current.ends, current.sent + 1);
        }
    }

    private final Consumer<Notice> outbox;
    private final Map<Key, PendingCode> codes = new HashMap<>();
    private final Map<String, Hour> sends = new HashMap<>();

    public InMemoryCodeStore(Consumer<Notice> outbox) {
        this.outbox = outbox;
    }

    @Override
    public synchronized boolean keep(PendingCode code, Notice notice, SendLimit limit) {
        Hour hour = Hour.next(sends.get(limit.key()), limit.at());
        if (hour.sent() > limit.anHour()) {
            return false;
        }
        outbox.accept(notice);
        sends.put(limit.key(), hour);
        codes.put(Key.of(code), code);
        return true;
    }

    @Override
    public synchronized Optional<PendingCode> takeAttempt(Purpose purpose, String subject, String origin, Instant now) {
        PendingCode code = codes.get(new Key(purpose, subject, origin));
        if (code == null || code.attemptsLeft() == 0 || !now.isBefore(code.expiresAt())) {
            return Optional.empty();
        }
        var tried = new PendingCode(
                purpose,
                subject,
                origin,
                code.contact(),
                code.seed(),
                code.carried(),
                code.attemptsLeft() - 1,
                code.expiresAt());
        codes.put(Key.of(tried), tried);
        return Optional.of(tried);
    }

    @Override
    public synchronized Optional<PendingCode> findBySeed(Purpose purpose, String seed, Instant now) {
        return codes.values().stream()
                .filter(code -> code.purpose() == purpose && code.seed().equals(seed) && now.isBefore(code.expiresAt()))
                .findFirst();
    }

    @Override
    public synchronized boolean use(PendingCode code) {
        PendingCode kept = codes.get(Key.of(code));
        if (kept == null || !kept.seed().equals(code.seed())) {
            return false;
        }
        codes.keySet()
                .removeIf(
                        key -> key.purpose() == code.purpose() && key.subject().equals(code.subject()));
        return true;
    }

    @Override
    public synchronized void forget(Collection<String> subjects) {
        codes.values()
                .removeIf(code -> subjects.contains(code.subject())
                        || subjects.contains(code.contact().text()));
    }

    @Override
    public synchronized int purgeExpired(Instant now, int atMost) {
        int purged = purge(codes.values(), code -> !now.isBefore(code.expiresAt()), atMost);
        return purged + purge(sends.values(), sent -> !now.isBefore(sent.ends()), atMost - purged);
    }

    private static <T> int purge(Collection<T> all, Predicate<T> over, int atMost) {
        int purged = 0;
        for (Iterator<T> each = all.iterator(); purged < atMost && each.hasNext(); ) {
            if (over.test(each.next())) {
                each.remove();
                purged++;
            }
        }
        return purged;
    }
}
