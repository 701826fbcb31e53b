// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.fake;

import dev.mobilebackend.jobs.push.PushLine;
import dev.mobilebackend.testkit.fake.NextAnswer.Fault;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An HTTP/2 server over TLS on a loopback port, which fails when it is told to. */
final class FakePlatform implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private final SSLContext tls = LoopbackTls.context();
    private final Server server = new Server();
    private final ServerConnector door;
    private final Set<Connection> silent = ConcurrentHashMap.newKeySet();
    private final AtomicInteger clients = new AtomicInteger();

    /** What a platform makes of a request. */
    @FunctionalInterface
    interface Brain {
        Reply answer(Ask ask);
    }

    /** A request with its whole body. */
    record Ask(String method, String path, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /**
     * What is answered.
     *
     * @param fault what becomes of it, or null where it arrives
     */
    record Reply(int status, Map<String, ?> body, @Nullable Fault fault) {

        static Reply of(int status, Map<String, ?> body) {
            return new Reply(status, body, null);
        }
    }

    FakePlatform(Brain brain) {
        var config = new HttpConfiguration();
        config.setSendServerVersion(false);
        var ssl = new SslContextFactory.Server();
        ssl.setSslContext(tls);
        var alpn = new ALPNServerConnectionFactory("h2");
        door = new ServerConnector(
                server,
                new SslConnectionFactory(ssl, alpn.getProtocol()),
                alpn,
                new HTTP2ServerConnectionFactory(config));
        door.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(door);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                answer(brain, request, response, callback);
                return true;
            }
        });
        try {
            server.start();
        } catch (Exception failed) {
            throw new IllegalStateException("the fake platform did not start", failed);
        }
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + door.getLocalPort());
    }

    PushLine line(InstantSource clock) {
        return PushLine.to(uri()).clock(clock).clients(() -> {
            clients.incrementAndGet();
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_2)
                    .sslContext(tls)
                    .build();
        });
    }

    /** How many clients have been made by its lines. */
    int clients() {
        return clients.get();
    }

    /** What a signed token claims, or null where it is not signed by this key. */
    static @Nullable JsonNode claims(String token, String algorithm, PublicKey key) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            var signature = Signature.getInstance(algorithm);
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            boolean signed = signature.verify(Base64.getUrlDecoder().decode(parts[2]));
            return signed ? JSON.readTree(Base64.getUrlDecoder().decode(parts[1])) : null;
        } catch (GeneralSecurityException | IllegalArgumentException | JacksonException forged) {
            return null;
        }
    }

    /** A private key as platforms hand it out. */
    static String pem(PrivateKey key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private void answer(Brain brain, Request request, Response response, Callback callback) throws Exception {
        Connection connection = request.getConnectionMetaData().getConnection();
        if (silent.contains(connection)) {
            return;
        }
        var headers = new ConcurrentHashMap<String, String>();
        request.getHeaders().forEach(field -> headers.put(field.getLowerCaseName(), field.getValue()));
        Reply reply = brain.answer(new Ask(
                request.getMethod(),
                Request.getPathInContext(request),
                headers,
                Content.Source.asString(request, StandardCharsets.UTF_8)));
        if (reply.fault instanceof Fault.Cut) {
            connection.getEndPoint().close();
        } else if (reply.fault instanceof Fault.Silence) {
            silent.add(connection);
        } else {
            response.setStatus(reply.status);
            if (reply.fault instanceof Fault.Refusal refusal && refusal.retryAfter() != null) {
                response.getHeaders()
                        .put("retry-after", Long.toString(refusal.retryAfter().toSeconds()));
            }
            response.write(true, ByteBuffer.wrap(JSON.writeValueAsBytes(reply.body)), callback);
        }
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failed) {
            throw new IllegalStateException("the fake platform did not stop", failed);
        }
    }
}
