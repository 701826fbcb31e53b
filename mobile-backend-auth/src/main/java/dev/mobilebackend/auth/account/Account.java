// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who has shown that the address or the phone is theirs; or a guest, who has neither yet. Before that there is
 * only a {@link PendingCode}.
 *
 * @param id 128 random bits in base64url
 * @param email null for a guest, and for an account that has a phone alone
 * @param phone null where there is none
 * @param roles what the account may act as, such as {@code admin}
 * @param displayName what its owner wants to be called
 * @param version goes up by one with every change of what the account says, from 1
 * @param credentialsVersion goes up by one whenever another password, address or phone counts, from 1; what somebody
 *     has shown before is worth nothing after
 */
public record Account(
        String id,
        @Nullable EmailAddress email,
        @Nullable PhoneNumber phone,
        Set<String> roles,
        @Nullable String displayName,
        Instant createdAt,
        int version,
        int credentialsVersion) {

    private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9_.:-]{0,49}");

    public Account {
        roles = Set.copyOf(roles);
        roles.forEach(Account::requireRole);
    }

    /** An account with the credentials that it began with. */
    public Account(
            String id,
            @Nullable EmailAddress email,
            @Nullable PhoneNumber phone,
            Set<String> roles,
            @Nullable String displayName,
            Instant createdAt,
            int version) {
        this(id, email, phone, roles, displayName, createdAt, version, 1);
    }

    /** A new account with an address. */
    public Account(
            String id,
            EmailAddress email,
            Set<String> roles,
            @Nullable String displayName,
            Instant createdAt,
            int version) {
        this(id, email, null, roles, displayName, createdAt, version);
    }

    /** Whether nobody knows yet how to reach them: then this account is lost with its device. */
    public boolean isGuest() {
        return email == null && phone == null;
    }

    /** Where to reach its owner: the address, or else the phone; nowhere for a guest. */
    public Optional<Contact> contact() {
        return contacts().stream().findFirst();
    }

    /** Its address and its phone, as far as it has them. */
    public List<Contact> contacts() {
        var contacts = new ArrayList<Contact>(2);
        if (email != null) {
            contacts.add(email);
        }
        if (phone != null) {
            contacts.add(phone);
        }
        return contacts;
    }

    /** Its id, address and phone: everything that a code can be for. */
    List<String> names() {
        var names = new ArrayList<>(List.of(id));
        contacts().forEach(contact -> names.add(contact.text()));
        return names;
    }

    static void requireRole(String role) {
        if (!ROLE.matcher(role).matches()) {
            throw new IllegalArgumentException(
                    "role must be a word of up to 50 lower-case letters, digits and _.:- such as admin, was '" + role
                            + "'");
        }
    }
}
