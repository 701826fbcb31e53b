// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.AccountStore;
import dev.mobilebackend.auth.account.Contact;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.audit.AuditEvent;
import dev.mobilebackend.auth.audit.AuditEvents;
import dev.mobilebackend.auth.audit.AuditTrail.Recorder;
import dev.mobilebackend.auth.device.KnownDevices;
import dev.mobilebackend.auth.device.SignInListener;
import dev.mobilebackend.auth.device.SignInSignal;
import dev.mobilebackend.auth.device.SignInSignal.ImpossibleTravel;
import dev.mobilebackend.auth.device.SignInSignal.NewDevice;
import dev.mobilebackend.auth.session.Place;
import dev.mobilebackend.auth.session.Session;
import dev.mobilebackend.core.exchange.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which devices requests come from, whether an account knows them, and who is told of a sign-in that is unusual. */
final class DeviceTrail {

    /** Ninety-six bits of base64; what is shorter, such as the name of a model, anybody could know. */
    private static final int SHORTEST_ID = 16;

    private final KnownDevices devices;
    private final AccountStore accounts;
    private final DpopGate gate;
    private final Consumer<Notice> outbox;
    private final SignInListener listener;

    DeviceTrail(
            KnownDevices devices,
            AccountStore accounts,
            DpopGate gate,
            Consumer<Notice> outbox,
            SignInListener listener) {
        this.devices = devices;
        this.accounts = accounts;
        this.gate = gate;
        this.outbox = outbox;
        this.listener = listener;
    }

    /**
     * What an account knows the device of a request by, null if it does not or there is no such account; the same
     * statements with as many rows either way.
     *
     * @param owner an address, a phone or an account's id
     */
    @Nullable
    String known(String owner, Exchange exchange) {
        List<String> names = names(exchange);
        return names.isEmpty()
                ? null
                : devices.find(accountId(owner), names, exchange.facts().receivedAt());
    }

    /** Remembers the device of a session that opens, and tells of what is unusual, within the step that opens it. */
    void opened(Account account, Session session, @Nullable Place place, Exchange exchange, Recorder recorder) {
        List<SignInSignal> signals = devices.signedIn(
                account.id(), names(exchange), place, exchange.facts().receivedAt());
        for (SignInSignal signal : signals) {
            recorder.record(event(signal, account, session, exchange));
            if (signal instanceof NewDevice) {
                account.contact().ifPresent(to -> outbox.accept(new Notice(Notice.Kind.NEW_DEVICE, to.text(), "")));
            }
        }
        if (!signals.isEmpty()) {
            listener.noticed(account, session, signals, exchange);
        }
    }

    /** An id is only claimed: a device that has proved a key is known by that from then on. */
    private List<String> names(Exchange exchange) {
        var names = new ArrayList<String>(2);
        String key = gate.key(exchange);
        if (key != null) {
            names.add("key " + key);
        }
        String id = exchange.facts().deviceId();
        if (id != null && id.length() >= SHORTEST_ID) {
            names.add("id " + id);
        }
        return names;
    }

    private @Nullable String accountId(String owner) {
        boolean contact = owner.indexOf('@') >= 0 || owner.startsWith("+");
        return contact ? accounts.idOf(Contact.of(owner)).orElse(null) : owner;
    }

    private static AuditEvent event(SignInSignal signal, Account account, Session session, Exchange exchange) {
        String type;
        Map<String, String> details;
        if (signal instanceof ImpossibleTravel travel) {
            type = AuditEvents.IMPOSSIBLE_TRAVEL;
            details = Map.of(
                    "from", travel.from().text(),
                    "to", travel.to().text(),
                    "within", travel.within().toString());
        } else {
            type = AuditEvents.NEW_DEVICE;
            details = Map.of();
        }
        return RequestTrail.event(type, account.id(), account.id(), session.id(), exchange, details);
    }
}
