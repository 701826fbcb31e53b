// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.fuzz;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.idempotency.IdempotencyPolicy;
import dev.mobilebackend.core.validate.JsonBody;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A handler that listens for its body instead of waiting for it, and reads JSON in it once it is whole. */
final class Listening implements ReadListener {

    private final ServletInputStream in;
    private final Exchange exchange;
    private final AsyncContext async;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    private Listening(ServletInputStream in, Exchange exchange, AsyncContext async) {
        this.in = in;
        this.exchange = exchange;
        this.async = async;
    }

    static void to(HttpServletRequest request, Exchange exchange) throws IOException {
        AsyncContext async = request.startAsync();
        ServletInputStream in = request.getInputStream();
        in.setReadListener(new Listening(in, exchange, async));
    }

    @Override
    public void onDataAvailable() throws IOException {
        var bytes = new byte[64];
        while (in.isReady() && !in.isFinished()) {
            heard.write(bytes, 0, Math.max(0, in.read(bytes)));
        }
    }

    @Override
    public void onAllDataRead() {
        if (!exchange.declared(IdempotencyPolicy.class).isEmpty()) {
            exchange.fingerprint();
        }
        exchange.send(Answer.json(200, JsonBody.write(JsonBody.read(heard.toByteArray(), Things.Body.class))));
        async.complete();
    }

    @Override
    public void onError(Throwable failure) {
        // the edge ends the request
    }
}
