// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.mobilebackend.auth.access.Attribute;
import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.access.Permissions;
import dev.mobilebackend.auth.access.StepUp;
import dev.mobilebackend.auth.account.AccountListener;
import dev.mobilebackend.auth.account.AccountParts;
import dev.mobilebackend.auth.account.Accounts;
import dev.mobilebackend.auth.account.CodePolicy;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.GuestPolicy;
import dev.mobilebackend.auth.attempt.Allowance;
import dev.mobilebackend.auth.attempt.AttemptPolicy;
import dev.mobilebackend.auth.attempt.AttemptStore;
import dev.mobilebackend.auth.audit.AuditArchive;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditHead;
import dev.mobilebackend.auth.audit.AuditTrail;
import dev.mobilebackend.auth.audit.InMemoryAuditStore;
import dev.mobilebackend.auth.dpop.DpopPolicy;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyPolicy;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.password.Argon2Cost;
import dev.mobilebackend.auth.password.FirebaseScrypt;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.password.PasswordPolicy;
import dev.mobilebackend.auth.password.PasswordRules;
import dev.mobilebackend.auth.password.Passwords;
import dev.mobilebackend.auth.password.Pepper;
import dev.mobilebackend.auth.session.SessionPolicy;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.auth.web.TokenClient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.secret.ServerSecret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an application says when it puts auth together, each with something left null or at odds with itself: it fails
 * where it is said and names what that was, not with the first request.
 */
class NothingIsNullTest {

    private static final ServerSecret SECRET = ServerSecret.of(new byte[32]);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant NOW = Instant.EPOCH;
    private static final String LONG_SECRET = "s".repeat(32);
    private static final Access SUPPORT = Access.role("support");
    private static final String STORED = "$argon2id$";

    static Stream<Arguments> ofTheBuilder() {
        Auth.Builder auth = auth();
        return Stream.of(
                arguments("database", said(() -> Auth.builder(null, SECRET, (handle, notice) -> {}))),
                arguments("secret", said(() -> Auth.builder(database(), null, (handle, notice) -> {}))),
                arguments("outbox", said(() -> Auth.builder(database(), SECRET, null))),
                arguments("path", said(() -> auth.path(null))),
                arguments("codes", said(() -> auth.codes(null))),
                arguments("passwordRules", said(() -> auth.passwordRules((PasswordPolicy) null))),
                arguments("passwordRules", said(() -> auth.passwordRules((PasswordRules) null))),
                arguments("hashing", said(() -> auth.hashing((HashingPolicy) null))),
                arguments("hashing", said(() -> auth.hashing((Passwords) null))),
                arguments("sessions", said(() -> auth.sessions(null))),
                arguments("accessTokens", said(() -> auth.accessTokens(null))),
                arguments("keys", said(() -> auth.keys(null))),
                arguments("attempts", said(() -> auth.attempts((AttemptPolicy) null))),
                arguments("attempts", said(() -> auth.attempts((AttemptStore) null))),
                arguments("dpop", said(() -> auth.dpop(null))),
                arguments("tokenEndpoints", said(() -> auth.tokenEndpoints((TokenClient[]) null))),
                arguments("a service of tokenEndpoints", said(() -> auth.tokenEndpoints((TokenClient) null))),
                arguments("places", said(() -> auth.places(null))),
                arguments("linkSignIn", said(() -> auth.linkSignIn(null))),
                arguments("guests", said(() -> auth.guests(null))),
                arguments("guests", said(() -> auth.guests(null, GuestPolicy.standard()))),
                arguments("the policy of guests", said(() -> auth.guests((guest, into) -> {}, null))),
                arguments("scopes", said(() -> auth.scopes(null))),
                arguments("impersonation", said(() -> auth.impersonation(null))),
                arguments("listener", said(() -> auth.listener(null))),
                arguments("observe", said(() -> auth.observe(null))),
                arguments("signInListener", said(() -> auth.signInListener(null))),
                arguments("clock", said(() -> auth.clock(null))),
                arguments("random", said(() -> auth.random(null))),
                arguments("scheduler", said(() -> auth.scheduler(null))));
    }

    static Stream<Arguments> ofPolicies() {
        var bear = new Allowance(1, ofSeconds(1), ofSeconds(1), ofSeconds(1));
        var cost = new Argon2Cost(8, 1, 1);
        KeyPolicy keys = KeyPolicy.standard();
        SessionPolicy sessions = SessionPolicy.standard();
        ImpersonationPolicy staff = ImpersonationPolicy.by(SUPPORT);
        DpopPolicy dpop = DpopPolicy.of("https://api.shop.example");
        return Stream.of(
                arguments("lifetime", said(() -> new CodePolicy(null, 1, 1))),
                arguments("lifetime", said(() -> new GuestPolicy(null))),
                arguments("idle", said(() -> sessions.withIdle(null))),
                arguments("absolute", said(() -> sessions.withAbsolute(null))),
                arguments("plainRetry", said(() -> sessions.withPlainRetry(null))),
                arguments("straggler", said(() -> sessions.withStraggler(null))),
                arguments("origins", said(() -> DpopPolicy.of((String[]) null))),
                arguments("an origin", said(() -> DpopPolicy.of((String) null))),
                arguments("origins", said(() -> new DpopPolicy(null, ofMinutes(1), 1))),
                arguments("window", said(() -> dpop.window(null))),
                arguments("issuer", said(() -> AccessTokenPolicy.of(null, "shop"))),
                arguments("audience", said(() -> AccessTokenPolicy.of("shop", null))),
                arguments("lifetime", said(() -> new AccessTokenPolicy("a", "b", null, ofSeconds(1)))),
                arguments("leeway", said(() -> new AccessTokenPolicy("a", "b", ofSeconds(1), null))),
                arguments("algorithm", said(() -> keys.withAlgorithm(null))),
                arguments("signFor", said(() -> keys.withSignFor(null))),
                arguments("reloadEvery", said(() -> keys.withReloadEvery(null))),
                arguments("publishAhead", said(() -> keys.withPublishAhead(null))),
                arguments("retention", said(() -> keys.withRetention(null))),
                arguments("accountFromDevice", said(() -> new AttemptPolicy(null, bear, bear, bear, bear))),
                arguments("accountFromClient", said(() -> new AttemptPolicy(bear, null, bear, bear, bear))),
                arguments("account", said(() -> new AttemptPolicy(bear, bear, null, bear, bear))),
                arguments("client", said(() -> new AttemptPolicy(bear, bear, bear, null, bear))),
                arguments("subnet", said(() -> new AttemptPolicy(bear, bear, bear, bear, null))),
                arguments("firstWait", said(() -> new Allowance(1, null, ofSeconds(1), ofSeconds(1)))),
                arguments("longestWait", said(() -> new Allowance(1, ofSeconds(1), null, ofSeconds(1)))),
                arguments("regainEvery", said(() -> new Allowance(1, ofSeconds(1), ofSeconds(1), null))),
                arguments("cost", said(() -> new HashingPolicy(null, cost, 1, 1, ofSeconds(1)))),
                arguments("cap", said(() -> new HashingPolicy(cost, null, 1, 1, ofSeconds(1)))),
                arguments("maxWait", said(() -> new HashingPolicy(cost, cost, 1, 1, null))),
                arguments("who", said(() -> ImpersonationPolicy.by(null))),
                arguments("stepUp", said(() -> staff.after(null))),
                arguments("lifetime", said(() -> staff.lasting(null))),
                arguments("scopes", said(() -> staff.scopes((String[]) null))),
                arguments("a scope", said(() -> staff.scopes((String) null))),
                arguments("maxAge", said(() -> StepUp.within(null))),
                arguments("a method", said(() -> StepUp.method((String) null))),
                arguments("methods", said(() -> StepUp.within(ofMinutes(1)).by((String[]) null))),
                arguments("a method", said(() -> StepUp.within(ofMinutes(1)).by("otp", null))));
    }

    static Stream<Arguments> ofTheRest() {
        var trail = new AuditTrail(new InMemoryAuditStore(), SECRET, RANDOM);
        AuditArchive archive = entries -> {};
        Passwords.Builder passwords = Passwords.builder(HashingPolicy.standard());
        PasswordRules.Builder rules = PasswordRules.builder(PasswordPolicy.standard());
        KeyRing.Builder keys = KeyRing.builder(new InMemoryKeyStore());
        AccessTokenPolicy tokens = AccessTokenPolicy.of("shop", "shop");
        Permissions permissions = Permissions.of(Map.of("support", Set.of("orders:read")));
        var granted = new HashMap<String, Set<String>>();
        granted.put("support", null);
        EmailAddress ada = EmailAddress.parse("ada@example.org");
        return Stream.of(
                arguments("id", said(() -> TokenClient.of(null, LONG_SECRET))),
                arguments("secret", said(() -> TokenClient.of("billing", null))),
                arguments("byRole", said(() -> Permissions.of(null))),
                arguments("permissions of role support", said(() -> Permissions.of(granted))),
                arguments("permission", said(() -> permissions.needs(null))),
                arguments("name", said(() -> Attribute.of(null, exchange -> true))),
                arguments("holds", said(() -> Attribute.of("an adult", null))),
                arguments("text", said(() -> AuditHead.parse(null))),
                arguments("kept", said(() -> trail.verify(null))),
                arguments("olderThan", said(() -> trail.archive(null, archive, NOW))),
                arguments("archive", said(() -> trail.archive(NOW, null, NOW))),
                arguments("now", said(() -> trail.archive(NOW, archive, null))),
                arguments("event", said(() -> trail.record(null))),
                arguments("type", said(() -> new AuditEvent(null, null, null, null, Map.of(), NOW))),
                arguments("details", said(() -> new AuditEvent("job.ran", null, null, null, null, NOW))),
                arguments("at", said(() -> new AuditEvent("job.ran", null, null, null, Map.of(), null))),
                arguments("policy", said(() -> Passwords.of(null))),
                arguments("pepper", said(() -> passwords.pepper(null))),
                arguments("firebase", said(() -> passwords.firebase(null))),
                arguments("imported", said(() -> passwords.imported(null))),
                arguments("foreignCap", said(() -> passwords.foreignCap(null))),
                arguments("random", said(() -> passwords.random(null))),
                arguments("id", said(() -> Pepper.of(null, new byte[16]))),
                arguments("key", said(() -> Pepper.of("2026a", null))),
                arguments("text", said(() -> Pepper.ofBase64("2026a", null))),
                arguments("signerKey", said(() -> FirebaseScrypt.of("shop", null, "Bw==", 8, 14))),
                arguments("policy", said(() -> PasswordRules.builder(null))),
                arguments("a word", said(() -> rules.words((String) null))),
                arguments("breached", said(() -> rules.breached(null))),
                arguments("store", said(() -> KeyRing.builder(null))),
                arguments("policy", said(() -> keys.policy(null))),
                arguments("clock", said(() -> keys.clock(null))),
                arguments("random", said(() -> keys.random(null))),
                arguments("policy", said(() -> AccessTokens.builder(null, keys.build()))),
                arguments("keys", said(() -> AccessTokens.builder(tokens, null))),
                arguments("email", said(() -> accounts().tryImport(null, STORED, Set.of(), NOW))),
                arguments("passwordHash", said(() -> accounts().tryImport(ada, null, Set.of(), NOW))),
                arguments("roles", said(() -> accounts().tryImport(ada, STORED, null, NOW))),
                arguments("now", said(() -> accounts().tryImport(ada, STORED, Set.of(), null))));
    }

    @ParameterizedTest
    @MethodSource({"ofTheBuilder", "ofPolicies", "ofTheRest"})
    void saysWhatMustNotBeNull(String name, Executable said) {
        var refused = assertThrows(NullPointerException.class, said);

        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith(name + " must not be null: "), message);
    }

    static Stream<Arguments> contradictions() {
        Auth.Builder auth = auth();
        TokenClient billing = TokenClient.of("billing", LONG_SECRET);
        return Stream.of(
                arguments(path(""), said(() -> auth.path(""))),
                arguments(path("/"), said(() -> auth.path("/"))),
                arguments(path("v1/auth"), said(() -> auth.path("v1/auth"))),
                arguments(path("/v1/auth/"), said(() -> auth.path("/v1/auth/"))),
                arguments(path("/v1//auth"), said(() -> auth.path("/v1//auth"))),
                arguments(path("/v1/../auth"), said(() -> auth.path("/v1/../auth"))),
                arguments(path("/{t}/auth"), said(() -> auth.path("/{t}/auth"))),
                arguments(
                        "tokenEndpoints must name the services that may ask, were none: leave them out where no service"
                                + " asks",
                        said(auth::tokenEndpoints)),
                arguments(
                        "tokenEndpoints must have one service of each id, had two of 'billing': give one of them"
                                + " another id",
                        said(() -> auth.tokenEndpoints(billing, TokenClient.of("billing", "t".repeat(32))))),
                arguments(
                        "an origin must be like https://api.shop.example, without query or fragment, was"
                                + " 'https://api.shop.example?a=b'",
                        said(() -> DpopPolicy.of("https://api.shop.example?a=b"))),
                arguments(
                        "an origin must be like https://api.shop.example, without query or fragment, was"
                                + " 'https://api.shop.example/#a'",
                        said(() -> DpopPolicy.of("https://api.shop.example/#a"))));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void saysWhatIsAtOddsWithItself(String message, Executable said) {
        var refused = assertThrows(IllegalArgumentException.class, said);

        assertEquals(message, refused.getMessage());
    }

    private static String path(String given) {
        return "path must be plain names, each behind a slash and none after the last, such as /v1/auth, was '" + given
                + "'";
    }

    private static Executable said(Executable what) {
        return what;
    }

    private static Auth.Builder auth() {
        return Auth.builder(database(), SECRET, (handle, notice) -> {});
    }

    /** Comes no further than to look at what it is given. */
    private static Accounts accounts() {
        return new Accounts(
                new AccountParts(null, null, null, null, null, null, notice -> {}, AccountListener.NONE, RANDOM));
    }

    private static Database database() {
        var source = new JdbcDataSource();
        source.setUrl("jdbc:h2:mem:nulls");
        return Database.of(source);
    }
}
