// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.PhoneNumber;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.testkit.app.MobileBackend;
import dev.mobilebackend.testkit.app.TestDatabase;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.client.Reply;
import dev.mobilebackend.testkit.client.RetryPolicy;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whether or not an address or a phone has an account, a request is answered alike after the same statements, as many
 * rows of each and as many notices, so there is nothing for a clock to tell. Whoever asks names a device, by an id and
 * a key. {@code benchmarks/run account-timing} looks at the clock.
 */
class EqualWorkTest {

    private static final String PASSWORD = "correct horse battery";
    private static final AtomicLong COUNT = new AtomicLong();

    /** Who asks. */
    enum Asker {
        NOBODY,
        ACCOUNT,
        GUEST
    }

    /** A request that anybody can make of an address or a phone. */
    record Path(String endpoint, String field, Map<String, String> rest, Asker asker) {

        static Path of(String endpoint, String... rest) {
            return new Path(endpoint, "email", pairs(rest), Asker.NOBODY);
        }

        static Path ofPhone(String endpoint, String... rest) {
            return new Path(endpoint, "phone", pairs(rest), Asker.NOBODY);
        }

        Path by(Asker other) {
            return new Path(endpoint, field, rest, other);
        }

        private static Map<String, String> pairs(String... rest) {
            return rest.length == 0
                    ? Map.of()
                    : rest.length == 2 ? Map.of(rest[0], rest[1]) : Map.of(rest[0], rest[1], rest[2], rest[3]);
        }

        Map<String, String> body(String who) {
            var body = new HashMap<>(rest);
            body.put(field, who);
            return body;
        }

        @Override
        public String toString() {
            return endpoint + " by " + field;
        }
    }

    static Stream<Path> paths() {
        String wrong = "00000000";
        return Stream.of(
                Path.of("sign-up", "password", PASSWORD),
                Path.of("sign-in", "password", "not the right password"),
                Path.of("verify", "code", wrong),
                Path.of("password/forgot"),
                Path.of("password/reset", "code", wrong, "password", PASSWORD),
                Path.of("code/send"),
                Path.ofPhone("code/send"),
                Path.of("code/sign-in", "code", wrong),
                Path.ofPhone("code/sign-in", "code", wrong),
                Path.of("link/send"),
                Path.of("address/change", "password", PASSWORD).by(Asker.ACCOUNT),
                Path.ofPhone("phone/change", "password", PASSWORD).by(Asker.ACCOUNT),
                Path.of("guest/upgrade", "password", PASSWORD).by(Asker.GUEST),
                Path.of("guest/link", "password", "not the right password").by(Asker.GUEST));
    }

    @Nested
    class OnH2 extends Requests {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::h2, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    @Nested
    class OnPostgres extends Requests {

        private static final AuthApp APP = new AuthApp();

        @RegisterExtension
        static final MobileBackend BACKEND = MobileBackend.on(TestDatabase::postgres, APP);

        @Override
        AuthApp app() {
            return APP;
        }
    }

    /** What a request made the server do, and its answer. */
    record Seen(int status, String body, List<String> fields, List<String> statements, int notices) {}

    abstract static class Requests {

        private final long number = COUNT.incrementAndGet();
        private final String email = "dora" + number + "@example.org";
        private final String phoneNumber = "+4940" + (1_000_000 + number);

        abstract AuthApp app();

        /** Looking for an address that nobody has finds the next one: here is one behind them all. */
        @BeforeEach
        void somebodyComesLast() {
            Optional<Account> zoe = app().auth()
                    .accounts()
                    .tryCreate(new EmailAddress("zoe@example.org"), PASSWORD.toCharArray(), Set.of(), Instant.EPOCH);
            zoe.ifPresent(account ->
                    JdbiAccountStore.of(app().database()).changeContact(account.id(), new PhoneNumber("+49999999999")));
        }

        @ParameterizedTest
        @MethodSource("dev.mobilebackend.testkit.auth.EqualWorkTest#paths")
        void whoHasAnAccountCannotBeTold(
                Path path, MobileClient owner, MobileClient.Builder strangers, TestDatabase database) {
            signUpWithPhone(owner);
            MobileClient stranger = strangers.retry(RetryPolicy.NEVER).build();
            signIn(stranger, path.asker());
            boolean byPhone = path.field().equals("phone");
            String known = byPhone ? phoneNumber : email;
            String unknown = byPhone ? "+4941" + (1_000_000 + number) : "nobody-" + email;
            DatabaseWork work = DatabaseWork.of(database.database().jdbi());
            // What is counted for the first time, known or not, has no row yet; the owner has been counted before.
            send(stranger, path, known, work);
            send(stranger, path, unknown, work);

            Seen ofKnown = send(stranger, path, known, work);
            Seen ofUnknown = send(stranger, path, unknown, work);
            Seen ofKnownAgain = send(stranger, path, known, work);
            Seen ofUnknownAgain = send(stranger, path, unknown, work);

            assertEquals(ofKnown, ofUnknown);
            assertEquals(ofKnownAgain, ofUnknownAgain);
            assertFalse(ofKnown.statements().isEmpty());
        }

        private void signIn(MobileClient stranger, Asker asker) {
            if (asker == Asker.ACCOUNT) {
                stranger.signUp("asker-" + email, PASSWORD);
                assertEquals(
                        200,
                        stranger.verify("asker-" + email, app().mail().code()).status());
            } else if (asker == Asker.GUEST) {
                assertEquals(201, stranger.signInBy("/v1/auth/guest", Map.of()).status());
            }
        }

        private void signUpWithPhone(MobileClient owner) {
            owner.signUp(email, PASSWORD);
            assertEquals(200, owner.verify(email, app().mail().code()).status());
            owner.post("/v1/auth/phone/change", Map.of("phone", phoneNumber, "password", PASSWORD));
            String code = app().auth()
                    .accounts()
                    .message(app().notices().stream()
                            .filter(notice -> notice.to().equals(phoneNumber))
                            .findFirst()
                            .orElseThrow())
                    .orElseThrow()
                    .code();
            assertEquals(
                    200,
                    owner.post("/v1/auth/phone/confirm", Map.of("code", code)).status());
        }

        private Seen send(MobileClient phone, Path path, String who, DatabaseWork work) {
            int noticesBefore = app().notices().size();
            work.forget();
            Reply reply = phone.post("/v1/auth/" + path.endpoint(), path.body(who));
            // The feed of revocations reads by itself, whoever asks for what, and word of jobs goes out by itself.
            List<String> statements = work.done(sql -> sql.contains("mb_auth_sessions")
                    || sql.endsWith(" AS stamp")
                    || sql.contains("pg_notify('mb_job'"));
            return new Seen(
                    reply.status(),
                    reply.text().replaceAll("\"requestId\":\"[^\"]*\"", ""),
                    reply.headers().keySet().stream().sorted().toList(),
                    statements,
                    app().notices().size() - noticesBefore);
        }
    }
}
