// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link Outbound} hears; where it hears nothing, nobody was called. */
class OutboundTest {

    /** Port 1, where nobody listens. */
    private static final String NOBODY = "127.0.0.1:1/keys";

    private final Outbound outbound = Outbound.listen();

    @AfterEach
    void listenNoMore() {
        outbound.close();
    }

    @Test
    void aSocketIsHeard() throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var caller = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            assertTrue(caller.isConnected());
            assertEquals(1, outbound.calls().size());
        }
    }

    @Test
    void aConnectionThatFailsIsHeardToo() throws Exception {
        call(() -> URI.create("http://" + NOBODY).toURL().openStream().close());
        call(() -> URI.create("jar:http://" + NOBODY + "!/key")
                .toURL()
                .openStream()
                .close());
        call(() -> JWKSet.load(URI.create("http://" + NOBODY).toURL()));
        call(() -> HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create("http://" + NOBODY)).build(), BodyHandlers.discarding()));
    }

    private interface Call {
        void run() throws Exception;
    }

    private void call(Call call) {
        List<URI> before = outbound.calls();
        try {
            call.run();
        } catch (Exception nobodyThere) {
            assertTrue(outbound.calls().size() > before.size(), nobodyThere::toString);
            return;
        }
        throw new AssertionError("somebody listens at " + NOBODY);
    }
}
