// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.attempt;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How many failed sign-ins are borne.
 *
 * @param accountFromDevice for one account from a device that it knows, which counts nowhere else: so nobody elsewhere
 *     makes the owner wait there
 * @param accountFromClient for one account from one client's network; narrow, and nobody elsewhere is made to wait
 * @param account for one account from everywhere together; wide, so that only a distributed attack exhausts it
 * @param client for one client, whatever accounts they name; wide, since many phones share one address
 * @param subnet for all clients of one subnet together; wider still
 */
public record AttemptPolicy(
        Allowance accountFromDevice,
        Allowance accountFromClient,
        Allowance account,
        Allowance client,
        Allowance subnet) {

    public AttemptPolicy {
        require("accountFromDevice", accountFromDevice);
        require("accountFromClient", accountFromClient);
        require("account", account);
        require("client", client);
        require("subnet", subnet);
    }

    /**
     * An account has 5 free tries from one network or one known device, then about 100 a day at most, and 100 free
     * tries from everywhere together, then about 100 a day more; a client has 50, then one a minute; a subnet sixteen
     * times as many as a client.
     */
    public static AttemptPolicy standard() {
        var narrow = new Allowance(5, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofMinutes(15));
        return new AttemptPolicy(
                narrow,
                narrow,
                new Allowance(100, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofMinutes(15)),
                new Allowance(50, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(1)),
                new Allowance(16 * 50, Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(4)));
    }

    private static void require(String name, Allowance allowance) {
        requireNonNull(allowance, () -> name + " must not be null: AttemptPolicy.standard() has one");
    }

    Allowance allowance(Brake brake) {
        return switch (brake) {
            case ACCOUNT_FROM_DEVICE -> accountFromDevice;
            case ACCOUNT_FROM_CLIENT -> accountFromClient;
            case ACCOUNT -> account;
            case CLIENT -> client;
            case SUBNET -> subnet;
        };
    }
}
