// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.account;

import dev.mobilebackend.auth.AuthSchema;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.CodePolicy;
import dev.mobilebackend.auth.account.CodeSignIns.LinkUse;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.PhoneNumber;
import dev.mobilebackend.auth.account.jdbi.JdbiAccountStore;
import dev.mobilebackend.auth.account.jdbi.Outbox;
import dev.mobilebackend.auth.attempt.Allowance;
import dev.mobilebackend.auth.attempt.AttemptPolicy;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.auth.web.Auth;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TrustedProxies;
import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.app.TestDatabase;
import jakarta.servlet.DispatcherType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The auth endpoints with so many accounts, and without the limits that would end a measurement. */
final class AccountServer implements AutoCloseable {

    /** How many accounts there are, and how many addresses without one are asked for. */
    static final int ADDRESSES = 100;

    static final String PASSWORD = "correct horse battery";

    /** Who asks where somebody has to have signed in. */
    static final String CALLER = "caller@example.org";

    /** Of a device that no account knows, looked up as that of an app is which names itself well. */
    private static final String DEVICE_ID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");

    private static final Allowance ENDLESS =
            new Allowance(1_000_000, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofMinutes(15));

    private final RunningApp app;
    private final Auth auth;

    private AccountServer(RunningApp app, Auth auth) {
        this.app = app;
        this.auth = auth;
    }

    static AccountServer start(TestDatabase opened, HashingPolicy hashing) {
        Database database = opened.database();
        Schema.install(database, Schema.CORE, AuthSchema.TABLES);
        database.useTransaction(handle ->
                handle.execute("CREATE TABLE outbox (kind varchar(40), recipient varchar(254), seed varchar(22))"));
        Outbox outbox = (handle, notice) -> handle.createUpdate("INSERT INTO outbox VALUES (:kind, :to, :seed)")
                .bind("kind", notice.kind().name())
                .bind("to", notice.to())
                .bind("seed", notice.seed())
                .execute();
        Auth auth = Auth.builder(database, ServerSecret.of(new byte[32]), outbox)
                .hashing(hashing)
                .codes(new CodePolicy(Duration.ofMinutes(15), 5, 1_000_000))
                .attempts(new AttemptPolicy(ENDLESS, ENDLESS, ENDLESS, ENDLESS, ENDLESS))
                .codeSignIn()
                .linkSignIn(LinkUse.SAME_DEVICE)
                .phones()
                .guests((guest, into) -> {})
                .build();
        var accounts = JdbiAccountStore.of(database);
        for (int i = 0; i < ADDRESSES; i++) {
            Account account = create(auth, known(i));
            accounts.changeContact(account.id(), new PhoneNumber(phone(known(i))));
        }
        create(auth, CALLER);
        Edge edge = Edge.builder()
                .transport(TransportPolicy.strict()
                        .plainHttp(TransportPolicy.PlainHttp.LOOPBACK)
                        .trustedProxies(TrustedProxies.Field.X_FORWARDED, "127.0.0.1/32"))
                .authenticate(auth.bearerStep())
                .routes(auth.routes())
                .build();
        RunningApp app = RunningApp.servlet((classes, context) -> {
            context.addFilter("edge", edge).addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
            context.addServlet("auth", auth.servlet()).addMapping(auth.path() + "/*");
        });
        return new AccountServer(app, auth);
    }

    private static Account create(Auth auth, String email) {
        return auth.accounts()
                .tryCreate(new EmailAddress(email), PASSWORD.toCharArray(), Set.of(), Instant.EPOCH)
                .orElseThrow();
    }

    /** The phone of whoever has an address. */
    static String phone(String address) {
        return "+4930" + address.replaceAll("\\D", "") + "000";
    }

    /** Known and unknown ones alternate in the index, so that neither has a place of its own there. */
    static String known(int number) {
        return address(2 * (number % ADDRESSES) + 1);
    }

    static String unknown(int number) {
        return address(2 * (number % ADDRESSES));
    }

    private static String address(int number) {
        return "user-" + (1_000 + number) + "@example.org";
    }

    Client connect() throws IOException {
        return new Client(app.uri().getPort());
    }

    @Override
    public void close() {
        app.close();
        auth.close();
    }

    /** A keep-alive connection of a proxy that many phones are behind, so that no phone's limit is met. */
    static final class Client implements AutoCloseable {

        private final Socket socket;
        private final byte[] buffer = new byte[16 * 1024];

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
        }

        /** The access token of a new session. */
        String signIn(String endpoint, String body) throws IOException {
            Matcher token = TOKEN.matcher(exchange(request(endpoint, body, "", 0)));
            if (!token.find()) {
                throw new IllegalStateException(endpoint + " gave no token");
            }
            return token.group(1);
        }

        byte[] request(String endpoint, String body, String token, int phone) {
            String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
            return ("POST /v1/auth/" + endpoint + " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
                            + "X-Forwarded-For: 10." + (phone >> 16 & 255) + "." + (phone >> 8 & 255) + "."
                            + (phone & 255) + "\r\nX-Request-Id: 0123456789abcdef\r\nDevice-Id: " + DEVICE_ID
                            + "\r\n" + authorization
                            + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII);
        }

        /** The status, the names of all fields and the body. */
        String exchange(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            var answer = new ByteArrayOutputStream();
            String text = "";
            int end = -1;
            while (end < 0 || answer.size() < end) {
                int read = in.read(buffer);
                if (read < 0) {
                    throw new IOException("the connection ended after: " + text);
                }
                answer.write(buffer, 0, read);
                text = answer.toString(StandardCharsets.US_ASCII);
                int head = text.indexOf("\r\n\r\n");
                end = head < 0 ? -1 : head + 4 + length(text.substring(0, head));
            }
            int head = text.indexOf("\r\n\r\n");
            return text.substring(0, head).replaceAll("(?m)^([A-Za-z-]+):.*$", "$1") + text.substring(head);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        private static int length(String head) {
            for (String line : head.split("\r\n", -1)) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    return Integer.parseInt(
                            line.substring(line.indexOf(':') + 1).strip());
                }
            }
            return 0;
        }
    }
}
