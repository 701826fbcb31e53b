// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.idempotency;

import dev.mobilebackend.benchmarks.Figure;
import dev.mobilebackend.benchmarks.Run;
import dev.mobilebackend.benchmarks.Samples;
import dev.mobilebackend.benchmarks.idempotency.OrderApp.PlaceOrder;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Schema;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.IdempotentRequest;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.testkit.app.RunningApp;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The time of one order that is idempotent, beside the same order that is not, on a PostgreSQL that keeps every commit.
 * Each client sends one of either in turn, in an order that is drawn each time, so that whatever disturbs the machine
 * disturbs both; what counts is the middle of all times. The goal is for a POST; the transaction alone is shown beside
 * it.
 */
final class IdempotencyBenchmark {

    private static final int SEVERAL = 4;

    /** Sends one order, the {@code number}th of all. */
    private interface Order {
        void send(long number) throws IOException;
    }

    /** Opens what one client needs for both kinds of orders. */
    private interface Client {
        Pair open() throws IOException;
    }

    private record Pair(Order plain, Order idempotent) {}

    private final Run run;
    private final Database database;
    private final List<List<String>> rows = new ArrayList<>();
    private final AtomicLong numbers = new AtomicLong();

    private IdempotencyBenchmark(Run run, Database database) {
        this.run = run;
        this.database = database;
    }

    public static void main(String[] arguments) throws Exception {
        Run run = Run.begin(arguments, Duration.ofMinutes(15));
        run.say("starting PostgreSQL");
        try (TestDatabase opened = TestDatabase.durablePostgres()) {
            Database database = opened.database();
            Schema.install(database, Schema.CORE);
            OrderApp.createTable(database);
            run.say("fsync " + show(database, "fsync") + ", synchronous_commit " + show(database, "synchronous_commit")
                    + ", wal_sync_method " + show(database, "wal_sync_method"));
            new IdempotencyBenchmark(run, database).measure();
        }
    }

    private void measure() throws Exception {
        double one;
        double several;
        try (RunningApp app = RunningApp.servlet(new OrderApp(database), OrderApp.edge())) {
            Client overHttp = () -> posts(app.uri().getPort());
            measure("warming up", overHttp, SEVERAL);
            rows.clear();
            one = measure("POST, 1 client", overHttp, 1);
            several = measure("POST, " + SEVERAL + " clients", overHttp, SEVERAL);
        }
        measure("transaction alone, 1 thread", this::transactions, 1);
        measure("transaction alone, " + SEVERAL + " threads", this::transactions, SEVERAL);
        run.table(List.of("us per order, median", "not idempotent", "idempotent", "times"), rows);
        run.found(Figure.atMost("idempotency", one, "x the time of the same order, 1 client", 1.6));
        run.found(Figure.atMost(
                "idempotency-several", several, "x the time of the same order, " + SEVERAL + " clients", 1.6));
    }

    private double measure(String name, Client client, int clients) throws Exception {
        int orders = (run.quick() ? 200 : 4_000) / clients;
        var plain = new Samples();
        var idempotent = new Samples();
        ExecutorService threads = Executors.newFixedThreadPool(clients, Ambient.threads("client"));
        var running = new ArrayList<Future<?>>();
        for (int i = 0; i < clients; i++) {
            Pair pair = client.open();
            var random = new Random(i);
            running.add(threads.submit(() -> {
                send(pair, random, orders, plain, idempotent);
                return null;
            }));
        }
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                throw new IOException("the orders broke off", failed.getCause());
            }
        }
        threads.shutdown();
        double times = idempotent.median() / plain.median();
        rows.add(List.of(
                name, cell(plain.median()), cell(idempotent.median()), String.format(Locale.ROOT, "%.2f", times)));
        run.say(name + ": " + cell(plain.median()) + " us, idempotent " + cell(idempotent.median()) + " us");
        return times;
    }

    private void send(Pair pair, Random random, int orders, Samples plain, Samples idempotent) throws IOException {
        for (int i = 0; i < orders; i++) {
            boolean plainFirst = random.nextBoolean();
            double one = micros(plainFirst ? pair.plain : pair.idempotent);
            double other = micros(plainFirst ? pair.idempotent : pair.plain);
            // The first tenth opens connections, prepares statements and compiles.
            if (i >= orders / 10) {
                synchronized (plain) {
                    plain.add(plainFirst ? one : other);
                    idempotent.add(plainFirst ? other : one);
                }
            }
        }
    }

    private double micros(Order order) throws IOException {
        long number = numbers.incrementAndGet();
        long start = System.nanoTime();
        order.send(number);
        return (System.nanoTime() - start) / 1_000.0;
    }

    private static Pair posts(int port) throws IOException {
        var plain = new Posts(port, OrderApp.PLAIN);
        var idempotent = new Posts(port, OrderApp.IDEMPOTENT);
        return new Pair(plain::send, idempotent::send);
    }

    private Pair transactions() {
        var idempotency = new JdbiIdempotency(database);
        var wanted = new PlaceOrder(7, 2);
        return new Pair(
                number -> database.inTransaction(handle -> OrderApp.place(handle, wanted)),
                number -> idempotency.inTransaction(request(number), handle -> OrderApp.place(handle, wanted)));
    }

    private static IdempotentRequest request(long number) {
        var scope = new byte[32];
        new Random(number).nextBytes(scope);
        return new IdempotentRequest(scope, scope, IdempotencyPolicy.standard(), null);
    }

    private static String cell(double micros) {
        return String.format(Locale.ROOT, "%.0f", micros);
    }

    private static String show(Database database, String setting) {
        return database.withHandle(handle ->
                handle.createQuery("SHOW " + setting).mapTo(String.class).one());
    }

    /** A keep-alive connection that sends one order after the other, each with a key of its own. */
    private static final class Posts {

        private static final String BODY = "{\"productId\":7,\"quantity\":2}";

        private final Socket socket;
        private final String head;
        private final byte[] answer = new byte[8 * 1024];

        Posts(int port, String path) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + BODY.length()
                    + "\r\nIdempotency-Key: ";
        }

        void send(long number) throws IOException {
            String request = head + "order-" + number + "\r\n\r\n" + BODY;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            int length = 0;
            String text = "";
            // The body is short and ends with the only brace after the head.
            while (!text.endsWith("}")) {
                int read = socket.getInputStream().read(answer, length, answer.length - length);
                if (read < 0) {
                    throw new IOException("the answer broke off: " + text);
                }
                length += read;
                text = new String(answer, 0, length, StandardCharsets.US_ASCII);
            }
            if (!text.startsWith("HTTP/1.1 201 ") || text.contains("Idempotent-Replayed")) {
                throw new IOException("expected a new 201, was: " + text);
            }
        }
    }
}
