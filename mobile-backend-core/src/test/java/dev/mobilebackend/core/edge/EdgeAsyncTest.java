// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.RequestFacts;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.lang.Thread.State;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An application's thread that ends a request while the container, on its own thread, gives it up. */
@Timeout(60)
class EdgeAsyncTest {

    private final List<String> happened = new CopyOnWriteArrayList<>();
    private final List<AsyncListener> told = new CopyOnWriteArrayList<>();
    private final List<Runnable> tasks = new CopyOnWriteArrayList<>();
    private Runnable whileItIsCompleted = () -> {};
    private final AsyncContext containers = containersContext();
    private final EdgeAsync async = new EdgeAsync(containers, answer());

    static Stream<BiConsumer<AsyncListener, AsyncEvent>> waysToGiveUp() {
        return Stream.of(
                (listener, event) -> assertQuiet(() -> listener.onError(event)),
                (listener, event) -> assertQuiet(() -> listener.onTimeout(event)));
    }

    @ParameterizedTest
    @MethodSource("waysToGiveUp")
    void theContainerGoesOnOnlyWhenWhoeverEndsItIsDone(BiConsumer<AsyncListener, AsyncEvent> giveUp) throws Exception {
        var begun = new CountDownLatch(1);
        var containerIsStill = new CountDownLatch(1);
        whileItIsCompleted = () -> {
            begun.countDown();
            assertQuiet(containerIsStill::await);
            happened.add("completed");
        };
        var application = new Thread(async::complete);
        var container = new Thread(() -> {
            giveUp.accept(told.get(0), new AsyncEvent(containers, null, null, new EOFException("the body broke off")));
            happened.add("the container goes on");
        });

        application.start();
        begun.await();
        container.start();
        while (container.getState() != State.WAITING && container.getState() != State.TERMINATED) {
            Thread.onSpinWait();
        }
        containerIsStill.countDown();
        application.join();
        container.join();

        assertEquals(List.of("completed", "the container goes on"), happened);
    }

    @Test
    void aLateEndIsNotHeldAgainstTheNextRequest() {
        whileItIsCompleted = () -> {
            happened.add("completed");
            throw new IllegalStateException("the container has ended it");
        };

        async.start(() -> {
            throw new IllegalStateException("the task fails");
        });
        tasks.get(0).run();

        assertEquals(List.of("completed"), happened);
        assertThrows(IllegalStateException.class, async::complete);
    }

    private AsyncContext containersContext() {
        return proxy(AsyncContext.class, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "addListener" -> told.add((AsyncListener) arguments[0]);
                case "start" -> tasks.add((Runnable) arguments[0]);
                case "complete" -> whileItIsCompleted.run();
                default -> throw new AssertionError("nobody asks for " + method);
            }
            return null;
        });
    }

    private static EdgeResponse answer() {
        var answer = new EdgeResponse(
                containersResponse(), new Passage(Edge.builder().build().steps()));
        var facts = new RequestFacts(
                "request-1", Instant.EPOCH, "GET", "/", ClientAddress.parse("192.0.2.1"), true, null, null, null);
        HttpServletRequest request = proxy(
                HttpServletRequest.class,
                (proxy, method, arguments) ->
                        method.getName().equals("getHeaders") ? Collections.emptyEnumeration() : null);
        return new EdgeRequest(request, answer, facts, null).response();
    }

    private static HttpServletResponse containersResponse() {
        return proxy(HttpServletResponse.class, (proxy, method, arguments) -> {
            if (method.getReturnType() == ServletOutputStream.class) {
                return new Nowhere();
            }
            if (method.getReturnType() == Collection.class) {
                return List.of();
            }
            if (method.getReturnType() == boolean.class) {
                return false;
            }
            return method.getName().equals("getStatus") ? 200 : null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(EdgeAsyncTest.class.getClassLoader(), new Class<?>[] {type}, answers));
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void assertQuiet(Work work) {
        try {
            work.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static final class Nowhere extends ServletOutputStream {

        @Override
        public void write(int b) {
            // nobody reads it
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    }
}
