// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.session.jdbi;

import dev.mobilebackend.auth.session.RevocationSignal;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.PostgresChannel;
import java.time.Duration;

/** Revocations as PostgreSQL tells them. Where it does not, the feed still reads every few seconds. */
final class PostgresRevocationSignal implements RevocationSignal {

    private static final Duration HARDLY = Duration.ofMillis(1);

    private final PostgresChannel channel;

    PostgresRevocationSignal(Database database) {
        this.channel = new PostgresChannel(database, JdbiSessionStore.CHANNEL);
    }

    @Override
    public void listen() {
        channel.listen();
    }

    @Override
    public boolean isRaised() {
        return !channel.await(HARDLY).isEmpty();
    }

    @Override
    public void close() {
        channel.close();
    }
}
