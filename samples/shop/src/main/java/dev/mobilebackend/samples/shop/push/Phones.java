// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.samples.shop.push;

import dev.mobilebackend.core.exchange.Answer;
import dev.mobilebackend.core.exchange.Exchange;
import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.validate.JsonBody;
import dev.mobilebackend.jobs.push.NewPushDevice;
import dev.mobilebackend.jobs.push.Platform;
import dev.mobilebackend.jobs.push.PushAddress;
import dev.mobilebackend.jobs.push.PushDevices;
import java.time.Instant;
import java.util.List;

/** Where a customer can be told of an order: each signed-in device that says so. */
public final class Phones {

    /** As both platforms know the shop's app. */
    public static final String APP = "example.shop";

    private final PushDevices devices;

    public Phones(PushDevices devices) {
        this.devices = devices;
    }

    /** A phone, as its owner sees it. */
    public record Phone(Platform platform, Instant seenAt) {}

    /** What an app sends each time it starts. */
    public record Registration(Platform platform, String token) {

        @Override
        public String toString() {
            return "Registration[" + platform + "]";
        }
    }

    /** {@code PUT /v1/me/push}. */
    public Answer register(Exchange exchange) {
        Registration wanted = JsonBody.read(exchange, Registration.class);
        devices.register(NewPushDevice.of(exchange.caller().accountId(), address(wanted))
                .session(exchange.caller().sessionId()));
        return Answer.of(204);
    }

    /** {@code DELETE /v1/me/push}: before this device signs out. */
    public Answer forget(Exchange exchange) {
        devices.forgetSession(exchange.caller().sessionId());
        return Answer.of(204);
    }

    /** Those of an account. */
    public List<Phone> of(String accountId) {
        return devices.ofOwner(accountId).stream()
                .map(device -> new Phone(device.address().platform(), device.seenAt()))
                .toList();
    }

    private static PushAddress address(Registration wanted) {
        try {
            return new PushAddress(wanted.platform(), APP, wanted.token());
        } catch (IllegalArgumentException refused) {
            throw Problem.INVALID_INPUT
                    .detail("the token is none")
                    .error("#/token", "what the platform gave the app")
                    .exception();
        }
    }
}
