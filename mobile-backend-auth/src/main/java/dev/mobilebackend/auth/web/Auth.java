// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import static java.util.Objects.requireNonNull;

import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.access.Scopes;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.AccountListener;
import dev.mobilebackend.auth.account.AccountParts;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.CodePolicy;
import dev.mobilebackend.auth.account.CodeSignIns;
import dev.mobilebackend.auth.account.CodeSignIns.LinkUse;
import dev.mobilebackend.auth.account.ContactChanges;
import dev.mobilebackend.auth.account.GuestMerge;
import dev.mobilebackend.auth.account.GuestPolicy;
import dev.mobilebackend.auth.account.Guests;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.OneTimeCodes;
import dev.mobilebackend.auth.account.PasswordChanges;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.auth.account.jdbi.JdbiCodeStore;
import dev.mobilebackend.auth.account.jdbi.Outbox;
import dev.mobilebackend.auth.attempt.AttemptObserver;
import dev.mobilebackend.auth.attempt.AttemptPolicy;
import dev.mobilebackend.auth.attempt.AttemptStore;
import dev.mobilebackend.auth.attempt.LoginGuard;
import dev.mobilebackend.auth.attempt.jdbi.JdbiAttemptStore;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.jdbi.JdbiAuditStore;
import dev.mobilebackend.auth.device.KnownDevices;
import dev.mobilebackend.auth.device.SignInListener;
import dev.mobilebackend.auth.device.jdbi.JdbiDeviceStore;
import dev.mobilebackend.auth.dpop.DpopPolicy;
import dev.mobilebackend.auth.dpop.DpopProofs;
import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.key.jdbi.JdbiKeyStore;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.password.PasswordPolicy;
import dev.mobilebackend.auth.password.PasswordRules;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.auth.session.PlaceLookup;
import dev.mobilebackend.auth.session.RevocationFeed;
import dev.mobilebackend.auth.session.Revocations;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.session.Sessions;
import dev.mobilebackend.auth.session.jdbi.JdbiSessionStore;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.exchange.EdgeStep;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.secret.ServerSecret;
import jakarta.servlet.http.HttpServlet;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts, passwords, tokens and sessions of one application, put together over its database. Its tables must be
 * there. Thread safe.
 *
 * <pre>{@code
 * Schema.install(database, Schema.CORE, AuthSchema.TABLES);
 * var auth = Auth.builder(database, secret, (handle, notice) -> jobs.enqueue(handle, new SendMail(notice)))
 *         .accessTokens(AccessTokenPolicy.of("https://api.shop.example", "shop"))
 *         .build();
 * var edge = JavalinEdge.install(config, Edge.builder().authenticate(auth.bearerStep()).routes(auth.routes()));
 * edge.servlet(auth.path() + "/*", auth.servlet());
 * edge.servlet(Auth.JWKS_PATH, auth.jwksServlet());
 * }</pre>
 *
 * The job that sends a message makes it of its notice by {@code auth.accounts().message(notice)}.
 */
public final class Auth implements AutoCloseable {

    /** Where other services look for the public keys. */
    public static final String JWKS_PATH = "/.well-known/jwks.json";

    private static final Logger LOG = LoggerFactory.getLogger(Auth.class);

    /** Longer than a try takes, which may have locked some of them and be about to lock the others. */
    private static final Duration COUNTS_KEPT = Duration.ofHours(1);

    /** How long a device is known after the last session of it has ended. */
    private static final Duration DEVICES_KEPT = Duration.ofDays(180);

    private final Database database;
    private final String path;
    private final Accounts accounts;
    private final OneTimeCodes codes;
    private final @Nullable Guests guests;
    private final PasswordConfirmation confirmation;
    private final AttemptStore attempts;
    private final KnownDevices devices;
    private final Sessions sessions;
    private final Revocations revocations = new Revocations();
    private final KeyRing keys;
    private final AuditTrail audit;
    private final RequestTrail trail;
    private final AccessTokens tokens;
    private final DpopGate gate;
    private final Endpoints endpoints;
    private final RevocationFeed feed;
    private final Runnable stop;

    private Auth(Builder chosen) {
        database = chosen.database;
        ServerSecret secret = chosen.secret;
        path = chosen.path;
        audit = new AuditTrail(JdbiAuditStore.of(database), secret, chosen.random);
        JdbiAccountStore accountStore = JdbiAccountStore.of(database);
        JdbiSessionStore sessionStore = JdbiSessionStore.of(database, (handle, accountId, sessionId, at) -> {
            accountStore
                    .find(accountId)
                    .flatMap(Account::contact)
                    .ifPresent(contact ->
                            chosen.outbox.add(handle, new Notice(Notice.Kind.SESSION_REPLAYED, contact.text(), "")));
            audit.record(new AuditEvent(AuditEvents.TOKEN_REPLAYED, accountId, null, sessionId, Map.of(), at));
        });
        devices = new KnownDevices(
                JdbiDeviceStore.of(database), secret, chosen.sessions.absolute().plus(DEVICES_KEPT));
        sessions = new Sessions(chosen.sessions, sessionStore, revocations, secret, chosen.random);
        codes = new OneTimeCodes(chosen.codes, JdbiCodeStore.of(database, chosen.outbox), secret, chosen.random);
        Consumer<Notice> outbox = notice -> database.useTransaction(handle -> chosen.outbox.add(handle, notice));
        var parts = new AccountParts(
                accountStore,
                codes,
                chosen.readyPasswords(),
                chosen.readyRules(),
                sessions,
                audit,
                outbox,
                account -> {
                    devices.forget(account.id());
                    chosen.listener.deleting(account);
                },
                chosen.random);
        accounts = new Accounts(parts);
        GuestMerge merge = chosen.merge;
        guests = merge == null
                ? null
                : new Guests(chosen.guests, parts, (guest, into) -> {
                    devices.forget(guest.id());
                    merge.merge(guest, into);
                });
        JdbiKeyStore keyStore = JdbiKeyStore.besideTrail(database, secret, chosen.random);
        if (!keyStore.tellsOfTrail()) {
            audit.begin(chosen.clock.instant());
        }
        keys = KeyRing.builder(new RecordedKeys(keyStore, audit, chosen.clock))
                .policy(chosen.keys)
                .clock(chosen.clock)
                .random(chosen.random)
                .build();
        tokens = AccessTokens.builder(chosen.accessTokens, keys)
                .clock(chosen.clock)
                .random(chosen.random)
                .build();
        attempts = chosen.attemptStore == null ? JdbiAttemptStore.of(database) : chosen.attemptStore;
        LoginGuard guard = LoginGuard.of(chosen.attempts, attempts, secret, chosen.clock);
        gate = new DpopGate(chosen.dpop == null ? null : new DpopProofs(chosen.dpop, secret));
        trail = new RequestTrail(audit);
        var grants = new Grants(tokens, chosen.scopes);
        var known = new DeviceTrail(devices, accountStore, gate, outbox, chosen.signInListener);
        var answers = new TokenAnswers(accounts, sessions, grants, gate, chosen.places, known, trail);
        var tries = new GuardedTries(guard, known, chosen.observer, trail);
        confirmation = new PasswordConfirmation(accounts, tries);
        endpoints = new Endpoints(path);
        new SignInEndpoints(accounts, tries, answers).addTo(endpoints);
        new SessionEndpoints(sessions, answers, trail).addTo(endpoints);
        if (chosen.clients != null) {
            new TokenEndpoints(chosen.clients, tokens, sessions, revocations, trail).addTo(endpoints);
        }
        new PasswordEndpoints(accounts, new PasswordChanges(parts), known, tries).addTo(endpoints);
        new StepUpEndpoints(accounts, codes, sessions, tries, grants, trail).addTo(endpoints);
        if (chosen.impersonation != null) {
            new ImpersonationEndpoints(chosen.impersonation, accounts, sessions, grants, trail).addTo(endpoints);
        }
        addChosen(chosen, parts, known, tries, answers);
        feed = new RevocationFeed(
                revocations,
                sessionStore,
                sessionStore.tryOpenSignal(),
                chosen.accessTokens.lifetime().plus(chosen.accessTokens.leeway()));
        ScheduledExecutorService handedIn = chosen.scheduler;
        if (handedIn == null) {
            ScheduledExecutorService own = Ambient.scheduler("auth");
            stop = own::shutdown;
            feed.start(own);
        } else {
            stop = () -> {};
            feed.start(handedIn);
        }
    }

    /** The ways in that an application has to choose, since each is one more way in. */
    private void addChosen(
            Builder chosen, AccountParts parts, DeviceTrail known, GuardedTries tries, TokenAnswers answers) {
        var contacts = new ContactEndpoints(new ContactChanges(parts), confirmation, tries);
        contacts.addAddressTo(endpoints);
        var signIns = new CodeEndpoints(new CodeSignIns(parts), known, tries, answers);
        if (chosen.codeSignIn) {
            signIns.addCodesTo(endpoints, chosen.phones);
        }
        if (chosen.linkUse != null) {
            signIns.addLinksTo(endpoints, chosen.linkUse);
        }
        if (chosen.phones) {
            contacts.addPhoneTo(endpoints);
        }
        if (guests != null) {
            new GuestEndpoints(accounts, guests, sessions, tries, answers, trail).addTo(endpoints);
        }
    }

    /**
     * An auth over the application's database.
     *
     * @param outbox takes over the messages that are owed, in the transaction that makes them due
     */
    public static Builder builder(Database database, ServerSecret secret, Outbox outbox) {
        return new Builder(database, secret, outbox);
    }

    /** Finds out who is calling; for {@code Edge.builder().authenticate(...)}. */
    public EdgeStep bearerStep() {
        return new BearerStep(tokens, revocations, gate, endpoints.anonymous());
    }

    /**
     * Declares every endpoint, each open one of {@link #servlet} with a limit for each client that leaves room for many
     * phones behind one address; for {@code Edge.builder().routes(...)}.
     */
    public Consumer<Routes> routes() {
        return routes -> {
            endpoints.declareIn(routes);
            routes.open(HttpMethod.GET, JWKS_PATH);
        };
    }

    /** Where {@link #servlet} has to be mapped, with {@code /*} after it. */
    public String path() {
        return path;
    }

    /** The auth endpoints. */
    public HttpServlet servlet() {
        return new AuthServlet(endpoints, gate, trail);
    }

    /** The public keys, for {@link #JWKS_PATH}. */
    public HttpServlet jwksServlet() {
        return new JwksServlet(keys);
    }

    public Accounts accounts() {
        return accounts;
    }

    public Sessions sessions() {
        return sessions;
    }

    /** What happened to accounts; an application may record events of its own. */
    public AuditTrail audit() {
        return audit;
    }

    /**
     * Runs a step of a request; whatever it records says who asked for it and where from, such as of an account that it
     * deletes or gives a role.
     */
    public <R> R during(Exchange exchange, Supplier<R> step) {
        return trail.during(exchange, step);
    }

    /** Codes that go to a mailbox or a phone. */
    public OneTimeCodes codes() {
        return codes;
    }

    /**
     * Asks the caller for their password before something that a found phone must not do, such as deleting the account;
     * each wrong one counts as at a sign-in. The owner of an account without a password must have shown themselves by a
     * code in the last five minutes; a guest is let through, who has nothing to show. Call it before a transaction, not
     * in one.
     *
     * @param password as it was typed, null if none was; left to the caller to wipe
     * @return the caller's account, with the credentials that were checked: {@link Accounts#delete} and
     *     {@link Accounts#lock} look whether it has them still
     * @throws dev.mobilebackend.core.problem.ProblemException 422 if it is wrong, 429 after too many tries, 401 {@code
     *     step-up-required} where there is none and no code was shown lately, 403 for staff in the caller's place
     * @throws IllegalStateException in a transaction of this database: a wrong try has to count though that rolls back,
     *     on a second connection, which a pool runs out of
     */
    public Account requirePassword(Exchange exchange, char @Nullable [] password) {
        if (database.isInTransaction()) {
            throw new IllegalStateException("requirePassword was called in a transaction, and a wrong try must count"
                    + " though that rolls back: call it before the transaction begins, and look in it with"
                    + " accounts().lock(account) whether the account is still as it was");
        }
        return confirmation.require(exchange, password);
    }

    /** The signing keys, to rotate them. */
    public KeyRing keys() {
        return keys;
    }

    /**
     * Forgets what ended long ago, and ends guests to whom nobody can come back, which the listener hears of. Logs the
     * head of the audit trail, to be held against it some day. For a job that an application runs every hour, in no
     * transaction; all instances may do so at once.
     *
     * @return how many rows that were
     * @throws IllegalStateException at the end, if some of it could not be done; the rest has been
     */
    public int purge(Instant now) {
        if (database.isInTransaction()) {
            throw new IllegalStateException(
                    "purge was called in a transaction: call it outside of any, since its steps are transactions");
        }
        var upkeep = new Upkeep()
                .inSteps("forget sessions", atMost -> sessions.purgeEnded(now, atMost))
                .inSteps("forget codes", atMost -> codes.purgeExpired(now, atMost))
                .inSteps("forget tries", atMost -> attempts.purge(now.minus(COUNTS_KEPT), atMost))
                .inSteps("forget devices", atMost -> devices.purge(now, atMost))
                .step("log the head of the audit trail", this::logHead);
        // Last, because the application's own listener has a say in it.
        if (guests != null) {
            upkeep.step("end guests", () -> guests.endAbandoned(now));
        }
        return upkeep.rows();
    }

    private int logHead() {
        LOG.info("the audit trail has come to {}", audit.head());
        return 0;
    }

    /** Stops reading what other instances revoke. */
    @Override
    public void close() {
        feed.close();
        stop.run();
    }

    /** Chooses what may be chosen; each choice has a safe default. */
    public static final class Builder {

        /** Segments as routes have them, but no variable: a servlet is mapped there. */
        private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+");

        private final Database database;
        private final ServerSecret secret;
        private final Outbox outbox;
        private String path = "/v1/auth";
        private CodePolicy codes = CodePolicy.standard();
        private PasswordPolicy rules = PasswordPolicy.standard();
        private HashingPolicy hashing = HashingPolicy.standard();
        private SessionPolicy sessions = SessionPolicy.standard();
        private AccessTokenPolicy accessTokens = AccessTokenPolicy.of("mobile-backend", "mobile-backend");
        private KeyPolicy keys = KeyPolicy.standard();
        private AttemptPolicy attempts = AttemptPolicy.standard();
        private @Nullable AttemptStore attemptStore;
        private @Nullable DpopPolicy dpop;
        private @Nullable List<TokenClient> clients;
        private PlaceLookup places = PlaceLookup.NONE;
        private boolean codeSignIn;
        private boolean phones;
        private @Nullable LinkUse linkUse;
        private Scopes scopes = Scopes.NONE;
        private @Nullable ImpersonationPolicy impersonation;
        private @Nullable GuestMerge merge;
        private GuestPolicy guests = GuestPolicy.standard();
        private AccountListener listener = AccountListener.NONE;
        private AttemptObserver observer = AttemptObserver.NONE;
        private SignInListener signInListener = SignInListener.NONE;
        private InstantSource clock = Ambient.clock();
        private SecureRandom random = Ambient.random();
        private @Nullable Passwords readyPasswords;
        private @Nullable PasswordRules readyRules;
        private @Nullable ScheduledExecutorService scheduler;

        private Builder(Database database, ServerSecret secret, Outbox outbox) {
            this.database = requireNonNull(database, "database must not be null: such as Database.of(source)");
            this.secret = requireNonNull(secret, "secret must not be null: such as ServerSecret.ofBase64(text)");
            this.outbox = requireNonNull(outbox, "outbox must not be null: it takes over the messages that are owed");
        }

        /**
         * Where the endpoints are; {@code /v1/auth} unless said otherwise.
         *
         * @throws IllegalArgumentException if it is not made of plain names, each behind a slash
         */
        public Builder path(String prefix) {
            requireNonNull(prefix, "path must not be null: leave it out for /v1/auth");
            if (!PATH.matcher(prefix).matches()) {
                throw new IllegalArgumentException("path must be plain names, each behind a slash and none after the"
                        + " last, such as /v1/auth, was '" + prefix + "'");
            }
            path = prefix;
            return this;
        }

        public Builder codes(CodePolicy policy) {
            codes = requireNonNull(policy, "codes must not be null: leave them out for the standard ones");
            return this;
        }

        public Builder passwordRules(PasswordPolicy policy) {
            rules = requireNonNull(policy, "passwordRules must not be null: leave them out for the standard ones");
            return this;
        }

        public Builder hashing(HashingPolicy policy) {
            hashing = requireNonNull(policy, "hashing must not be null: leave it out for the standard one");
            return this;
        }

        /**
         * Hashing that is put together already, with a pepper or for accounts of another system, instead of a policy.
         */
        public Builder hashing(Passwords ready) {
            readyPasswords = requireNonNull(ready, "hashing must not be null: leave it out for the standard one");
            return this;
        }

        /** Rules that are put together already, such as with a list of breached passwords, instead of a policy. */
        public Builder passwordRules(PasswordRules ready) {
            readyRules = requireNonNull(ready, "passwordRules must not be null: leave them out for the standard ones");
            return this;
        }

        public Builder sessions(SessionPolicy policy) {
            sessions = requireNonNull(policy, "sessions must not be null: leave them out for the standard ones");
            return this;
        }

        public Builder accessTokens(AccessTokenPolicy policy) {
            accessTokens =
                    requireNonNull(policy, "accessTokens must not be null: leave them out for the standard ones");
            return this;
        }

        public Builder keys(KeyPolicy policy) {
            keys = requireNonNull(policy, "keys must not be null: leave them out for the standard ones");
            return this;
        }

        public Builder attempts(AttemptPolicy policy) {
            attempts = requireNonNull(policy, "attempts must not be null: leave them out for the standard ones");
            return this;
        }

        /**
         * Counts tries there instead of in the database: in memory, for example, where there is one instance only and a
         * restart may forget them.
         */
        public Builder attempts(AttemptStore store) {
            attemptStore = requireNonNull(store, "attempts must not be null: leave them out to count in the database");
            return this;
        }

        /**
         * Binds the session of a device that brings a proof of possession to its sign-in (RFC 9449) to that key, from
         * then on: neither its refresh tokens nor its access tokens are worth anything without it. Once chosen it has
         * to stay, or those devices must sign in again.
         */
        public Builder dpop(DpopPolicy policy) {
            dpop = requireNonNull(policy, "dpop must not be null: leave it out where no session is bound to a key");
            return this;
        }

        /**
         * Adds the endpoints {@code /revoke} (RFC 7009), where anybody gives up a token, and {@code /introspect} (RFC
         * 7662), where these services ask what one is good for.
         *
         * @throws IllegalArgumentException if there are none, or two with one id
         */
        public Builder tokenEndpoints(TokenClient... services) {
            requireNonNull(services, "tokenEndpoints must not be null: leave them out where no service asks");
            if (services.length == 0) {
                throw new IllegalArgumentException("tokenEndpoints must name the services that may ask, were none:"
                        + " leave them out where no service asks");
            }
            var ids = new HashSet<String>();
            for (TokenClient service : services) {
                requireNonNull(service, "a service of tokenEndpoints must not be null: leave it out");
                if (!ids.add(service.id())) {
                    throw new IllegalArgumentException("tokenEndpoints must have one service of each id, had two of '"
                            + service.id() + "': give one of them another id");
                }
            }
            clients = List.of(services);
            return this;
        }

        /**
         * Tells where devices are, for their owners to see in the list of their sessions; nowhere unless said
         * otherwise.
         */
        public Builder places(PlaceLookup lookup) {
            places = requireNonNull(lookup, "places must not be null: leave them out where none are known");
            return this;
        }

        /** Lets people sign in by a code that goes to their mailbox, and to their phone where those are known. */
        public Builder codeSignIn() {
            codeSignIn = true;
            return this;
        }

        /** Lets people sign in by a link that goes to their mailbox. */
        public Builder linkSignIn(LinkUse use) {
            linkUse = requireNonNull(use, "linkSignIn must not be null: leave it out where nobody signs in by a link");
            return this;
        }

        /** Lets accounts have a phone; then the outbox gets notices for text messages too. */
        public Builder phones() {
            phones = true;
            return this;
        }

        /** Lets people begin without an address, as guests. */
        public Builder guests(GuestMerge handOver) {
            merge = requireNonNull(handOver, "guests must not be null: leave them out where there are none");
            return this;
        }

        /** Says what each new access token may be used for; no token has a scope unless said otherwise. */
        public Builder scopes(Scopes rule) {
            scopes = requireNonNull(rule, "scopes must not be null: leave them out where no token has one");
            return this;
        }

        /**
         * Lets staff act in the place of accounts that have no role, by {@code POST /impersonation}. Each time is on
         * the audit trail with its reason, and what they do then names them there.
         */
        public Builder impersonation(ImpersonationPolicy policy) {
            impersonation = requireNonNull(policy, "impersonation must not be null: leave it out where nobody may");
            return this;
        }

        /** The same by another policy than the standard one. */
        public Builder guests(GuestMerge handOver, GuestPolicy policy) {
            guests = requireNonNull(policy, "the policy of guests must not be null: leave it out for the standard one");
            return guests(handOver);
        }

        /** Hears of accounts that end, in the transaction in which they do. */
        public Builder listener(AccountListener other) {
            listener = requireNonNull(other, "listener must not be null: leave it out where nobody listens");
            return this;
        }

        /** Hears what becomes of tries at passwords, codes and links; {@code AttemptMetrics} counts them for Micrometer. */
        public Builder observe(AttemptObserver other) {
            observer = requireNonNull(other, "observe must not be null: leave it out");
            return this;
        }

        /** Hears of sign-ins on new devices and from impossibly far away, in the transaction that opens the session. */
        public Builder signInListener(SignInListener other) {
            signInListener =
                    requireNonNull(other, "signInListener must not be null: leave it out where nobody listens");
            return this;
        }

        public Builder clock(InstantSource source) {
            clock = requireNonNull(source, "clock must not be null: leave it out for the system's");
            return this;
        }

        public Builder random(SecureRandom generator) {
            random = requireNonNull(generator, "random must not be null: leave it out for our own");
            return this;
        }

        /**
         * Reads revocations on this scheduler, which stays the caller's to shut down, instead of on a thread of its
         * own.
         */
        public Builder scheduler(ScheduledExecutorService shared) {
            scheduler = requireNonNull(shared, "scheduler must not be null: leave it out for our own");
            return this;
        }

        private Passwords readyPasswords() {
            return readyPasswords == null
                    ? Passwords.builder(hashing).random(random).build()
                    : readyPasswords;
        }

        /** Unless said otherwise, the service is known to people by the name of its tokens' audience. */
        private PasswordRules readyRules() {
            return readyRules == null
                    ? PasswordRules.builder(rules)
                            .words(accessTokens.audience())
                            .build()
                    : readyRules;
        }

        /**
         * Reads the signing keys, making the first one where there is none, and what has been revoked.
         *
         * @throws IllegalArgumentException if everybody meets the condition of an {@link #impersonation}, which is tried
         *     on somebody who is nobody in particular
         */
        public Auth build() {
            if (impersonation != null) {
                Anybody.requireRefused(impersonation.who(), clock.instant());
            }
            return new Auth(this);
        }
    }
}
