// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop;

import dev.mobilebackend.core.idempotency.jdbi.JdbiIdempotency;
import dev.mobilebackend.core.secret.ServerSecret;
import dev.mobilebackend.jobs.jdbi.JdbiJobStore;
import dev.mobilebackend.testkit.app.TestDatabase;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;

/** One instance of the shop, and what a balancer in front of it knows: whether it is ready, and what it has sent it. */
final class BalancedShop implements AutoCloseable {

    private final Shop shop;
    private boolean ready;
    private boolean left;
    private long sent;

    private BalancedShop(Shop shop) {
        this.shop = shop;
    }

    static BalancedShop start(TestDatabase database, InstantSource clock) {
        Shop shop = Shop.open(
                ShopSettings.from(Map.of()),
                database.database(),
                JdbiJobStore.of(database.database(), clock),
                new JdbiIdempotency(database.database(), clock),
                ServerSecret.of(new byte[32]),
                clock);
        shop.server().start("127.0.0.1", 0);
        return new BalancedShop(shop);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + shop.server().port());
    }

    Shop shop() {
        return shop;
    }

    /** Whatever has reached it by now was sent by others, and is over. */
    synchronized void beginToBalance() {
        sent = shop.drain().arrived();
    }

    /** Whether a request may be sent to it; if so, it counts as sent. */
    synchronized boolean takes() {
        sent += ready ? 1 : 0;
        return ready;
    }

    /** Whether it may be asked for its readiness; that, too, counts as sent. */
    synchronized boolean isToBeAsked() {
        sent += left ? 0 : 1;
        return !left;
    }

    /** A request that was sent was lost, so nobody needs to wait for it to arrive. */
    synchronized void lost() {
        sent--;
    }

    synchronized void ready(boolean answer) {
        left = ready && !answer;
        ready = answer;
    }

    /**
     * Whether nobody sends it anything any more, and all that was sent has reached it. What is still being answered
     * would not tell: a request may be over for its client and not yet for the instance, and look like one on its way.
     */
    private synchronized boolean isLeftAlone() {
        return left && shop.drain().arrived() >= sent;
    }

    /** Leaves as on SIGTERM, but for the grace: it lasts until the balancer has noticed. */
    void leave() {
        shop.drain().begin();
        while (!isLeftAlone()) {
            Thread.onSpinWait();
        }
        shop.drain().finish(this::close);
    }

    @Override
    public void close() {
        shop.server().stop();
        shop.close();
    }
}
