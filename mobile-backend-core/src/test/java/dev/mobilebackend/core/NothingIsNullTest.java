// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core;

import static dev.mobilebackend.core.exchange.HttpMethod.GET;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perCaller;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.conditional.ETag;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.exchange.Caller;
import dev.mobilebackend.core.exchange.Priority;
import dev.mobilebackend.core.health.Drain;
import dev.mobilebackend.core.health.DrainPolicy;
import dev.mobilebackend.core.health.Health;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.javalin.Rule;
import dev.mobilebackend.core.load.LoadPolicy;
import dev.mobilebackend.core.load.PriorityRule;
import dev.mobilebackend.core.observe.AccessLogPolicy;
import dev.mobilebackend.core.observe.micrometer.EdgeMetrics;
import dev.mobilebackend.core.openapi.OpenApi;
import dev.mobilebackend.core.page.PagePolicy;
import dev.mobilebackend.core.page.Paging;
import dev.mobilebackend.core.problem.FieldError;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemTexts;
import dev.mobilebackend.core.ratelimit.InMemoryRateLimitStore;
import dev.mobilebackend.core.ratelimit.RateLimit;
import dev.mobilebackend.core.ratelimit.RateLimiter;
import dev.mobilebackend.core.ratelimit.RequestCost;
import dev.mobilebackend.core.route.Access;
import dev.mobilebackend.core.route.Contract;
import dev.mobilebackend.core.route.Routes;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.core.transport.BodyPolicy;
import dev.mobilebackend.core.transport.CorsPolicy;
import dev.mobilebackend.core.transport.HeadPolicy;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TrustedProxies;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an application says when it is put together, each with each of its parameters left null: it fails there and
 * names it, not with the first request.
 */
class NothingIsNullTest {

    /** Whose methods choose something and give it, or themselves, back. */
    private static final List<Object> CHOICES = List.of(
            Edge.builder(),
            new Routes().open(GET, "/a"),
            rule(),
            Problem.CONFLICT,
            ProblemTexts.shipped(),
            Answer.of(204),
            TransportPolicy.strict(),
            BodyPolicy.standard(),
            CorsPolicy.none(),
            perCaller(1, Duration.ofSeconds(1)),
            RequestCost.of(1),
            PriorityRule.atMost(Priority.NORMAL),
            LoadPolicy.adaptive(),
            IdempotencyPolicy.standard(),
            DrainPolicy.usual(),
            AccessLogPolicy.lines(),
            OpenApi.of("a", "1"),
            ETag.ofVersion(1),
            Health.of(database()));

    /** What else is made by a static method. */
    private static final List<Class<?>> MADE = List.of(
            Access.class,
            RateLimit.class,
            TrustedProxies.class,
            ServerSecret.class,
            Database.class,
            EdgeMetrics.class,
            JavalinEdge.class);

    /** What is made by a constructor. */
    private static final List<Class<?>> CONSTRUCTED = List.of(
            Caller.class,
            Authentication.class,
            FieldError.class,
            Problem.class,
            Answer.class,
            TransportPolicy.class,
            Contract.Accepts.class,
            Contract.Answers.class,
            Contract.Query.class,
            Contract.Summary.class,
            Contract.Tag.class,
            Access.Role.class,
            Access.Scope.class,
            Access.Owner.class,
            SchemaPart.class,
            Paging.class,
            Drain.class,
            RateLimiter.class,
            InMemoryRateLimitStore.class,
            JdbiIdempotency.class);

    private static final List<Object> SAMPLES = List.of(
            "a",
            1,
            1L,
            true,
            Duration.ofSeconds(1),
            Instant.EPOCH,
            URI.create("a:b"),
            Path.of("never-made"),
            Record.class,
            NothingIsNullTest.class.getClassLoader(),
            List.of(),
            Set.of(),
            Map.of(),
            Authentication.UNKNOWN,
            TrustedProxies.none(),
            HeadPolicy.standard(),
            new PagePolicy(1, 1),
            ServerSecret.of(new byte[32]),
            new SecureRandom(),
            javalin(),
            database(),
            Edge.builder().build());

    static Stream<Arguments> everyParameter() {
        var all = new ArrayList<Arguments>();
        for (Object choice : CHOICES) {
            for (Method method : choice.getClass().getMethods()) {
                if (gives(method, choice) && !method.isBridge()) {
                    all.addAll(parameters(method, Modifier.isStatic(method.getModifiers()) ? null : choice));
                }
            }
        }
        for (Class<?> type : MADE) {
            for (Method method : type.getMethods()) {
                if (Modifier.isStatic(method.getModifiers()) && method.getReturnType() != void.class) {
                    all.addAll(parameters(method, null));
                }
            }
        }
        for (Class<?> type : CONSTRUCTED) {
            for (Constructor<?> constructor : type.getConstructors()) {
                all.addAll(parameters(constructor, null));
            }
        }
        return all.stream();
    }

    /** What the terms of routes give is erased. */
    private static boolean gives(Method method, Object choice) {
        Class<?> given = method.getReturnType();
        return method.getDeclaringClass() != Object.class && (given.isInstance(choice) || given == Object.class);
    }

    private static List<Arguments> parameters(Executable called, @Nullable Object on) {
        var all = new ArrayList<Arguments>();
        for (int i = 0; i < called.getParameterCount(); i++) {
            Parameter parameter = called.getParameters()[i];
            if (!parameter.getType().isPrimitive()
                    && !parameter.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                all.add(Arguments.of(called, i, on));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("everyParameter")
    void saysWhichOfThemMustNotBeNull(Executable called, int parameter, @Nullable Object on) {
        var arguments = new Object[called.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == parameter ? null : sample(called.getParameterTypes()[i]);
        }

        Throwable refused = assertThrows(InvocationTargetException.class, () -> call(called, on, arguments))
                .getCause();

        assertInstanceOf(NullPointerException.class, refused, called::toString);
        assertTrue(
                String.valueOf(refused.getMessage()).matches("[^\"]+ must not be null(: .+)?"),
                () -> called + ": " + refused.getMessage());
    }

    private static void call(Executable called, @Nullable Object on, Object... arguments)
            throws ReflectiveOperationException {
        if (called instanceof Constructor<?> constructor) {
            constructor.newInstance(arguments);
        } else {
            ((Method) called).invoke(on, arguments);
        }
    }

    private static Object sample(Class<?> type) {
        Class<?> boxed =
                type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0).getClass() : type;
        return Stream.concat(SAMPLES.stream(), CHOICES.stream())
                .filter(boxed::isInstance)
                .findFirst()
                .orElseGet(() -> made(type));
    }

    private static Object made(Class<?> type) {
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isArray()) {
            return Array.newInstance(type.getComponentType(), 0);
        }
        if (type.isInterface()) {
            return Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
        }
        throw new IllegalStateException("put one into SAMPLES: " + type);
    }

    private static Database database() {
        var source = new JdbcDataSource();
        source.setUrl("jdbc:h2:mem:nulls");
        return Database.of(source);
    }

    private static Rule rule() {
        return JavalinEdge.install(javalin(), Edge.builder()).open();
    }

    /** Of a server that is never started. */
    private static JavalinConfig javalin() {
        var seen = new AtomicReference<JavalinConfig>();
        Javalin.create(seen::set);
        return seen.get();
    }
}
