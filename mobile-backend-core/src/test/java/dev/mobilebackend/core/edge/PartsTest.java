// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PartsTest {

    private static final ClientAddress CLIENT = ClientAddress.parse("203.0.113.9");
    private static final ClientAddress OTHER = ClientAddress.parse("198.51.100.66");

    private final WaitingReaders waiting = new WaitingReaders(1);
    private int waitingWhileRead;
    private Exception failure;

    @Test
    void whoeverReadsPartsCountsAsWaitingForThem() {
        assertEquals(2, parts(2).all().size());

        assertEquals(1, waitingWhileRead);
        assertEquals(0, waiting.count());
    }

    @Test
    void partsAreNotReadWhereTooManyWait() {
        Parts parts = parts(2);
        waiting.tryEnter(OTHER);

        assertRefused(503, parts::all);
        assertRefused(503, () -> parts.addTo(new Form(), StandardCharsets.UTF_8));

        assertEquals(0, waitingWhileRead);
        waiting.leave(OTHER);
        assertEquals(2, parts.all().size());
    }

    @Test
    void aPermitIsGivenBackWhereThePartsBreakOff() {
        failure = new IOException("reset");

        assertRefused(400, parts(2)::all);

        assertEquals(0, waiting.count());
    }

    @Test
    void tooManyPartsAreRefusedHoweverTheyAreAskedFor() {
        assertRefused(413, parts(4)::all);
        assertRefused(413, () -> parts(4).addTo(new Form(), StandardCharsets.UTF_8));
    }

    @Test
    void whatTheContainerRefusesIsNoLackOfParameters() {
        failure = new IllegalStateException(new IOException("more parts than the container reads"));

        assertRefused(413, () -> parts(2).addTo(new Form(), StandardCharsets.UTF_8));
    }

    @Test
    void fieldsThatAreLargerThanTomcatTakesAreTheClientsFault() {
        failure = new IllegalStateException("The multi-part request contained parameter data (excluding uploaded files)"
                + " that exceeded the limit for maxPostSize set on the associated connector");

        assertRefused(413, parts(2)::all);
        assertRefused(413, () -> parts(2).addTo(new Form(), StandardCharsets.UTF_8));
    }

    @Test
    void partsThatTheContainerCannotReadAreMalformedHoweverTheyAreAskedFor() {
        failure = new IllegalArgumentException("a file's name has a zero in it");

        assertRefused(400, parts(2)::all);
        assertRefused(400, () -> parts(2).addTo(new Form(), StandardCharsets.UTF_8));
    }

    @Test
    void aServletThatIsAskedForPartsAndTakesNoneIsToBlame() {
        failure = new IllegalStateException("no multipart configuration");

        assertRefused(500, parts(2)::all);
    }

    @Test
    void aServletThatTakesNoPartsHasNoParametersInThem() {
        failure = new IllegalStateException("no multipart configuration");
        var form = new Form();

        parts(2).addTo(form, StandardCharsets.UTF_8);

        assertEquals(0, form.toMap().size());
    }

    private static void assertRefused(int status, Executable reading) {
        var refusal = assertThrows(ProblemException.class, reading);
        assertEquals(status, refusal.problem().status());
    }

    /** As many parts as are said, of which three are allowed. */
    private Parts parts(int count) {
        List<Part> all =
                Collections.nCopies(count, proxy(Part.class, (proxy, method, arguments) -> switch (method.getName()) {
                    case "getName" -> "a";
                    case "getInputStream" -> new ByteArrayInputStream(new byte[1]);
                    case "getSubmittedFileName" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
        return new Parts(
                proxy(HttpServletRequest.class, (proxy, method, arguments) -> {
                    if (method.getName().equals("getHeader")) {
                        return "multipart/form-data; boundary=b";
                    }
                    if (method.getName().equals("getServletPath")) {
                        return "/upload";
                    }
                    waitingWhileRead = waiting.count();
                    if (failure != null) {
                        throw failure;
                    }
                    return all;
                }),
                3,
                CLIENT,
                waiting);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(PartsTest.class.getClassLoader(), new Class<?>[] {type}, answers));
    }
}
