// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.account;

import dev.mobilebackend.auth.password.Argon2Cost;
import dev.mobilebackend.auth.password.HashingPolicy;
import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Whether the time of an answer, or the answer, tells that an address has an account. One client asks for a known and
 * an unknown address in turn, in an order that is drawn each time; both addresses have been asked for equally often
 * before. Passwords are hashed cheaply, so that hashing hides nothing; signing in is looked at with the real cost too,
 * with fewer pairs, as on H2. Requests of callers come from one account, or one guest, and all from one device, which
 * is looked up. The outbox is a table, as it is for jobs. Takes about 16 minutes on two cores.
 */
final class AccountTiming {

    private static final Argon2Cost CHEAP_COST = new Argon2Cost(8, 1, 1);
    private static final HashingPolicy CHEAP = new HashingPolicy(CHEAP_COST, CHEAP_COST, 2, 64, Duration.ofSeconds(30));

    private static final double LIMIT = 4.5;

    /** Asks for each address as often as for every other, and compiles. */
    private static final int WARM_UP = 5 * AccountServer.ADDRESSES;

    /** How often whoever waits is told. */
    private static final int STEP = 2_500;

    private static final String PASSWORD = ",\"password\":\"" + AccountServer.PASSWORD + "\"";
    private static final String WRONG_PASSWORD = ",\"password\":\"not the right password\"";
    private static final String WRONG_CODE = ",\"code\":\"00000000\"";

    private enum Path {
        SIGN_IN("sign-in", WRONG_PASSWORD),
        FORGOT("password/forgot", ""),
        CODE("code/send", ""),
        SIGN_UP("sign-up", PASSWORD),
        VERIFY("verify", WRONG_CODE),
        RESET("password/reset", WRONG_CODE + PASSWORD),
        CODE_SIGN_IN("code/sign-in", WRONG_CODE),
        LINK("link/send", ""),
        CODE_BY_PHONE("code/send", "", true, Caller.NOBODY),
        CODE_SIGN_IN_BY_PHONE("code/sign-in", WRONG_CODE, true, Caller.NOBODY),
        ADDRESS_CHANGE("address/change", PASSWORD, false, Caller.ACCOUNT),
        PHONE_CHANGE("phone/change", PASSWORD, true, Caller.ACCOUNT),
        GUEST_UPGRADE("guest/upgrade", PASSWORD, false, Caller.GUEST),
        GUEST_LINK("guest/link", WRONG_PASSWORD, false, Caller.GUEST);

        private final String endpoint;
        private final String rest;
        private final boolean byPhone;
        private final Caller caller;

        Path(String endpoint, String rest) {
            this(endpoint, rest, false, Caller.NOBODY);
        }

        Path(String endpoint, String rest, boolean byPhone, Caller caller) {
            this.endpoint = endpoint;
            this.rest = rest;
            this.byPhone = byPhone;
            this.caller = caller;
        }

        String body(String address) {
            String who = byPhone ? "\"phone\":\"" + AccountServer.phone(address) : "\"email\":\"" + address;
            return "{" + who + "\"" + rest + "}";
        }

        @Override
        public String toString() {
            return endpoint + (byPhone ? " by phone" : "");
        }
    }

    private enum Caller {
        NOBODY,
        ACCOUNT,
        GUEST
    }

    private final Run run;
    private final List<List<String>> rows = new ArrayList<>();
    private final Map<Path, Double> worst = new EnumMap<>(Path.class);
    private int different;

    private AccountTiming(Run run) {
        this.run = run;
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(40));
        new AccountTiming(run).measure();
    }

    private void measure() throws IOException {
        for (Dialect dialect : Dialect.values()) {
            int pairs = run.quick() ? 300 : dialect == Dialect.POSTGRESQL ? 10_000 : 5_000;
            try (TestDatabase database = TestDatabase.of(dialect);
                    AccountServer server = AccountServer.start(database, CHEAP)) {
                for (Path path : Path.values()) {
                    measure(server, dialect + ", cheap hash", path, pairs);
                }
            }
        }
        try (TestDatabase database = TestDatabase.postgres();
                AccountServer server = AccountServer.start(database, HashingPolicy.standard())) {
            measure(server, Dialect.POSTGRESQL + ", real hash", Path.SIGN_IN, run.quick() ? 20 : 1_000);
        }
        run.table(List.of("request", "pairs", "known us", "unknown us", "|t|"), rows);
        for (Path path : Path.values()) {
            run.found(Figure.atMost(
                    "account-timing-" + path.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    worst.getOrDefault(path, 0.0),
                    "|Welch t|, known and unknown account",
                    LIMIT));
        }
        run.found(Figure.atMost("account-timing-bodies", different, "answers that differ", 0));
    }

    private void measure(AccountServer server, String where, Path path, int pairs) throws IOException {
        measurePairs(server, path, run.quick() ? AccountServer.ADDRESSES : WARM_UP);
        double[][] times = measurePairs(server, path, pairs);
        double t = Welch.largest(times[0], times[1]);
        worst.merge(path, t, Math::max);
        rows.add(List.of(
                "POST " + path + ", " + where,
                Integer.toString(pairs),
                cell(median(times[0])),
                cell(median(times[1])),
                String.format(Locale.ROOT, "%.2f", t)));
        run.say("POST " + path + ", " + where + ": |t| = " + String.format(Locale.ROOT, "%.2f", t));
    }

    private double[][] measurePairs(AccountServer server, Path path, int pairs) throws IOException {
        var random = new Random(pairs);
        double[][] times = new double[2][pairs];
        try (AccountServer.Client client = server.connect()) {
            String token = token(client, path.caller);
            for (int i = 0; i < pairs; i++) {
                if (i > 0 && i % STEP == 0) {
                    run.say("POST " + path + ": " + i + " of " + pairs + " pairs");
                }
                int first = random.nextInt(2);
                var answers = new String[2];
                for (int turn : new int[] {first, 1 - first}) {
                    String email = turn == 0 ? AccountServer.known(i) : AccountServer.unknown(i);
                    byte[] request = client.request(path.endpoint, path.body(email), token, i);
                    long start = System.nanoTime();
                    answers[turn] = client.exchange(request);
                    times[turn][i] = (System.nanoTime() - start) / 1_000.0;
                }
                if (!answers[0].equals(answers[1])) {
                    different++;
                    run.say("known:\n" + answers[0] + "\nunknown:\n" + answers[1]);
                }
            }
        }
        return times;
    }

    private static String token(AccountServer.Client client, Caller caller) throws IOException {
        return switch (caller) {
            case NOBODY -> "";
            case ACCOUNT -> client.signIn("sign-in", "{\"email\":\"" + AccountServer.CALLER + "\"" + PASSWORD + "}");
            case GUEST -> client.signIn("guest", "{}");
        };
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String cell(double micros) {
        return String.format(Locale.ROOT, "%.0f", micros);
    }
}
