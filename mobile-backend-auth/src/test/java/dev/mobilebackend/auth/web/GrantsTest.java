// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mobilebackend.auth.TestClock;
import dev.mobilebackend.auth.access.ImpersonationPolicy;
import dev.mobilebackend.auth.access.Scopes;
import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.key.InMemoryKeyStore;
import dev.mobilebackend.auth.key.KeyRing;
import dev.mobilebackend.auth.session.Device;
import dev.mobilebackend.auth.session.ProofTrail;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.auth.token.AccessTokenPolicy;
import dev.mobilebackend.auth.token.AccessTokens;
import dev.mobilebackend.core.exchange.Authentication;
import dev.mobilebackend.core.route.Access;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GrantsTest {

    private static final ImpersonationPolicy SUPPORT =
            ImpersonationPolicy.by(Access.role("support")).lasting(Duration.ofMinutes(5));

    private final TestClock clock = new TestClock();
    private final Instant now = clock.instant();
    private final KeyRing keys =
            KeyRing.builder(new InMemoryKeyStore()).clock(clock).build();
    private final AccessTokens tokens = AccessTokens.builder(AccessTokenPolicy.of("shop", "shop"), keys)
            .clock(clock)
            .build();
    private final Grants grants = new Grants(tokens, Scopes.NONE);
    private final Account ada = new Account("ada", EmailAddress.parse("ada@example.org"), null, Set.of(), null, now, 1);

    @Test
    void noTokenOutlivesItsSession() {
        Session ending = session(now.plusSeconds(60));

        AuthAccess owners = grants.toOwner(grants.owner(ada, ending), ending);
        AuthAccess actors = grants.toActor(ada, ending, SUPPORT, now);

        assertEquals(60, owners.expiresIn());
        assertEquals(60, actors.expiresIn());
        assertEquals(ending.expiresAt(), tokens.inspect(owners.accessToken()).expiresAt());
        assertEquals(ending.expiresAt(), tokens.inspect(actors.accessToken()).expiresAt());
    }

    @Test
    void staffActForAsLongAsTheirPolicySaysAndOwnersForTheWholeLifetime() {
        Session lasting = session(now.plus(Duration.ofDays(30)));

        AuthAccess owners = grants.toOwner(grants.owner(ada, lasting), lasting);
        AuthAccess actors = grants.toActor(ada, lasting, SUPPORT, now);

        assertTrue(owners.expiresIn() >= 570, owners::toString);
        assertEquals(300, actors.expiresIn());
    }

    private Session session(Instant end) {
        return new Session(
                "session",
                "ada",
                Device.UNKNOWN,
                null,
                Authentication.UNKNOWN,
                null,
                0,
                ProofTrail.EMPTY,
                now,
                now,
                now,
                end,
                end,
                null);
    }
}
