// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.problem.Problem;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An answer that is ended while somebody still holds it: the container may be using its response for another by then.
 */
class EdgeResponseTest {

    private final List<String> calls = new ArrayList<>();
    private Runnable whileTheBufferIsReset = () -> {};
    private Runnable whileTheStatusIsRead = () -> {};
    private final EdgeResponse answer =
            new EdgeResponse(containers(), new Passage(Edge.builder().build().steps()));

    @BeforeEach
    void itIsTheAnswerToARequest() {
        var facts = new RequestFacts(
                "request-1", Instant.EPOCH, "GET", "/", ClientAddress.parse("192.0.2.1"), true, null, null, null);
        assertSame(answer, new EdgeRequest(withoutFields(), answer, facts, null).response());
    }

    @Test
    void nothingThatIsSetAfterTheEndReachesTheContainer() throws Exception {
        answer.admitted();
        answer.end();
        calls.clear();

        answer.setHeader("Late", "1");
        answer.addHeader("Late", "1");
        answer.setIntHeader("Late", 1);
        answer.addIntHeader("Late", 1);
        answer.setDateHeader("Late", 1);
        answer.addDateHeader("Late", 1);
        answer.addCookie(new Cookie("late", "1"));
        answer.setContentType("text/plain; charset=utf-8");
        answer.setContentLength(1);
        answer.setContentLengthLong(1);
        answer.setLocale(Locale.GERMAN);
        answer.setCharacterEncoding("utf-8");
        answer.setCharacterEncoding(StandardCharsets.UTF_8);
        answer.setTrailerFields(() -> Map.of("Late", "1"));
        answer.setBufferSize(1);
        answer.setStatus(201);
        answer.resetBuffer();
        answer.reset();
        answer.flushBuffer();
        answer.getWriter().write("late");
        answer.getWriter().flush();

        assertEquals(List.of(), calls);
    }

    @Test
    void aLengthIsHeldBackHoweverItIsSaid() {
        answer.admitted();

        answer.addIntHeader("Content-Length", 7);

        assertEquals(7, answer.declaredLength());
        assertEquals(List.of(), calls);
    }

    @Test
    void anAnswerThatEndsWhileItIsDecidedStaysEnded() {
        whileTheStatusIsRead = answer::end;

        assertFalse(answer.passes());
        assertTrue(answer.isEnded());
    }

    @Test
    void anAnswerThatIsRefusedWhileItIsDecidedStaysRefused() {
        whileTheStatusIsRead = () -> answer.refuse(Problem.UNAVAILABLE);

        assertFalse(answer.passes());
    }

    @Test
    void anAnswerThatEndsWhileItIsResetStaysEnded() {
        whileTheBufferIsReset = answer::end;

        answer.resetBuffer();

        assertTrue(answer.isEnded());
    }

    private HttpServletResponse containers() {
        return proxy(HttpServletResponse.class, (proxy, method, arguments) -> {
            if (method.getName().equals("getStatus")) {
                whileTheStatusIsRead.run();
                return 200;
            }
            if (method.getName().equals("isCommitted")) {
                return false;
            }
            calls.add(method.getName());
            if (method.getName().equals("resetBuffer")) {
                whileTheBufferIsReset.run();
            }
            return null;
        });
    }

    private static HttpServletRequest withoutFields() {
        return proxy(HttpServletRequest.class, (proxy, method, arguments) -> null);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler answers) {
        return type.cast(
                Proxy.newProxyInstance(EdgeResponseTest.class.getClassLoader(), new Class<?>[] {type}, answers));
    }
}
