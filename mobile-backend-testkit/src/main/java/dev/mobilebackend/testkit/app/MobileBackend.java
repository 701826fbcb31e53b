// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import dev.mobilebackend.testkit.client.MobileClient;
import dev.mobilebackend.testkit.clock.TestClock;
import dev.mobilebackend.testkit.network.NetworkProxy;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * JUnit 5 extension that runs an application on a fresh database and gives each test its phones. In a static field it
 * starts the application once a class, in an instance field once a test.
 *
 * <pre>{@code
 * class OrdersTest {
 *
 *     @RegisterExtension
 *     static final MobileBackend shop = MobileBackend.on(
 *             TestDatabase::postgres,
 *             environment -> RunningApp.javalin(Shop.on(environment.database(), environment.clock())));
 *
 *     @Test
 *     void anOrderCountsOnceThoughItsAnswerWasLost(MobileClient phone, NetworkProxy network) {
 *         network.cutNextResponse();
 *
 *         Reply order = phone.post("/v1/orders", Map.of("productId", "p-7", "quantity", 1));
 *
 *         assertEquals(201, order.status());
 *     }
 * }
 * }</pre>
 *
 * Tests, constructors and life-cycle methods may take as parameters:
 * <ul>
 *   <li>{@link MobileClient}: another phone for each parameter, reaching the application through the test's network;
 *       it waits by moving the test's clock
 *   <li>{@link MobileClient.Builder}: such a phone, still to be chosen
 *   <li>{@link NetworkProxy}: the network of this test's phones
 *   <li>{@link TestClock}, {@link TestDatabase}: what the application runs on
 *   <li>{@link RunningApp}, or your own type of it: the application itself, past the network
 * </ul>
 *
 * {@link MobileBackendTest} is its short form.
 */
public final class MobileBackend implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {

    private final Map<Class<?>, Function<ExtensionContext, Object>> parameters = Map.of(
            MobileClient.class, context -> phone(context).build(),
            MobileClient.Builder.class, this::phone,
            NetworkProxy.class, this::network,
            TestClock.class,
                    context -> startUnlessStarted(context).environment().clock(),
            TestDatabase.class,
                    context -> startUnlessStarted(context).environment().testDatabase());
    private final Supplier<TestDatabase> databases;
    private final BackendApp app;

    private MobileBackend(Supplier<TestDatabase> databases, BackendApp app) {
        this.databases = databases;
        this.app = app;
    }

    /**
     * The extension that runs this application.
     *
     * @param databases makes a new one each time, such as {@code TestDatabase::postgres}, {@code TestDatabase::h2} or
     *     {@code template::copy}
     */
    public static MobileBackend on(Supplier<TestDatabase> databases, BackendApp app) {
        return new MobileBackend(databases, app);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        startUnlessStarted(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        startUnlessStarted(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return parameters.containsKey(type) || RunningApp.class.isAssignableFrom(type);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameters
                .getOrDefault(parameter.getParameter().getType(), this::app)
                .apply(context);
    }

    /** A nested class finds what its outer class started, a test what its class did. JUnit closes it with its owner. */
    private Started startUnlessStarted(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(Namespace.create(MobileBackend.class, this));
        Started started = store.get(Started.class, Started.class);
        if (started == null) {
            started = Started.start(app, new TestEnvironment(databases));
            store.put(Started.class, started);
        }
        return started;
    }

    private RunningApp app(ExtensionContext context) {
        return startUnlessStarted(context).app();
    }

    private NetworkProxy network(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(Namespace.create(MobileBackend.class, this));
        NetworkProxy network = store.get(NetworkProxy.class, NetworkProxy.class);
        if (network == null) {
            network = NetworkProxy.to(app(context).uri());
            store.put(NetworkProxy.class, network);
        }
        return network;
    }

    private MobileClient.Builder phone(ExtensionContext context) {
        TestClock clock = startUnlessStarted(context).environment().clock();
        return MobileClient.builder(network(context).uri()).clock(clock).waiting(clock::advance);
    }
}
