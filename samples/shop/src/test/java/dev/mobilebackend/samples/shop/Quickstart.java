// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import static dev.mobilebackend.core.javalin.JavalinEdge.answering;
import static dev.mobilebackend.core.ratelimit.RateLimitPolicy.perClient;
import static java.time.Duration.ofMinutes;

import dev.mobilebackend.core.edge.Edge;
import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.javalin.JavalinEdge;
import dev.mobilebackend.core.transport.TransportPolicy;
import dev.mobilebackend.core.transport.TransportPolicy.PlainHttp;
import dev.mobilebackend.core.validate.JsonBody;
import io.javalin.Javalin;

/** The README's example, as it compiles and runs; the README repeats what stands between the two marks. */
final class Quickstart {

    private Quickstart() {}

    // README begins
    record Greeting(String text) {}

    static Answer greet(Exchange exchange) {
        return Answer.json(200, JsonBody.write(new Greeting("Hello, " + exchange.pathParameter("name"))));
    }

    static Javalin app() {
        Edge.Builder door = Edge.builder()
                .transport(TransportPolicy.strict().plainHttp(PlainHttp.LOOPBACK)) // for development
                .limit(perClient(300, ofMinutes(1)));
        return Javalin.create(config -> {
            JavalinEdge edge = JavalinEdge.install(config, door);
            config.routes.get("/v1/greetings/{name}", answering(Quickstart::greet), edge.open());
        });
    }
    // README ends
}
