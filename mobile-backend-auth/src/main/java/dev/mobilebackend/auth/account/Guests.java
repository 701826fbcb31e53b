// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.password.Passwords;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules for guests: accounts without an address, which either get one and go on under the same id, or hand over to
 * the account that their owner turns out to have. Thread safe.
 */
public final class Guests {

    private static final Logger LOG = LoggerFactory.getLogger(Guests.class);

    private static final int AT_ONCE = 100;

    /** What refuses one guest mostly refuses them all. */
    private static final int NAMED_IN_LOG = 10;

    private final GuestPolicy policy;
    private final AccountParts parts;
    private final GuestMerge merge;

    public Guests(GuestPolicy policy, AccountParts parts, GuestMerge merge) {
        this.policy = policy;
        this.parts = parts;
        this.merge = merge;
    }

    /** A new account for somebody of whom nothing is known. */
    public Account open(Instant now) {
        var guest = new Account(parts.newId(), null, null, Set.of(), null, now.truncatedTo(ChronoUnit.MICROS), 1);
        return parts.trail().recording(recorder -> {
            parts.store().add(guest, null);
            recorder.record(new AuditEvent(AuditEvents.ACCOUNT_CREATED, guest.id(), guest.id(), null, Map.of(), now));
            return guest;
        });
    }

    /**
     * Sends a code to the address that a guest wants to have, or word that it has an account already.
     *
     * @param time that the caller has
     * @throws dev.mobilebackend.core.problem.ProblemException 422 if the password is not accepted, 503 if too many are
     *     being hashed
     */
    public void upgrade(
            String guestId, EmailAddress email, char[] password, String origin, Duration time, Instant now) {
        Passwords within = parts.passwords().within(time);
        within.requireRoom();
        parts.requireAccepted(password, email, "#/password");
        String hash = within.hash(password);
        boolean taken = parts.store().has(email);
        parts.codes()
                .tryIssue(
                        new CodeRequest(Purpose.GUEST_UPGRADE, guestId, origin, email, hash),
                        taken ? Notice.Kind.ALREADY_REGISTERED : Notice.Kind.VERIFICATION_CODE,
                        now);
    }

    /** The same account with its address and password, if this is the newest code of this origin. */
    public Optional<Account> verify(String guestId, String code, String origin, Instant now) {
        Optional<PendingCode> right = parts.codes().check(Purpose.GUEST_UPGRADE, guestId, origin, code, now);
        if (right.isEmpty()) {
            return Optional.empty();
        }
        PendingCode asked = right.get();
        return parts.trail().recording(recorder -> {
            String hash = asked.carried();
            Optional<Account> guest = parts.store().lock(guestId).filter(Account::isGuest);
            if (guest.isEmpty() || hash == null || !parts.codes().use(asked)) {
                return Optional.empty();
            }
            Optional<Account> upgraded = parts.store()
                    .changeContact(guestId, asked.contact())
                    .flatMap(reachable -> parts.store().setPasswordHash(guestId, hash));
            if (upgraded.isPresent()) {
                parts.codes().forgetOfSessions(guest.get());
                recorder.record(new AuditEvent(AuditEvents.GUEST_UPGRADED, guestId, guestId, null, Map.of(), now));
            }
            return upgraded;
        });
    }

    /**
     * Hands over what the guest has to another account, of which it has been shown that it is theirs, and ends the
     * guest.
     *
     * @param into as it was when that was shown
     * @return whether it did: not if there is no such guest, or the other account has another password, address or
     *     phone by now
     */
    public boolean tryMerge(String guestId, Account into, Instant now) {
        return parts.trail().recording(recorder -> {
            Optional<Account> guest = parts.store().lock(guestId).filter(Account::isGuest);
            Optional<Account> other = parts.lock(into);
            if (guest.isEmpty() || other.isEmpty()) {
                return false;
            }
            merge.merge(guest.get(), other.get());
            if (!parts.store().delete(guestId)) {
                return false;
            }
            parts.codes().forget(guest.get());
            parts.sessions().forgetAll(guestId, now);
            recorder.record(
                    new AuditEvent(AuditEvents.GUEST_MERGED, guestId, into.id(), null, Map.of("into", into.id()), now));
            parts.trail().erase(guestId, into.id(), now);
            return true;
        });
    }

    /**
     * Ends the guests that are older than the policy's lifetime and to whom nobody can come back, each in a transaction
     * like that of {@link Accounts#delete}. One that can not be ended stops no other.
     *
     * @return how many were ended
     * @throws IllegalStateException at the end, if a listener or the database refused some; the log names the first ten
     */
    public int endAbandoned(Instant now) {
        Instant before = now.minus(policy.lifetime());
        RuntimeException first = null;
        int refused = 0;
        int ended = 0;
        Account last = null;
        List<Account> some;
        do {
            some = parts.store().abandonedGuests(before, last, AT_ONCE);
            for (Account guest : some) {
                last = guest;
                try {
                    ended += tryEndAbandoned(guest, now) ? 1 : 0;
                } catch (RuntimeException failed) {
                    first = first == null ? failed : first;
                    refused++;
                    if (refused <= NAMED_IN_LOG) {
                        LOG.warn(
                                "could not end the guest {}, which the next purge tries again: {}",
                                guest.id(),
                                failed.toString());
                    }
                }
            }
        } while (some.size() == AT_ONCE);
        if (first != null) {
            LOG.warn("guests that could not be ended: {}, ended: {}", refused, ended);
            throw new IllegalStateException(
                    "guests that could not be ended: " + refused + ", ended: " + ended
                            + "; the log has the ids of the first",
                    first);
        }
        return ended;
    }

    /** Looks again under the lock that every sign-in takes, since the guest may have come back after it was found. */
    private boolean tryEndAbandoned(Account guest, Instant now) {
        return parts.trail()
                .recording(recorder -> parts.lock(guest).isPresent()
                        && parts.sessions().ofAccount(guest.id(), now).isEmpty()
                        && parts.tryEnd(guest, null, now));
    }
}
