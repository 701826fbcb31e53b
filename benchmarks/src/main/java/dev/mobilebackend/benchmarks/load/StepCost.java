// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.benchmarks.load;

import com.sun.management.ThreadMXBean;
import dev.mobilebackend.core.ambient.Ambient;
import dev.mobilebackend.core.exchange.ClientAddress;
import dev.mobilebackend.core.exchange.Endpoint;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.exchange.HttpMethod;
import dev.mobilebackend.core.exchange.Outcome;
import dev.mobilebackend.core.exchange.Outcome.Ending;
import dev.mobilebackend.core.exchange.RequestFacts;
import dev.mobilebackend.core.load.LoadPolicy;
import dev.mobilebackend.core.load.LoadStep;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;

/** What the load step itself costs a request that it lets in, on one thread and without a server around it. */
record StepCost(double nanos, double bytes) {

    static StepCost measure(int requests) {
        var step = new LoadStep(LoadPolicy.adaptive(), Ambient.ticks(), Ambient.quickRandom());
        Exchange exchange = exchange();
        var outcome = new Outcome(200, 2, Ending.ANSWERED, null);
        pass(step, exchange, outcome, requests / 2);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long me = Thread.currentThread().getId();
        long bytes = threads.getThreadAllocatedBytes(me);
        long nanos = threads.getCurrentThreadCpuTime();
        pass(step, exchange, outcome, requests);
        return new StepCost(
                (double) (threads.getCurrentThreadCpuTime() - nanos) / requests,
                (double) (threads.getThreadAllocatedBytes(me) - bytes) / requests);
    }

    private static void pass(LoadStep step, Exchange exchange, Outcome outcome, int times) {
        for (int i = 0; i < times; i++) {
            step.apply(exchange);
            step.after(exchange, outcome);
        }
    }

    private static Exchange exchange() {
        Instant now = Ambient.clock().instant();
        var facts = new RequestFacts(
                "request-1",
                now,
                "GET",
                "/v1/orders",
                ClientAddress.parse("192.0.2.1"),
                true,
                null,
                null,
                now.plusSeconds(3_600));
        var exchange = new Exchange(
                stub(HttpServletRequest.class), stub(HttpServletResponse.class), facts, null, Ambient.ticks());
        exchange.matched(new Endpoint(HttpMethod.GET, "/v1/orders", List.of(), List.of()));
        return exchange;
    }

    /** Has no field and nothing else. */
    private static <T> T stub(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null));
    }
}
