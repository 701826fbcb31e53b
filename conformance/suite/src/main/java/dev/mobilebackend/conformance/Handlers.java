// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.conformance;

import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.core.exchange.Exchange;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Words that the behaviours of cases are made of. */
final class Handlers {

    static final String FORM = "application/x-www-form-urlencoded";
    static final String TEXT = "text/plain;charset=utf-8";

    /**
     * Milliseconds until a request times out. Not less: Jetty 12.1 forgets a timeout that comes before it has noted it,
     * which happens with 50 on a busy machine.
     */
    static final long SOON = 500;

    private Handlers() {}

    static void write(ServletResponse response, String text) throws IOException {
        response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    static void flush(ServletResponse response, String text) throws IOException {
        write(response, text);
        response.flushBuffer();
    }

    static void note(ServletRequest request, String text) {
        Witness.of(request).note(text);
    }

    /** What may fail in any way. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Runs it and lets nothing but runtime exceptions out. */
    static void run(Work work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs it on a thread that no container knows. */
    static void onThread(Work work) {
        new Thread(() -> run(work), "application").start();
    }

    /** Asked by reflection: JDK 17 knows of no such threads. */
    static boolean isVirtual(Thread thread) throws Exception {
        try {
            return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
        } catch (NoSuchMethodException beforeJdk21) {
            return false;
        }
    }

    /** Runs what a container may refuse by now. */
    static void quietly(Work work) {
        try {
            work.run();
        } catch (Exception refused) {
            System.Logger log = System.getLogger("conformance");
            log.log(System.Logger.Level.DEBUG, "refused", refused);
        }
    }

    static String fingerprint(ServletRequest request) {
        return HexFormat.of().formatHex(Exchange.of(request).fingerprint());
    }

    /** What the edge must make of such a request, however its body is read. */
    static String fingerprintOf(String method, String path, String query, String type, String body) {
        String head = method + '\0' + path + '\0' + query + '\0' + type + '\0';
        byte[] digest = new Sha256()
                .add(head.getBytes(StandardCharsets.UTF_8))
                .add(Sha256.of(body))
                .finish();
        return HexFormat.of().formatHex(digest);
    }

    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ('a' + i % 26);
        }
        return bytes;
    }
}
