// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.mobilebackend.core.data.Dialect;
import dev.mobilebackend.testkit.TinyApp;
import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.network.NetworkProxy;
import io.javalin.Javalin;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the nested classes below as JUnit would run a user's test classes, and looks at what they saw. */
class MobileBackendExtensionTest {

    private static final List<Object> SEEN = new ArrayList<>();

    private static boolean running;

    /** A class for JUnit to run when {@link #run} asks for it, and not when somebody runs every test there is. */
    @Retention(RetentionPolicy.RUNTIME)
    @EnabledIf("dev.mobilebackend.testkit.app.MobileBackendExtensionTest#isRunning")
    @interface Sample {}

    static boolean isRunning() {
        return running;
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @Test
    void givesEachTestClassADatabaseOfItsOwnAndDropsItAfterwards() {
        run(2, FirstOnPostgres.class, SecondOnPostgres.class);

        TestDatabase first = (TestDatabase) SEEN.get(0);
        TestDatabase second = (TestDatabase) SEEN.get(1);
        assertEquals(Dialect.POSTGRESQL, first.database().dialect());
        assertNotEquals(first.jdbcUrl(), second.jdbcUrl());
        for (TestDatabase database : List.of(first, second)) {
            assertThrows(
                    SQLException.class,
                    () -> DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password()));
        }
    }

    @Sample
    static class FirstOnPostgres {
        @RegisterExtension
        static final MobileBackend backend =
                MobileBackend.on(TestDatabase::postgres, MobileBackendExtensionTest::notes);

        @Test
        void startsEmpty(MobileClient phone, TestDatabase database) {
            SEEN.add(database);

            assertEquals(201, phone.post("/v1/notes", Map.of()).status());
        }
    }

    @Sample
    static final class SecondOnPostgres extends FirstOnPostgres {}

    @Test
    void startsTheApplicationOnceAClassFromAStaticField() {
        run(3, OnceAClass.class);

        assertEquals(1, SEEN.size());
    }

    @Sample
    static final class OnceAClass {
        @RegisterExtension
        static final MobileBackend backend = MobileBackend.on(TestDatabase::h2, environment -> {
            SEEN.add(environment);
            return RunningApp.servlet(new TinyApp());
        });

        @Test
        void one() {}

        @Test
        void two() {}

        @Nested
        class Inner {
            @Test
            void three(MobileClient phone) {
                assertEquals(200, phone.get("/v1/products").status());
            }
        }
    }

    @Test
    void startsTheApplicationOnceATestFromAnInstanceField() {
        run(2, OnceATest.class);

        assertEquals(2, SEEN.size());
        assertNotSame(SEEN.get(0), SEEN.get(1));
    }

    @Sample
    static final class OnceATest {
        @RegisterExtension
        final MobileBackend backend = MobileBackend.on(TestDatabase::h2, environment -> {
            SEEN.add(environment);
            return RunningApp.servlet(new TinyApp());
        });

        @Test
        void one(MobileClient phone) {
            assertEquals(200, phone.get("/v1/products").status());
        }

        @Test
        void two() {}
    }

    @Test
    void stopsTheApplicationAndTheNetworkWithTheirOwners() {
        run(1, Stopped.class);

        for (Object uri : SEEN) {
            assertThrows(Exception.class, () -> ((URI) uri).toURL().openStream().close());
        }
        assertEquals(2, SEEN.size());
    }

    @Sample
    static final class Stopped {
        @RegisterExtension
        static final MobileBackend backend =
                MobileBackend.on(TestDatabase::h2, environment -> RunningApp.servlet(new TinyApp()));

        @Test
        void answersMeanwhile(RunningApp app, NetworkProxy network) throws Exception {
            SEEN.add(app.uri());
            SEEN.add(network.uri());
            app.uri().toURL().openStream().close();
            network.uri().toURL().openStream().close();
        }
    }

    @Test
    void startsNothingThatTheApplicationDoesNotAskFor() {
        run(1, Frugal.class);
    }

    @Sample
    static final class Frugal {
        @RegisterExtension
        static final MobileBackend backend = MobileBackend.on(
                () -> {
                    throw new AssertionError("nobody asked for a database");
                },
                environment -> RunningApp.servlet(new TinyApp()));

        @Test
        void runs(MobileClient phone) {
            assertEquals(200, phone.get("/v1/products").status());
        }
    }

    @Test
    void givesTheTestWhatTheApplicationRunsOn() {
        run(1, Parameters.class);
    }

    @Sample
    static final class Parameters {
        @RegisterExtension
        static final MobileBackend backend = MobileBackend.on(TestDatabase::h2, environment -> {
            SEEN.add(environment.clock());
            SEEN.add(environment.testDatabase());
            assertEquals(Dialect.H2, environment.database().dialect());
            assertSame(environment.testDatabase().dataSource(), environment.dataSource());
            assertEquals("redis", environment.redis().getScheme());
            return RunningApp.servlet(new TinyApp());
        });

        @BeforeAll
        static void outsideATest(TestClock clock) {
            clock.advance(Duration.ofDays(1));
        }

        @Test
        void inATest(TestClock clock, TestDatabase database) {
            assertSame(SEEN.get(0), clock);
            assertSame(SEEN.get(1), database);
            assertEquals(TestClock.START.plus(Duration.ofDays(1)), clock.instant());
        }
    }

    @Test
    void givesEachTestANetworkOfItsOwnSoThatNoCutIsLeftOver() {
        run(2, Networks.class);

        assertNotSame(SEEN.get(0), SEEN.get(1));
    }

    @Sample
    static final class Networks {
        @RegisterExtension
        static final MobileBackend backend =
                MobileBackend.on(TestDatabase::h2, environment -> RunningApp.servlet(new TinyApp()));

        @Test
        void one(MobileClient phone, NetworkProxy network) {
            leavesACutBehind(phone, network);
        }

        @Test
        void two(MobileClient phone, NetworkProxy network) {
            leavesACutBehind(phone, network);
        }

        private static void leavesACutBehind(MobileClient phone, NetworkProxy network) {
            SEEN.add(network);
            phone.post("/v1/notes", Map.of());
            assertEquals(0, network.cutResponses());
            network.cutNextResponse();
        }
    }

    @Test
    void saysWhyTheApplicationDidNotStartAndDropsItsDatabase() {
        TestExecutionSummary summary = run(DoesNotStart.class);

        Throwable reason = summary.getFailures().get(0).getException();
        assertEquals("no port today", reason.getMessage());
        TestDatabase database = (TestDatabase) SEEN.get(0);
        assertThrows(RuntimeException.class, () -> database.database().useTransaction(handle -> {}));
    }

    @Sample
    static final class DoesNotStart {
        @RegisterExtension
        static final MobileBackend backend = MobileBackend.on(TestDatabase::h2, environment -> {
            SEEN.add(environment.testDatabase());
            throw new IllegalStateException("no port today");
        });

        @Test
        void neverRuns() {}
    }

    @Test
    void theAnnotationDoesTheSame() {
        run(3, Annotated.class, AnnotatedThroughAnother.class);

        assertEquals(Dialect.POSTGRESQL, ((TestDatabase) SEEN.get(0)).database().dialect());
        assertEquals(Dialect.H2, ((TestDatabase) SEEN.get(1)).database().dialect());
    }

    /** How the applications of the annotated classes are started. */
    public static final class Notes implements BackendApp {
        @Override
        public RunningApp start(TestEnvironment environment) {
            SEEN.add(environment.testDatabase());
            return notes(environment);
        }
    }

    @Sample
    @MobileBackendTest(Notes.class)
    static final class Annotated {
        @Test
        void runs(MobileClient phone) {
            assertEquals(201, phone.post("/v1/notes", Map.of()).status());
        }

        @Nested
        class Inner {
            @Test
            void runsToo(MobileClient phone) {
                assertEquals(201, phone.post("/v1/notes", Map.of()).status());
            }
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @MobileBackendTest(value = Notes.class, database = Dialect.H2)
    @interface NotesTest {}

    @Sample
    @NotesTest
    static final class AnnotatedThroughAnother {
        @Test
        void runs(MobileClient phone) {
            assertEquals(201, phone.post("/v1/notes", Map.of()).status());
        }
    }

    @Test
    void givesTheApplicationAsTheTypeThatItIs() {
        run(1, OwnType.class);
    }

    record TinyRunning(TinyApp app, RunningApp server) implements RunningApp {
        @Override
        public URI uri() {
            return server.uri();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    @Sample
    static final class OwnType {
        @RegisterExtension
        static final MobileBackend backend = MobileBackend.on(TestDatabase::h2, environment -> {
            var app = new TinyApp();
            return new TinyRunning(app, RunningApp.servlet(app));
        });

        @Test
        void looksInside(TinyRunning running, MobileClient phone) {
            phone.get("/v1/products");

            assertEquals(1, running.app().seen("/v1/products").size());
        }
    }

    @Test
    void runsAJavalin() {
        run(1, OnJavalin.class);
    }

    @Sample
    static final class OnJavalin {
        @RegisterExtension
        static final MobileBackend backend = MobileBackend.on(
                TestDatabase::h2,
                environment -> RunningApp.javalin(Javalin.create(config -> config.routes.get(
                        "/v1/time",
                        request -> request.result(environment.clock().instant().toString())))));

        @Test
        void answers(MobileClient phone) {
            assertEquals(TestClock.START.toString(), phone.get("/v1/time").text());
        }
    }

    @Test
    void runsAnApplicationThatRegistersItsOwnServlets() {
        run(1, OnServlets.class);
    }

    @Sample
    static final class OnServlets {
        @RegisterExtension
        static final MobileBackend backend = MobileBackend.on(
                TestDatabase::h2,
                environment -> RunningApp.servlet((classes, context) ->
                        context.addServlet("tiny", new TinyApp()).addMapping("/api/*")));

        @Test
        void answers(MobileClient phone) {
            assertEquals(200, phone.get("/api/products").status());
            assertEquals(404, phone.get("/products").status());
        }
    }

    @Test
    void runsAServletBehindFilters() {
        run(1, OnFilters.class);
    }

    @Sample
    static final class OnFilters {
        @RegisterExtension
        static final MobileBackend backend = MobileBackend.on(
                TestDatabase::h2,
                environment -> RunningApp.servlet(new TinyApp(), (request, response, chain) -> {
                    ((jakarta.servlet.http.HttpServletResponse) response).setHeader("Filtered", "yes");
                    chain.doFilter(request, response);
                }));

        @Test
        void answers(MobileClient phone) {
            assertEquals("yes", phone.get("/v1/products").header("filtered").orElseThrow());
        }
    }

    @Test
    void runsAgainstAnApplicationElsewhereAndLeavesItRunning() throws Exception {
        try (RunningApp elsewhere = RunningApp.servlet(new TinyApp())) {
            SEEN.add(elsewhere.uri());

            run(1, Elsewhere.class);

            elsewhere.uri().toURL().openStream().close();
        }
    }

    @Sample
    static final class Elsewhere {
        @RegisterExtension
        static final MobileBackend backend =
                MobileBackend.on(TestDatabase::h2, environment -> RunningApp.at((URI) SEEN.get(0)));

        @Test
        void answers(MobileClient phone) {
            assertEquals(200, phone.get("/v1/products").status());
        }
    }

    /** An application with a table of its own, which it can make only once a database. */
    private static RunningApp notes(TestEnvironment environment) {
        environment.database().useTransaction(handle -> handle.execute("CREATE TABLE note (text VARCHAR(10))"));
        return RunningApp.servlet(new TinyApp());
    }

    private static void run(int successes, Class<?>... classes) {
        TestExecutionSummary summary = run(classes);

        summary.getFailures().forEach(failure -> {
            throw new AssertionError(failure.getTestIdentifier().getDisplayName(), failure.getException());
        });
        assertEquals(successes, summary.getTestsSucceededCount());
    }

    private static TestExecutionSummary run(Class<?>... classes) {
        var summary = new SummaryGeneratingListener();
        ClassSelector[] selectors =
                List.of(classes).stream().map(type -> selectClass(type)).toArray(ClassSelector[]::new);
        running = true;
        try {
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectors)
                                    .filters(EngineFilter.includeEngines("junit-jupiter"))
                                    .build(),
                            summary);
        } finally {
            running = false;
        }
        return summary.getSummary();
    }
}
